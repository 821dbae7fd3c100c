"""What must be true once all is calm, whatever happened before: in Slack, on the timelines, and of both together."""

from collections import Counter
from collections.abc import Sequence

from incidents.model import facts
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import incident_name
from sandbox.server import Sandbox
from sandbox.things import Channel, Message
from storage.storage import SqlStorage
from storage.verify import verify
from tests.campaign.storm import Storm
from tests.e2e.exactly_once import ANNOUNCEMENTS, by_bot, channel_of
from tests.e2e.workspace import words

MIRRORED = (facts.Message, facts.MessageEdited, facts.MessageDeleted)


async def all_is_well(storm: Storm, storage: SqlStorage) -> int:
    """Assert it; gives how many incidents there were."""
    incidents = await _incidents(storage)
    titles = Counter(timeline[0].fact.title for _, timeline in incidents)  # type: ignore[union-attr]
    told = f"accepted: {storm.accepted}, in doubt: {storm.doubtful}, declared: {list(titles)}"
    assert set(storm.accepted) <= set(titles) <= {*storm.accepted, *storm.doubtful}, told
    assert all(times == 1 for times in titles.values()), "declared twice"
    parked = await storage.jobs.parked()
    assert not parked, f"given up: {parked}"
    for incident, timeline in incidents:
        assert await verify(storage, incident.number) is None
        channel = channel_of(storm.sandbox, incident)
        _shown_truly(storm.sandbox, incident, channel)
        _mirrored(storm, channel, timeline)
    return len(incidents)


async def _incidents(storage: SqlStorage) -> list[tuple[Incident, list[Entry]]]:
    found: list[tuple[Incident, list[Entry]]] = []
    while (incident := await storage.read.incident(len(found) + 1)) is not None:
        found.append((incident, await storage.read.entries(incident.number, 1, incident.head.length)))
    return found


def _shown_truly(sandbox: Sandbox, incident: Incident, channel: Channel) -> None:
    """One card and one announcement, which say what is so; all invited; topic, pin and bookmark once."""
    [card] = _posts(sandbox, channel, incident, "incident_card")
    [announcement] = _posts(sandbox, sandbox.workspace.channels[ANNOUNCEMENTS], incident)
    for message in (card, announcement):
        for fact in (incident_name(incident.number), incident.title, f"SEV{incident.severity}", incident.status.word):
            assert fact in words(message.blocks), f"{fact} is not in {words(message.blocks)}"
    assert {person.id for person in incident.joined} <= set(channel.members)
    assert [pin.ts for pin in channel.pins].count(card.ts) == 1
    assert [each.title for each in channel.bookmarks.values()] == [f"{incident_name(incident.number)} card"]
    assert f"SEV{incident.severity}" in channel.topic.value
    assert incident.status.word in channel.topic.value or not incident.is_open


def _posts(sandbox: Sandbox, channel: Channel, incident: Incident, purpose: str = "") -> list[Message]:
    """What the bot posted for ``incident`` in ``channel``."""
    marked = [(message, message.metadata) for message in by_bot(sandbox, channel) if message.metadata]
    mine = [(message, marks) for message, marks in marked if marks["event_payload"].get("incident") == incident.number]
    return [message for message, marks in mine if not purpose or marks["event_type"] == purpose]


def _mirrored(storm: Storm, channel: Channel, timeline: Sequence[Entry]) -> None:
    """Each message once, in order, as it was last left; and of those that are gone, that they are."""
    written = sorted((e for e in timeline if isinstance(e.fact, facts.Message)), key=lambda each: each.happened_at)
    ids = [entry.fact.message for entry in written if isinstance(entry.fact, facts.Message)]
    assert len(ids) == len(set(ids)), "a message twice"
    assert ids == sorted(ids, key=float), "out of order"
    said = {each.ts: each for each in storm.said if each.channel == channel.id}
    assert set(ids) <= set(said), "what nobody said"
    missing = [each for each in said.values() if each.ts not in ids and not each.deleted]
    assert not missing, f"lost: {missing}"
    texts, gone = _left(timeline)
    for each in said.values():
        if each.ts in texts:
            as_left = each.ts in gone if each.deleted else texts[each.ts] == each.text
            assert as_left, f"{each} stands as {_told(timeline, each.ts)}"


def _left(timeline: Sequence[Entry]) -> tuple[dict[str, str], set[str]]:
    """How each message reads by the timeline, and which are deleted."""
    texts: dict[str, str] = {}
    gone: set[str] = set()
    for entry in sorted(timeline, key=lambda each: (each.happened_at, each.number)):
        match entry.fact:
            case facts.Message(message=message, text=text) | facts.MessageEdited(message=message, text=text):
                texts[message] = text
            case facts.MessageDeleted(message=message):
                gone.add(message)
    return texts, gone


def _told(timeline: Sequence[Entry], message: str) -> list[str]:
    """All that a timeline says of a message, to see how it came to that."""
    heard = [entry for entry in timeline if isinstance(entry.fact, MIRRORED) and entry.fact.message == message]
    return [f"{each.number} {each.happened_at} {each.recorded_at} {each.origin} {each.fact}" for each in heard]
