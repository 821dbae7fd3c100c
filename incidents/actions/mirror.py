"""Mirroring an incident's channel onto its timeline: many messages in one transaction, each once.

The hot path: no incident is loaded, only where its timeline ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Channel, Person
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
        wanted = {d.origin: d for d in reversed(deliveries) if d.heard.channel in heads}
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
class Pin:
    """Somebody marks a message as important."""

    by: Person
    channel: Channel
    message: str


async def pin(core: Core, request: Pin) -> None:
    """Make a mirrored message a key entry, once; nothing where it is not on a timeline."""
    async with core.storage.transaction() as unit:
        written = await unit.entry_from(message_origin(request.channel, request.message))
        origin = f"{message_origin(request.channel, request.message)}/pinned"
        if written is None or await unit.entry_from(origin) is not None:
            return
        incident = await unit.load(written.incident)
        assert incident is not None and isinstance(written.fact, facts.Message)
        pinned = facts.MessagePinned(
            channel=request.channel,
            message=request.message,
            author=written.by,
            text=written.fact.text,
            files=written.fact.files,
        )
        incident.pin(pinned, core.act(request.by, origin))
        await core.keep(unit, incident)
