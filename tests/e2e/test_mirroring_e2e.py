"""What people write in the incident's channel is on the timeline: all of it, once, in order, at once."""

import asyncio
from datetime import timedelta

import pytest

from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.timeline import Entry
from sandbox.client import Person
from storage.storage import SqlStorage
from storage.verify import verify
from tests.e2e.workspace import Workplace, eventually, words

HEARD = facts.Message | facts.MessageEdited | facts.MessageDeleted | facts.MessagePinned


@pytest.fixture
async def channel(workplace: Workplace, ana: Person, ben: Person) -> str:
    """The channel of INC-1, with ana and ben in it."""
    opened = await workplace.declare(ana, "Checkout fails")
    await ben.join(opened)
    return opened


async def heard(workplace: Workplace, number: int) -> list[Entry]:
    """What was written, as it happened, once there are ``number`` entries of it and no more to come."""

    async def all_heard() -> list[Entry] | None:
        found = [entry for entry in await workplace.timeline(1) if isinstance(entry.fact, HEARD)]
        return found if len(found) >= number else None

    found = await eventually(all_heard)
    assert len(found) == number, [entry.fact for entry in found]
    return sorted(found, key=lambda entry: entry.happened_at)  # what is caught up may have come before what is heard


async def whole(workplace: Workplace) -> bool:
    """Whether the chain of INC-1 holds."""
    storage = workplace.running.bot.core.storage
    assert isinstance(storage, SqlStorage)
    return await verify(storage, 1) is None


def by(name: str) -> Somebody:
    return Somebody.of("slack", name)


async def test_what_is_written_is_on_the_timeline_within_a_second_with_its_author_and_place(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    ts = await ana.say(channel, "It began at 03:05 &amp; <@U0BEN> saw it <https://x.example|here>")
    await ben.say(channel, "/me looks", files=[{"name": "graph.png", "content": "…"}])
    first, second = await heard(workplace, 2)
    assert isinstance(first.fact, facts.Message) and isinstance(second.fact, facts.Message)
    assert first.fact.text == "It began at 03:05 &amp; <@U0BEN> saw it <https://x.example|here>"
    assert (first.by, first.fact.message, first.fact.channel.id) == (by("U0ANA"), ts, channel)
    assert (second.by, second.fact.text) == (by("U0BEN"), "looks")
    assert [file.name for file in second.fact.files] == ["graph.png"] and second.fact.files[0].link
    assert timedelta() <= first.recorded_at - first.happened_at < timedelta(minutes=1)
    assert await whole(workplace)


async def test_thread_replies_files_and_other_bots_are_heard(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    root = await ana.say(channel, "", files=[{"name": "log.txt", "content": "…"}, {"name": "trace.json"}])
    await ben.say(channel, "in the thread", thread_ts=root)
    await ben.say(channel, "for all", thread_ts=root, broadcast=True)
    await ana.bot_message(channel, "CPU is high")
    await ana.bot_message(channel, "", attachments=[{"fallback": "f", "title": "Disk", "text": "is full"}])
    entries = await heard(workplace, 5)
    said = [entry.fact for entry in entries if isinstance(entry.fact, facts.Message)]
    assert [file.name for file in said[0].files] == ["log.txt", "trace.json"]
    assert [each.thread for each in said] == [None, root, root, None, None]
    assert said[3].text == "CPU is high" and "is full" in said[4].text
    assert entries[4].by == by("B0GRAFANA")


async def test_edits_and_deletions_append_and_overwrite_nothing(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    ts = await ben.say(channel, "the cash is wrong")
    reply = await ana.say(channel, "which?", thread_ts=ts)
    await heard(workplace, 2)
    await ben.edit(channel, ts, "the cache is wrong")
    await ben.edit(channel, ts, "the cache was wrong")
    await ana.edit(channel, reply, "which one?")
    await ana.delete(channel, ts)
    entries = await heard(workplace, 6)
    assert [(entry.fact.kind, getattr(entry.fact, "text", None)) for entry in entries] == [
        ("message", "the cash is wrong"),
        ("message", "which?"),
        ("message_edited", "the cache is wrong"),
        ("message_edited", "the cache was wrong"),
        ("message_edited", "which one?"),
        ("message_deleted", None),
    ]
    assert await whole(workplace)


async def test_what_slack_delivers_twice_counts_once(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    await ana.trouble(delivery="double", times=5)
    ts = await ana.say(channel, "once")
    await ana.edit(channel, ts, "once!")
    await ana.react(channel, ts, "pushpin")
    await ben.delete(channel, await ben.say(channel, "gone"))
    await heard(workplace, 5)
    again = workplace.delivered("message")
    await asyncio.gather(*(workplace.deliver("events_api", again) for _ in range(5)))
    await heard(workplace, 5)
    assert await whole(workplace)


async def test_hundreds_of_messages_at_once_are_all_there_in_order(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    async def talk(person: Person) -> list[str]:
        return [await person.say(channel, f"{person.id} {number}") for number in range(100)]

    written = await asyncio.gather(talk(ana), talk(ben))
    entries = await heard(workplace, 200)
    for person, messages in zip((ana, ben), written, strict=True):
        mine = [e.fact.message for e in entries if isinstance(e.fact, facts.Message) and e.by == by(person.id)]
        assert sorted(mine) == messages
    assert len({entry.number for entry in entries}) == 200
    assert await whole(workplace)


async def test_a_pushpin_makes_a_key_entry_of_a_message_with_its_pictures_once(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    ts = await ana.say(channel, "here it begins", files=[{"name": "graph.png", "content": "…"}])
    await ben.react(channel, ts, "eyes")
    await ben.react(channel, ts, "pushpin")
    await heard(workplace, 2)
    await ana.react(channel, ts, "pushpin")
    entries = await heard(workplace, 2)
    pinned = entries[1].fact
    assert isinstance(pinned, facts.MessagePinned) and entries[1].by == by("U0BEN")
    assert (pinned.author, pinned.text, pinned.message) == (by("U0ANA"), "here it begins", ts)
    assert [file.name for file in pinned.files] == ["graph.png"]


async def test_a_message_from_anywhere_is_added_to_the_timeline_by_its_shortcut(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    payments = workplace.channel("payments")
    ts = await ana.bot_message(payments, "Gateway timeouts", attachments=[])
    shown = await workplace.answered(ana, payments, ana.shortcut("add_to_timeline", channel=payments, ts=ts))
    assert "now a key entry of INC-1" in shown["text"]
    (entry,) = await heard(workplace, 1)
    assert isinstance(entry.fact, facts.MessagePinned) and entry.fact.text == "Gateway timeouts"


async def test_with_several_incidents_the_shortcut_asks_which(workplace: Workplace, ana: Person, channel: str) -> None:
    await workplace.declare(ana, "Search is slow")
    payments = workplace.channel("payments")
    ts = await ana.say(payments, 'Gateway "timeouts" ' * 200, files=[{"name": "graph.png", "content": "…"}])
    asked = await workplace.answered(ana, payments, ana.shortcut("add_to_timeline", channel=payments, ts=ts))
    assert "Which incident do you mean?" in asked["text"]
    await workplace.press(ana, payments, asked, "INC-1")
    (entry,) = await heard(workplace, 1)
    assert isinstance(entry.fact, facts.MessagePinned) and entry.fact.text.startswith('Gateway "timeouts" Gateway')
    assert [file.name for file in entry.fact.files] == ["graph.png"]
    assert "Choose the message first" in words(await workplace.typed(ana, channel, "/incident pin"))


async def test_coming_and_going_is_noticed(workplace: Workplace, ana: Person, ben: Person, channel: str) -> None:
    async def responders(*names: str) -> None:
        async def there() -> bool:
            return set((await workplace.incident(1)).joined) == {by(name) for name in names}

        await eventually(there)

    await responders("U0ANA", "U0BEN")
    await ben.leave(channel)
    await responders("U0ANA")
    await ana.invite(channel, "U0CLEO")
    await responders("U0ANA", "U0CLEO")
    await ana.kick(channel, "U0CLEO")
    await responders("U0ANA")
    moves = [e.fact.kind for e in await workplace.timeline(1) if e.fact.kind.startswith("responder")]
    assert moves == ["responder_joined", "responder_joined", "responder_left", "responder_joined", "responder_left"]
    await workplace.settle()
    assert not [m for m in await workplace.by_bot(channel) if "joined." in m["text"] or "left." in m["text"]]


async def test_the_bot_and_slack_s_housekeeping_are_not_mirrored(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await ana.rename(channel, "inc-1-renamed")
    await ana.act("topic", channel=channel, topic="my own topic")
    await ana.pin(channel, await ana.say(channel, "the one message"))
    for change in ["severity 1", "note by command", "resolve"]:
        await workplace.typed(ana, channel, f"/incident {change}")
    await workplace.settle()
    (entry,) = await heard(workplace, 1)
    assert isinstance(entry.fact, facts.Message) and entry.fact.text == "the one message"


async def test_what_is_written_while_the_connection_is_renewed_is_not_lost(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    for number in range(3):
        await ana.trouble(disconnect="refresh_requested")
        await ana.say(channel, f"while nobody listens ({number})")
        await heard(workplace, number + 1)
    assert await whole(workplace)
