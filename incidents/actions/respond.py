"""Joining, leaving and leading an incident."""

from incidents.actions.change import Changed
from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.incident import Incident
from incidents.model.refusals import NotAResponder


async def join(core: Core, number: int, by: Person) -> Changed:
    """Raises NoSuchIncident."""
    async with core.changing(number, by) as (_, incident):
        incident.join(by, core.act(by))
        return Changed.of(incident)


async def leave(core: Core, number: int, by: Person) -> Changed:
    """Raises NoSuchIncident, NotAResponder."""
    async with core.changing(number, by) as (_, incident):
        incident.leave(by, core.act(by))
        return Changed.of(incident)


async def lead(core: Core, number: int, by: Person, commander: Person | None) -> Changed:
    """Make ``commander`` the Incident Commander; None leaves it to nobody. Raises NoSuchIncident."""
    async with core.changing(number, by) as (_, incident):
        incident.set_commander(commander, core.act(by))
        return Changed.of(incident)


async def offers_command(core: Core, incident: Incident, person: Person) -> bool:
    """Whether ``person``, who has joined, was the first to do so while nobody leads; the next are not asked."""
    if incident.commander is not None or not incident.is_open:
        return False
    entries = await core.storage.read.entries_of(incident.number, [facts.CommanderChanged, facts.ResponderJoined])
    came: list[Person] = []
    for entry in entries:
        match entry.fact:
            case facts.CommanderChanged():
                came = []
            case facts.ResponderJoined(person=someone, via_channel=False) if someone != incident.declared_by:
                came.append(someone)
    return came[:1] == [person]


async def came_into_channel(core: Core, channel: Channel, person: Person, by: Person) -> None:
    """Somebody joined an incident's channel, or was brought in by ``by``: that is joining the incident."""
    number = await _incident_in(core, channel)
    if number is not None:
        async with core.changing(number, TOCSIN) as (_, incident):
            incident.join(person, core.act(by), via_channel=True)


async def left_channel(core: Core, channel: Channel, person: Person) -> None:
    """Somebody left an incident's channel: that is leaving the incident."""
    number = await _incident_in(core, channel)
    if number is not None:
        async with core.changing(number, TOCSIN) as (_, incident):
            try:
                incident.leave(person, core.act(person), via_channel=True)
            except NotAResponder:
                return


async def _incident_in(core: Core, channel: Channel) -> int | None:
    incident = await core.storage.read.incident_in(channel)
    return incident.number if incident else None
