"""Who is on call when: the turns of a rotation, with overrides laid over them, and what that comes to at a time.

All moments are aware; shifts and stretches include their begin and not their end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import Field, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar

from incidents.model.identity import Person
from incidents.model.organisation import Rotation, Schedule, Weekday
from incidents.model.parts import Act
from incidents.model.refusals import Refusal

LONGEST_OVERRIDE = timedelta(days=366)
AHEAD = timedelta(days=60)
"""How far ahead calendars are read."""

SHOWN = timedelta(days=56)
"""How far ahead it is shown who is next; less than what is read, which is not read again all the time."""


class EndsBeforeItBegins(Refusal):
    """An override has no length, or is over."""

    def __init__(self) -> None:
        super().__init__("An override ends after it begins, and not in the past. Give it another time to end.")


class OverrideTooLong(Refusal):
    """An override is no new rotation."""

    def __init__(self) -> None:
        super().__init__(f"An override lasts {LONGEST_OVERRIDE.days} days at most. Change the schedule itself instead.")


@dataclass(frozen=True)
class Shift:
    """Somebody is on call for a while. ``person`` is None where a calendar names somebody whom nobody knows."""

    person: Person | None
    begin: datetime
    end: datetime
    name: str = ""
    """What the calendar calls them."""


@dataclass(frozen=True)
class Override:
    """``person`` is on call instead of whoever it would be. ``id`` is 0 until it is stored."""

    schedule: str
    person: Person
    begin: datetime
    end: datetime
    made_by: Person
    made_at: datetime
    id: int = 0
    origin: str | None = None
    """The delivery it came from, where that must count once."""

    @classmethod
    def make(cls, schedule: str, person: Person, stretch: tuple[datetime, datetime], act: Act) -> "Override":
        """What somebody decides. Raises EndsBeforeItBegins, OverrideTooLong."""
        begin, end = stretch
        if end <= max(begin, act.at):
            raise EndsBeforeItBegins
        if end - begin > LONGEST_OVERRIDE:
            raise OverrideTooLong
        return cls(schedule, person, begin, end, act.by, act.at, origin=act.origin)


@dataclass(frozen=True)
class Who:
    """Somebody on call: a person, or the name of one whom nobody knows."""

    person: Person | None
    name: str = ""


@dataclass(frozen=True)
class Stretch:
    """As long as the same people are on call (none: nobody is); ``end`` is None where no end is known."""

    on_call: tuple[Who, ...]
    begin: datetime
    end: datetime | None

    @property
    def people(self) -> tuple[Person, ...]:
        """Those who can be called."""
        return tuple(who.person for who in self.on_call if who.person is not None)


def turns(rotation: Rotation, begin: datetime, end: datetime) -> Iterator[Shift]:
    """The turns of ``rotation`` that overlap ``begin`` to ``end``, in order and whole.

    A hand-over at a time that the wall clock leaves out comes as much later as it leaves out (02:30 becomes 03:30);
    at a time that it shows twice, the first counts. So does iCalendar: RFC 5545, section 3.3.5,
    https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5
    """
    first, days = _first_day(rotation), _days(rotation)
    number = max(0, (begin.astimezone(rotation.zone).date() - first).days // days - 1)
    while (day := first + timedelta(days=number * days)) <= end.astimezone(rotation.zone).date():
        shift = Shift(
            rotation.members[number % len(rotation.members)],
            _moment(rotation, day),
            _moment(rotation, day + timedelta(days=days)),
        )
        # Where a zone leaves out a whole day, a turn of that day is empty.
        if shift.begin < shift.end and shift.begin < end and begin < shift.end:
            yield shift
        number += 1


def _days(rotation: Rotation) -> int:
    """How long a turn is."""
    return rotation.length * (7 if rotation.unit == "weeks" else 1)


def _first_day(rotation: Rotation) -> date:
    if rotation.day is None:
        return rotation.start
    wanted = list(Weekday).index(rotation.day)
    return rotation.start + timedelta(days=(wanted - rotation.start.weekday()) % 7)


def _moment(rotation: Rotation, day: date) -> datetime:
    return datetime.combine(day, rotation.at, rotation.zone).astimezone(UTC)


def horizon(schedule: Schedule, at: datetime) -> datetime:
    """Until when one must look to see who is on call at ``at``, and who is next."""
    turn = timedelta(days=_days(schedule.rotation)) if schedule.rotation else timedelta()
    return at + max(SHOWN, 2 * turn)


@dataclass(frozen=True)
class CalendarState:
    """How reading a schedule's calendar went: when it last succeeded, and what last went wrong (empty: nothing)."""

    address: str
    etag: str = ""
    """What the server called the version that was read."""
    read_at: datetime | None = None
    fault: str = ""
    fault_at: datetime | None = None


def overlaid(shifts: Iterable[Shift], overrides: Iterable[Override]) -> list[Shift]:
    """``shifts`` as ``overrides`` change them; of several at a time, the one that was made last counts."""
    changed = list(shifts)
    for override in sorted(overrides, key=lambda each: (each.made_at, each.id)):
        changed = [left for shift in changed for left in without(shift, override.begin, override.end)]
        changed.append(Shift(override.person, override.begin, override.end))
    return changed


class Lasting(Protocol):
    """A dataclass of something that begins and ends."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def begin(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...


Some = TypeVar("Some", bound=Lasting)


def without(whole: Some, begin: datetime, end: datetime) -> Iterator[Some]:
    """What remains of ``whole`` before ``begin`` and after ``end``."""
    if whole.begin < begin:
        yield replace(whole, end=min(whole.end, begin))
    if end < whole.end:
        yield replace(whole, begin=max(whole.begin, end))


def stretches(shifts: Iterable[Shift], begin: datetime, end: datetime) -> list[Stretch]:
    """Who is on call from ``begin`` to ``end``, without gaps and overlaps; of the last one no end is known."""
    coming = sorted((shift for shift in shifts if shift.begin < end and begin < shift.end), key=lambda each: each.begin)
    bounds = {begin} | {bound for shift in coming for bound in (shift.begin, shift.end) if begin < bound < end}
    found: list[Stretch] = []
    there: list[Shift] = []
    for bound in sorted(bounds):
        while coming and coming[0].begin <= bound:
            there.append(coming.pop(0))
        there = [shift for shift in there if bound < shift.end]
        on_call = tuple(dict.fromkeys(Who(shift.person, "" if shift.person else shift.name) for shift in there))
        if not found or found[-1].on_call != on_call:
            found[-1:] = [replace(last, end=bound) for last in found[-1:]]
            found.append(Stretch(on_call, bound, None))
    return found
