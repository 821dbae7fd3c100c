"""Mirroring an incident's channel onto its timeline: many messages in one transaction, each once.

The hot path: no incident is loaded, only where its timeline ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Channel, Person
from incidents.model.parts import Act
from incidents.model.timeline import Entry

Heard = facts.Message | facts.MessageEdited | facts.MessageDeleted


@dataclass(frozen=True)
class Delivery:
    """What somebody wrote, edited or deleted in a channel, when, and the name under which it counts once."""

    origin: str
    at: datetime
    by: Person
    heard: Heard


async def mirror(core: Core, deliveries: Sequence[Delivery]) -> int:
    """Record what is new of ``deliveries`` and give how many that were.

    What was recorded before, and what comes from a channel that is no incident's, is passed over.
    """
    async with core.storage.transaction() as unit:
        heads = await unit.heads({delivery.heard.channel for delivery in deliveries})
        wanted: dict[str, Delivery] = {}
        for delivery in deliveries:
            if delivery.heard.channel in heads:
                wanted.setdefault(delivery.origin, delivery)
        known = await unit.known_origins(wanted) if wanted else set()
        recorded_at = core.clock()
        entries: list[Entry] = []
        for delivery in sorted(wanted.values(), key=lambda d: d.at):
            if delivery.origin not in known:
                head = heads[delivery.heard.channel]
                entries.append(head.seal(delivery.heard, delivery.by, delivery.at, recorded_at, delivery.origin))
        if entries:
            await unit.append(heads.values(), entries)
        return len(entries)


def message_origin(channel: Channel, message: str) -> str:
    """The name under which message ``message`` of ``channel`` stands on a timeline."""
    return f"{channel}/{message}"


@dataclass(frozen=True)
class PinnedMessage:
    """A message that somebody marks as important, and when it was written."""

    fact: facts.MessagePinned
    at: datetime


async def pin_mirrored(core: Core, by: Person, channel: Channel, message: str) -> bool:
    """Make a message that was mirrored a key entry, once; False where it is on no timeline."""
    async with core.storage.transaction() as unit:
        written = await unit.entry_from(message_origin(channel, message))
    if written is None or not isinstance(written.fact, facts.Message):
        return False
    fact = facts.MessagePinned(
        channel=channel, message=message, author=written.by, text=written.fact.text, files=written.fact.files
    )
    await pin(core, written.incident, by, PinnedMessage(fact, written.happened_at))
    return True


def pin_origin(incident: int, message: PinnedMessage) -> str:
    """The name under which ``message`` is a key entry of ``incident`` once; it may be one of several incidents."""
    return f"{message_origin(message.fact.channel, message.fact.message)}/pinned/INC-{incident}"


async def pin(core: Core, number: int, by: Person, message: PinnedMessage) -> None:
    """Make ``message`` a key entry of incident ``number``, once, whether it was mirrored or not.

    Raises NoSuchIncident, also where it is private and ``by`` may not know of it.
    """
    origin = pin_origin(number, message)
    async with core.changing(number, by) as (unit, incident):
        if await unit.entry_from(origin) is None:
            incident.pin(message.fact, Act(by, core.clock(), origin))
