"""Who is on call, and overriding it: from the organisation's schedules, what calendars say, and overrides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.on_call import (
    CalendarState,
    Override,
    Shift,
    Stretch,
    Who,
    overlaid,
    stretches,
    turns,
)
from incidents.model.organisation import Schedule
from incidents.model.refusals import Refusal
from incidents.ports import Reader, Unit

INSTANT = timedelta(microseconds=1)
OFFERED = 10
"""How many schedules a refusal names."""


class NoSuchSchedule(Refusal):
    """There is no such schedule."""

    def __init__(self, written: str, known: Sequence[str]) -> None:
        more = f" and {len(known) - OFFERED} more" if len(known) > OFFERED else ""
        there = (
            f"There is: {', '.join(known[:OFFERED])}{more}." if known else "There is none yet: see /incident oncall."
        )
        super().__init__(f'There is no schedule "{written[:75]}". {there}')


class OverrideGone(Refusal):
    """An override was taken back before."""

    def __init__(self) -> None:
        super().__init__("This override stands no more. See who is on call: /incident oncall.")


@dataclass(frozen=True)
class Overridden:
    """An override that was made or taken back, and who is on call without it meanwhile."""

    override: Override
    otherwise: tuple[Who, ...]


async def people_on_call(unit: Unit, schedule: str, at: datetime) -> tuple[Person, ...]:
    """Whom to call for ``schedule`` at ``at``; nobody where nobody is on call, or there is no such schedule."""
    found = await on_call(unit, schedule, at, at + INSTANT)
    return found[0].people


async def on_call(source: Unit | Reader, schedule: str, begin: datetime, end: datetime) -> list[Stretch]:
    """Who is on call for ``schedule`` from ``begin`` to ``end``."""
    overrides = await source.on_call.overrides(schedule, begin, end)
    return stretches(overlaid(await _planned(source, schedule, begin, end), overrides), begin, end)


async def _planned(source: Unit | Reader, schedule: str, begin: datetime, end: datetime) -> list[Shift]:
    """The shifts of a schedule before overrides."""
    planned = (await source.organisation.current()).schedules.get(schedule)
    match planned:
        case Schedule(rotation=rotation) if rotation is not None:
            return list(turns(rotation, begin, end))
        case Schedule(calendar=address) if address is not None:
            return await source.on_call.shifts(schedule, address, begin, end)
    return []


async def override(core: Core, wanted: Override) -> Overridden:
    """Put somebody on call instead of whoever it would be; the same once more changes nothing.

    Raises NoSuchSchedule, and OverrideGone for one that is delivered again after it was taken back.
    """
    async with core.storage.transaction() as unit:
        schedules = (await unit.organisation.current()).schedules
        if wanted.schedule not in schedules:
            raise NoSuchSchedule(wanted.schedule, sorted(schedules))
        kept = await _known(unit, wanted) or await unit.on_call.add_override(wanted)
        return Overridden(kept, await _instead_of(unit, kept))


async def take_back(core: Core, id: int, by: Person) -> Overridden:
    """Have an override stand no more, and tell who is on call then. Raises OverrideGone."""
    async with core.storage.transaction() as unit:
        taken = await unit.on_call.override(id)
        if taken is None:
            raise OverrideGone
        await unit.on_call.take_back(id, by, core.clock())
        return Overridden(taken, await _instead_of(unit, taken))


async def store_calendar(core: Core, schedule: str, state: CalendarState, shifts: Sequence[Shift] | None) -> None:
    """Keep how reading a schedule's calendar went, and what it says; None: nothing new."""
    async with core.storage.transaction() as unit:
        await unit.on_call.keep_calendar(schedule, state)
        if shifts is not None:
            await unit.on_call.keep_shifts(schedule, shifts)


async def _instead_of(unit: Unit, override: Override) -> tuple[Who, ...]:
    """Who is on call at some time of ``override``, but for it."""
    begin, end = override.begin, override.end
    others = [each for each in await unit.on_call.overrides(override.schedule, begin, end) if each.id != override.id]
    found = stretches(overlaid(await _planned(unit, override.schedule, begin, end), others), begin, end)
    return tuple(dict.fromkeys(who for stretch in found for who in stretch.on_call))


async def _known(unit: Unit, wanted: Override) -> Override | None:
    """What was made of the same delivery, or else stands last and says the same. Raises OverrideGone."""
    made = await unit.on_call.override_from(wanted.origin) if wanted.origin is not None else None
    if made is not None:
        if (there := await unit.on_call.override(made)) is None:
            raise OverrideGone
        return there
    standing = await unit.on_call.overrides(wanted.schedule, wanted.begin, wanted.end)
    return standing[-1] if standing and _same(standing[-1], wanted) else None


def _same(one: Override, other: Override) -> bool:
    return (one.person, one.begin, one.end) == (other.person, other.begin, other.end)
