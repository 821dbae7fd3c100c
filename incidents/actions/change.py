"""Changing what an incident is: its title, summary, severity, status and affected services.

Each gives the incident and the entries that the change made, none where everything was so already.
"""

from collections.abc import Mapping
from typing import NamedTuple

from incidents.actions.declare import known_services
from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.refusals import TooLateToUndo
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Impact, Severity, Status


class Changed(NamedTuple):
    """The incident after an action, and the entries that the action made."""

    incident: Incident
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, incident: Incident) -> "Changed":
        return cls(incident, tuple(incident.new_entries))

    @property
    def entry(self) -> Entry | None:
        """The last entry; None where everything was so already."""
        return self.entries[-1] if self.entries else None


async def change_title(core: Core, number: int, by: Person, title: str) -> Changed:
    """Raises NoSuchIncident, TextMissing, TextTooLong."""
    async with core.changing(number, by) as (_, incident):
        incident.change_title(title, core.act(by))
        return Changed.of(incident)


async def change_summary(core: Core, number: int, by: Person, summary: str) -> Changed:
    """Raises NoSuchIncident, TextTooLong."""
    async with core.changing(number, by) as (_, incident):
        incident.change_summary(summary, core.act(by))
        return Changed.of(incident)


async def change_severity(core: Core, number: int, by: Person, severity: Severity) -> Changed:
    """Raises NoSuchIncident."""
    async with core.changing(number, by) as (_, incident):
        incident.change_severity(severity, core.act(by))
        return Changed.of(incident)


async def change_status(core: Core, number: int, by: Person, status: Status) -> Changed:
    """Resolving is a change of status. Raises NoSuchIncident, IncidentResolved."""
    async with core.changing(number, by) as (_, incident):
        incident.change_status(status, core.act(by))
        return Changed.of(incident)


async def reopen(core: Core, number: int, by: Person, reason: str) -> Changed:
    """Raises NoSuchIncident, IncidentNotResolved, TextMissing, TextTooLong."""
    async with core.changing(number, by) as (_, incident):
        incident.reopen(reason, core.act(by))
        return Changed.of(incident)


async def change_services(core: Core, number: int, by: Person, impacts: Mapping[str, Impact]) -> Changed:
    """Make ``impacts`` (by service id) all that is affected. Raises NoSuchIncident, UnknownService."""
    async with core.changing(number, by) as (unit, incident):
        incident.change_services(await known_services(unit, impacts), core.act(by))
        return Changed.of(incident)


async def undo(core: Core, number: int, by: Person, entry: int) -> Changed:
    """Take back the change that entry number ``entry`` tells of. Raises NoSuchIncident, TooLateToUndo."""
    async with core.changing(number, by) as (unit, incident):
        made = await unit.entry(number, entry)
        if made is None:
            raise TooLateToUndo("there is no such change")
        incident.undo(made, core.pace.undo, core.act(by))
        return Changed.of(incident)
