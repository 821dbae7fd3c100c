"""What a declare must have left in Slack and on record, exactly once, whatever befell the bot on the way."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from incidents.model import facts
from incidents.model.identity import Channel as Place
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import incident_name
from sandbox.server import Sandbox
from sandbox.things import Channel, Message
from storage.storage import SqlStorage
from storage.tables import jobs
from storage.verify import verify
from tests.e2e.workspace import eventually, words

ANNOUNCEMENTS = "C0INCIDENTS"
SETTLING = 25.0
"""Seconds until jobs that should be done are given up; short of a lease's end, for which nobody should wait."""


NEXT_STEP = timedelta(minutes=1)
"""Well before whoever is paged has had their time to answer, and after all that is to be done at once."""


async def jobs_done(storage: SqlStorage) -> None:
    """Wait until there is nothing left to do now, nothing parked either."""

    async def none() -> bool:
        due = select(func.count()).select_from(jobs).where(jobs.c.due_at < datetime.now(UTC) + NEXT_STEP)
        async with storage.database.reading() as connection:
            return (await connection.execute(due)).scalar_one() == 0

    await eventually(none, SETTLING)


async def all_there_once(sandbox: Sandbox, storage: SqlStorage, number: int) -> None:
    """Assert that incident ``number``, of which all jobs are done, was told everywhere and to all, once and truly."""
    incident = await storage.read.incident(number)
    assert incident is not None
    timeline = await storage.read.entries(number, 1, incident.head.length)
    channel = channel_of(sandbox, incident)
    assert {person.id for person in incident.responders} <= set(channel.members)
    told = Counter(kind for message in by_bot(sandbox, channel) if (kind := _kind(message, number)))
    changed = any(isinstance(entry.fact, facts.SeverityChanged) for entry in timeline)
    assert told.pop("incident_card") == 1
    assert 1 <= told.pop("incident_notice") <= len(incident.paged) + changed
    assert not told
    notices = [message for message in by_bot(sandbox, channel) if _kind(message, number) == "incident_notice"]
    for person in incident.paged:
        assert sum(notice.text.count(f"<@{person.id}>") for notice in notices) == 1
        assert sum(incident.title in message.text for message in _calls(sandbox, person)) == 1
    [card] = [message for message in by_bot(sandbox, channel) if _kind(message, number) == "incident_card"]
    assert _says(card, incident) and all(_named(sandbox, person.id, card) for person in incident.responders)
    assert [pin.ts for pin in channel.pins] == [card.ts]
    assert [bookmark.title for bookmark in channel.bookmarks.values()] == [f"{incident_name(number)} card"]
    assert f"SEV{incident.severity}" in channel.topic.value
    everywhere = sandbox.workspace.channels[ANNOUNCEMENTS]
    [announcement] = [message for message in by_bot(sandbox, everywhere) if _kind(message, number)]
    assert _says(announcement, incident) and f"<#{channel.id}>" in words(announcement.blocks)
    assert await verify(storage, number) is None
    assert _once(timeline, facts.Declared) and _once(timeline, facts.ChannelAttached)


def channel_of(sandbox: Sandbox, incident: Incident) -> Channel:
    """The one channel that was made for ``incident``, which is the one on record."""
    prefix = f"inc-{incident.number}-"
    [channel] = [each for each in sandbox.workspace.channels.values() if each.name.startswith(prefix)]
    assert incident.channel is not None and incident.channel.channel == Place.of("slack", channel.id)
    return channel


def by_bot(sandbox: Sandbox, channel: Channel) -> list[Message]:
    return [message for message in channel.timeline() if message.bot_id == sandbox.app.bot_id]


def _kind(message: Message, number: int) -> str | None:
    """What the bot posted ``message`` as, where it is of incident ``number``."""
    marks = message.metadata
    return marks["event_type"] if marks and marks["event_payload"]["incident"] == number else None


def _calls(sandbox: Sandbox, person: Person) -> list[Message]:
    """The direct messages that call ``person``."""
    rooms = [room for room in sandbox.workspace.channels.values() if room.is_im and person.id in room.members]
    return [m for room in rooms for m in by_bot(sandbox, room) if m.metadata and m.metadata["event_type"] == "call"]


def _says(message: Message, incident: Incident) -> bool:
    shown = words(message.blocks)
    return all(fact in shown for fact in (incident_name(incident.number), incident.title, f"SEV{incident.severity}"))


def _named(sandbox: Sandbox, user: str, message: Message) -> bool:
    """Whether ``message`` has somebody's name, as in a card just posted, or their mention, as in an edited one."""
    return any(name in words(message.blocks) for name in (f"<@{user}>", f"@{sandbox.workspace.users[user].name}"))


def _once(timeline: list[Entry], kind: type[facts.Fact]) -> bool:
    return len([entry for entry in timeline if isinstance(entry.fact, kind)]) == 1
