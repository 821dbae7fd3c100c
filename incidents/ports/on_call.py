"""Keeping and reading who is on call when: overrides, and the shifts that calendars tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from incidents.model.identity import Person
from incidents.model.on_call import CalendarState, Override, Shift


class OnCallReader(Protocol):
    """Reads, none of which locks."""

    async def shifts(self, schedule: str, address: str, begin: datetime, end: datetime) -> list[Shift]:
        """What the schedule's calendar at ``address`` said that overlaps ``begin`` to ``end``, by their begins."""

    async def overrides(self, schedule: str, begin: datetime, end: datetime) -> list[Override]:
        """The overrides of a schedule that stand and overlap ``begin`` to ``end``, as they were made."""

    async def calendars(self) -> Mapping[str, CalendarState]:
        """How reading each schedule's calendar went."""


class OnCallUnit(OnCallReader, Protocol):
    """The same in one transaction, and what changes it."""

    async def override(self, id: int) -> Override | None:
        """One override that stands, held against other writers."""

    async def override_from(self, origin: str) -> int | None:
        """The id of the override that was made from ``origin``, held against other writers; None: there is none."""

    async def add_override(self, override: Override) -> Override:
        """Store a new override; gives it with its id."""

    async def take_back(self, id: int, by: Person, at: datetime) -> None:
        """The override stands no more; who took it back, and when, is kept."""

    async def keep_calendar(self, schedule: str, state: CalendarState) -> None:
        """Store how reading the schedule's calendar went."""

    async def keep_shifts(self, schedule: str, shifts: Sequence[Shift]) -> None:
        """Have ``shifts`` be all that the schedule's calendar says."""
