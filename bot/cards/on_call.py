"""Who is on call: now and next for each schedule, the steps of policies, the weeks ahead, and overrides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards.actions import ONCALL
from bot.cards.blocks import SECTION_LIMIT, button, confirmation, context, header, row, section
from bot.cards.message import Message
from bot.cards.text import count, escape, joined, listing, mention, reference, slack_date
from incidents.actions.on_call import Overridden
from incidents.model.identity import Group, Person
from incidents.model.on_call import CalendarState, Override, Stretch, Who
from incidents.model.organisation import Organisation, Policy, Rotation, Schedule, Target, TargetKind

OVERRIDE = "override"
TAKE_BACK = "take-back"
"""What stands after ``oncall`` where an override is made or taken back."""

BLOCKS = 45
"""How many blocks tell of schedules and policies; a message holds 50."""

WITH_BUTTONS = 20
"""Schedules that have a button of their own."""

LINES = 30
OVERRIDES = 15

EXAMPLE = """schedules:
  payments:
    name: Payments
    rotation:
      members: ["@ana", "@ben"]
      start: 2026-01-05
      every: 1 week
      handover: monday 09:00
      timezone: Europe/Berlin"""


@dataclass(frozen=True)
class Watch:
    """A schedule, and who is on call for it from now on; ``calendar`` is how reading its calendar went."""

    id: str
    schedule: Schedule
    stretches: Sequence[Stretch]
    calendar: CalendarState | None = None

    @property
    def name(self) -> str:
        return escape(self.schedule.name)


def no_schedules() -> Message:
    """Says how to make one."""
    said = (
        "Nobody is on call: there is no schedule yet. An admin describes schedules in a file and runs "
        f"`tocsin apply org.yml`; docs/on-call.md explains it.\n```{EXAMPLE}```"
    )
    return Message(said, [section(said)])


def who_is_on_call(watches: Sequence[Watch], organisation: Organisation) -> Message:
    """Now and next for each of ``watches`` (at least one), then the policies' steps with whom each calls now."""
    now = {watch.id: watch.stretches[0].on_call for watch in watches}
    schedules = [_now_and_next(watch) for watch in watches]
    policies = [_steps(policy, organisation, now) for policy in organisation.policies.values()]
    blocks = [
        section(text, button("Ahead", ONCALL, value=watch.id))
        for watch, text in zip(watches[:WITH_BUTTONS], schedules[:WITH_BUTTONS], strict=True)
    ]
    blocks += _packed(schedules[WITH_BUTTONS:])
    if policies:
        blocks += [header("Escalation policies"), *_packed(policies)]
    if len(blocks) > BLOCKS:
        blocks[BLOCKS:] = [context("There is more than fits here. One schedule: `/incident oncall payments`")]
    return Message("\n".join([*schedules, *policies]), [*blocks, row([_override_button()])])


def weeks_ahead(watch: Watch, overrides: Sequence[Override], until: datetime) -> Message:
    """Who is on call when, until ``until``, and the overrides that make it so, each to be taken back."""
    lines = [_begins(stretch, first=stretch is watch.stretches[0]) for stretch in watch.stretches]
    shown = listing(lines[:LINES], SECTION_LIMIT - 100, "\n")
    if len(lines) > LINES:
        shown += f"\n… and {count(len(lines) - LINES, 'change')} more until {slack_date(until)}."
    title = f"*{watch.name}*, until {slack_date(until, '{date_short_pretty}')}"
    blocks: list[Block] = [section(f"{title}\n{shown}")]
    blocks += [section(_told(each), _take_back_button(each)) for each in overrides[:OVERRIDES]]
    if len(overrides) > OVERRIDES:
        blocks.append(context(f"and {count(len(overrides) - OVERRIDES, 'override')} more"))
    blocks.append(context(_origin(watch)))
    blocks.append(row([_override_button(watch.id), button("All schedules", ONCALL, part="all")]))
    return Message(f"{title}\n{shown}", blocks)


def overridden(schedule: str, made: Overridden, viewer: Person, now: datetime) -> Message:
    """What an override has made true."""
    override = made.override
    others = [who for who in made.otherwise if who.person != override.person]
    said = f"{_subject(override.person, viewer)} on call for {escape(schedule)} {_while(override, now)}"
    if others:
        said += f" instead of {_people(others)}."
    else:
        said += ", as planned before." if made.otherwise else ". Nobody was, before."
    return Message(said, [section(said, _take_back_button(override))])


def taken_back(schedule: str, taken: Overridden, now: datetime) -> Message:
    """What is true now that an override was taken back."""
    instead = _people(taken.otherwise) if taken.otherwise else "*nobody*"
    verb = "are" if len(taken.otherwise) > 1 else "is"
    said = f"Taken back: {instead} {verb} on call for {escape(schedule)} {_while(taken.override, now)}, "
    said += f"not {mention(taken.override.person)}."
    return Message(said, [section(said)])


def _now_and_next(watch: Watch) -> str:
    now, *later = watch.stretches
    said = _people(now.on_call) if now.on_call else "⚠️ *Nobody* is on call"
    if now.end is not None:
        said += f" until {slack_date(now.end)}"
    if later:
        said += f", then {_people(later[0].on_call) if later[0].on_call else '*nobody*'}"
    return "\n".join([f"*{watch.name}*  {said}", *_trouble(watch)])


def _trouble(watch: Watch) -> Iterator[str]:
    state = watch.calendar
    if watch.schedule.calendar is None:
        return
    if state is None or state.address != watch.schedule.calendar:
        yield "Its calendar has not been read yet."
    elif state.fault:
        since = f" since {slack_date(state.fault_at)}" if state.fault_at else ""
        as_of = f" What is shown is of {slack_date(state.read_at)}." if state.read_at else ""
        yield f"⚠️ Its calendar can't be read{since}: {escape(state.fault)}.{as_of}"


def _origin(watch: Watch) -> str:
    rotation = watch.schedule.rotation
    if rotation is not None:
        return f"A rotation of {count(len(rotation.members), 'person').replace('persons', 'people')}: {_turn(rotation)}"
    read = f", read {slack_date(watch.calendar.read_at)}" if watch.calendar and watch.calendar.read_at else ""
    return "\n".join([f"From a calendar{read}", *_trouble(watch)])


def _turn(rotation: Rotation) -> str:
    day = f"on {rotation.day.capitalize()}s " if rotation.day else ""
    each = count(rotation.length, rotation.unit.removesuffix("s"))
    return f"turns of {each}, handed over {day}at {rotation.at:%H:%M} ({escape(rotation.timezone)})"


def _steps(policy: Policy, organisation: Organisation, now: Mapping[str, Sequence[Who]]) -> str:
    lines = [
        f"{number}. {', '.join(_target(each, organisation, now) for each in step.targets)}, {step.timeout} min"
        for number, step in enumerate(policy.steps, 1)
    ]
    if policy.repeat:
        lines.append(f"then all of it again, {count(policy.repeat, 'time')}")
    return "\n".join([f"*{escape(policy.name)}*", *lines])


def _target(target: Target, organisation: Organisation, now: Mapping[str, Sequence[Who]]) -> str:
    name = escape(organisation.name_of(target))
    match target.kind:
        case TargetKind.SCHEDULE:
            on_call = now.get(target.id, ())
            return f"{_people(on_call) if on_call else '⚠️ nobody'} ({name})"
        case TargetKind.TEAM:
            return f"team {name}"
        case TargetKind.GROUP:
            return reference(Group(target.id))
    return mention(Person(target.id))


def _begins(stretch: Stretch, first: bool) -> str:
    when = "Now" if first else f"From {slack_date(stretch.begin)}"
    return f"{when}: {_people(stretch.on_call) if stretch.on_call else '⚠️ *nobody*'}"


def _told(override: Override) -> str:
    span = f"from {slack_date(override.begin)} until {slack_date(override.end)}"
    return f"Override: {mention(override.person)} {span}, by {mention(override.made_by)}"


def _while(override: Override, now: datetime) -> str:
    begin = f"from {slack_date(override.begin)} " if override.begin > now else ""
    return f"{begin}until {slack_date(override.end)}"


def _subject(person: Person, viewer: Person) -> str:
    return "You are" if person == viewer else f"{mention(person)} is"


def _people(people: Sequence[Who]) -> str:
    return joined([_person(who) for who in people])


def _person(who: Who) -> str:
    if who.person is not None:
        return mention(who.person)
    return f"“{escape(who.name)}” (the calendar's name; I can't find them in Slack)"


def _packed(paragraphs: Sequence[str]) -> list[Block]:
    """``paragraphs`` in as few sections as hold them."""
    packed: list[str] = []
    for paragraph in paragraphs:
        if packed and len(packed[-1]) + len(paragraph) + 2 <= SECTION_LIMIT:
            packed[-1] += f"\n\n{paragraph}"
        else:
            packed.append(paragraph)
    return [section(text) for text in packed]


def _override_button(schedule: str = "") -> ButtonElement:
    return button("Override", ONCALL, value=f"{OVERRIDE} {schedule}".strip(), part="override")


def _take_back_button(override: Override) -> ButtonElement:
    sure = confirmation("Take it back?", "Whoever is on call without this override is on call again.", "Take back")
    return button("Take back", ONCALL, value=f"{TAKE_BACK} {override.id}", confirm=sure)
