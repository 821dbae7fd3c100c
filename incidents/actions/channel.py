"""Giving an incident its channel, and taking it away."""

from incidents.actions.change import Changed
from incidents.consequences import CHANNEL_WANTED, job
from incidents.core import Core
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.incident import Incident
from incidents.model.refusals import ChannelTaken, HasChannel


async def ask_for_channel(core: Core, number: int, by: Person) -> Incident:
    """Have a channel opened for an incident that has none. Raises NoSuchIncident, HasChannel."""
    async with core.changing(number, by) as (unit, incident):
        if incident.channel is not None:
            raise HasChannel(number)
        declared = await unit.entry(number, 1)
        assert declared is not None, "a timeline begins with a declaration"
        await unit.enqueue([job(wanted, declared, core.clock(), core.pace) for wanted in CHANNEL_WANTED])
        return incident


async def attach_channel(core: Core, number: int, by: Person, channel: Channel, name: str) -> Changed:
    """Make ``channel`` the incident's. Raises NoSuchIncident, HasChannel, ChannelTaken."""
    async with core.changing(number, by) as (unit, incident):
        owner = await unit.number_in(channel)
        if owner is not None and owner != number:
            raise ChannelTaken(owner)
        incident.attach_channel(channel, name, core.act(by))
        return Changed.of(incident)


async def detach_channel(core: Core, number: int, by: Person, reason: str = "") -> Changed:
    """Stop mirroring; what was written stays. Raises NoSuchIncident, NoChannel."""
    async with core.changing(number, by) as (_, incident):
        incident.detach_channel(core.act(by), reason)
        return Changed.of(incident)


async def channel_archived(core: Core, channel: Channel, by: Person) -> None:
    """Note that an incident's channel was archived; nothing where it is no incident's."""
    attached = await core.storage.read.incident_in(channel)
    if attached is not None:
        async with core.changing(attached.number, TOCSIN) as (_, incident):
            incident.channel_archived(core.act(by))


async def channel_renamed(core: Core, channel: Channel, name: str) -> None:
    """Note what an incident's channel is called now; nothing where it is no incident's, or was called so before."""
    attached = await core.storage.read.incident_in(channel)
    if attached is not None:
        async with core.changing(attached.number, TOCSIN) as (_, incident):
            incident.channel_renamed(name, core.act(TOCSIN))


async def channel_lost(core: Core, channel: Channel, by: Person, reason: str) -> None:
    """Detach a channel that was deleted, or that the bot was removed from; nothing where it is no incident's."""
    attached = await core.storage.read.incident_in(channel)
    if attached is not None:
        async with core.changing(attached.number, TOCSIN) as (_, incident):
            incident.detach_channel(core.act(by), reason)
