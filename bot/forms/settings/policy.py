"""The form of an escalation policy: whom each step pages, how long they have, and how often all begins again."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, DividerBlock

from bot import payloads
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import (
    Around,
    WrongField,
    menu_in,
    menu_question,
    named,
    people_in,
    people_question,
    several_in,
    several_question,
)
from bot.organisation_file.writing import written_minutes
from bot.organisation_file.written import minutes_in
from incidents.model.checked import NAME_LIMIT
from incidents.model.identity import Person
from incidents.model.organisation import Policy, Step, Target, TargetKind

FEWEST = 3
"""Steps that a form shows; those that are left empty are none."""

MOST = 20


def questions(policy: Policy | None, around: Around) -> list[Block]:
    steps = policy.steps if policy else ()
    shown = min(MOST, max(FEWEST, len(steps) + 1))
    blocks = [ask("name", "Name", text_box(NAME_LIMIT, policy.name if policy else ""))]
    for number in range(shown):
        blocks += [DividerBlock(), *_step(number, steps[number] if number < len(steps) else None, around)]
    times = {str(each): "never" if each == 0 else f"{each} more" for each in range(10)}
    return [*blocks, DividerBlock(), *menu_question("repeat", "Repeat", times, str(policy.repeat if policy else 0))]


def _step(number: int, step: Step | None, around: Around) -> Iterator[Block]:
    targets = step.targets if step else ()
    people = [Person(target.id) for target in targets if target.kind is TargetKind.PERSON]
    yield from several_question(
        f"targets.{number}", f"Step {number + 1} pages", _choices(around, targets), map(str, targets)
    )
    yield people_question(f"people.{number}", f"Step {number + 1}: people", people)
    wait = written_minutes(step.timeout) if step else ""
    yield ask(
        f"wait.{number}", f"Step {number + 1}: they have", text_box(20, wait, placeholder="5 minutes"), optional=True
    )


def _choices(around: Around, targets: tuple[Target, ...]) -> dict[str, str]:
    """Schedules, teams and user groups; what a step pages already is among them."""
    organisation = around.organisation
    choices = {Target.of(TargetKind.SCHEDULE, id): name for id, name in named(organisation.schedules).items()}
    choices.update({Target.of(TargetKind.TEAM, id): f"{name} (team)" for id, name in named(organisation.teams).items()})
    choices.update(
        {Target.of(TargetKind.GROUP, group): f"{name} (user group)" for group, name in around.groups.items()}
    )
    groups = {target: target.id for target in targets if target.kind is TargetKind.GROUP}
    return {str(target): text for target, text in {**groups, **choices}.items()}


def read(view: payloads.View, before: Policy | None) -> Policy:
    """Raises WrongField."""
    steps = [step for number in range(MOST) if (step := _read_step(view, number))]
    if not steps:
        raise WrongField("people.0", "Say whom the first step pages.")
    return Policy(name=text_in(view, "name"), steps=tuple(steps), repeat=int(menu_in(view, "repeat") or 0))


def _read_step(view: payloads.View, number: int) -> Step | None:
    targets = [Target(each) for each in several_in(view, f"targets.{number}")]
    targets += [Target.of(TargetKind.PERSON, person) for person in people_in(view, f"people.{number}")]
    if not targets:
        return None
    try:
        wait = minutes_in(text_in(view, f"wait.{number}").strip() or str(Step.model_fields["timeout"].default))
        return Step(targets=tuple(targets), timeout=wait)
    except ValueError as error:
        raise WrongField(f"wait.{number}", "Write a time as 5 minutes, or 1 hour; at most 24 hours.") from error
