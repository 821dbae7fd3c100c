"""`/incident oncall`: who is on call now and next; the weeks ahead of one schedule; and overriding it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.on_call import (
    OVERRIDE,
    TAKE_BACK,
    Watch,
    no_schedules,
    overridden,
    taken_back,
    weeks_ahead,
    who_is_on_call,
)
from bot.context import person
from bot.forms.form import Carried
from bot.forms.override import Suggested, override_form
from bot.times import read_span
from bot.typed import mentioned_user, plain
from bot.words import word
from incidents.actions.on_call import NoSuchSchedule, OverrideGone, on_call, override, take_back
from incidents.model.identity import Person
from incidents.model.on_call import Override, horizon
from incidents.model.organisation import Organisation, Schedule
from incidents.model.refusals import Refusal

WEEKS = timedelta(weeks=2)
MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")


class CannotBeOnCall(Refusal):
    """Only people of the workspace are on call."""

    def __init__(self) -> None:
        super().__init__("Only people of this workspace can be on call: no guests, no bots. Choose somebody else.")


@word(
    "oncall",
    "[schedule | override <schedule> [@user] <from> to <until>]",
    "Who is on call now and next",
    answers="page",
)
async def oncall(asked: Asked) -> Message | None:
    organisation = await asked.bot.core.storage.read.organisation.current()
    if not organisation.schedules:
        return no_schedules()
    first, rest = [*asked.text.split(maxsplit=1), "", ""][:2]
    if first.casefold() == OVERRIDE:
        return await _override(asked, organisation, rest)
    if first == TAKE_BACK:
        return await _take_back(asked, organisation, rest)
    if asked.text:
        return await _ahead(asked, organisation)
    watches = [await _watch(asked, id, schedule) for id, schedule in organisation.schedules.items()]
    return who_is_on_call(watches, organisation)


async def _watch(asked: Asked, id: str, schedule: Schedule, until: datetime | None = None) -> Watch:
    core = asked.bot.core
    now = core.clock()
    stretches = await on_call(core.storage.read, id, now, until or horizon(schedule, now))
    state = (await core.storage.read.on_call.calendars()).get(id) if schedule.calendar is not None else None
    return Watch(id, schedule, stretches, state)


async def _ahead(asked: Asked, organisation: Organisation) -> Message:
    id, rest = _named(organisation, asked.text)
    if rest:
        raise _unknown(organisation, asked.text)
    core = asked.bot.core
    now = core.clock()
    watch = await _watch(asked, id, organisation.schedules[id], now + WEEKS)
    return weeks_ahead(watch, await core.storage.read.on_call.overrides(id, now, now + WEEKS), now + WEEKS)


async def _override(asked: Asked, organisation: Organisation, text: str) -> Message | None:
    id, rest = _named(organisation, text) if text else (None, "")
    if id is None or not rest:
        await asked.show(await _form(asked, organisation, id))
        return None
    user = mentioned_user(rest)
    who = person(user) if user else asked.by
    await _must_be_able(asked, who)
    now = asked.bot.core.clock()
    span = read_span(plain(MENTION.sub(" ", rest)), now, await _zone(asked))
    act = asked.bot.core.act(asked.by, asked.origin)
    made = await override(asked.bot.core, Override.make(id, who, span, act))
    return overridden(organisation.schedules[id].name, made, asked.by, now)


async def _form(asked: Asked, organisation: Organisation, id: str | None) -> dict[str, object]:
    """It suggests the rest of the present shift."""
    chosen = id or next(iter(organisation.schedules))
    watch = await _watch(asked, chosen, organisation.schedules[chosen])
    names = {id: schedule.name for id, schedule in organisation.schedules.items()}
    suggested = Suggested(asked.by.id, asked.bot.core.clock(), chosen, watch.stretches[0].end)
    return override_form(names, suggested, Carried.of(asked))


async def _take_back(asked: Asked, organisation: Organisation, text: str) -> Message:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise OverrideGone
    taken = await take_back(asked.bot.core, int(text), asked.by)
    schedule = organisation.schedules.get(taken.override.schedule)
    return taken_back(schedule.name if schedule else taken.override.schedule, taken, asked.bot.core.clock())


def _named(organisation: Organisation, text: str) -> tuple[str, str]:
    """The schedule that ``text`` begins with, by id or name in any case, and what follows. Raises NoSuchSchedule."""
    words = text.split()
    for end in range(len(words), 0, -1):
        written = plain(" ".join(words[:end])).casefold()
        for id, schedule in organisation.schedules.items():
            if written in (id, " ".join(schedule.name.casefold().split())):
                return id, " ".join(words[end:])
    raise _unknown(organisation, text)


def _unknown(organisation: Organisation, text: str) -> NoSuchSchedule:
    """Names first what is most like what was typed."""
    likeness = process.extract(
        plain(text).casefold(), list(organisation.schedules), scorer=fuzz.partial_ratio, limit=None
    )
    return NoSuchSchedule(plain(text), [id for id, _, _ in likeness])


async def _must_be_able(asked: Asked, who: Person) -> None:
    if not (await asked.bot.people.get(who.id)).is_member:
        raise CannotBeOnCall


async def _zone(asked: Asked) -> ZoneInfo:
    """Where the person who asked is, as Slack says."""
    name = (await asked.bot.people.get(asked.by.id)).timezone
    return ZoneInfo(name if name in available_timezones() else "UTC")
