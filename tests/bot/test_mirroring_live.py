"""Mirroring over a real socket: everything that is written is on the timeline, once, before it is acknowledged."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.channels import recorder
from bot.slack import SlackRefused
from incidents.actions.mirror import mirror
from incidents.model import facts
from sandbox import messages
from sandbox.troubles import DeliveryTrouble
from storage.verify import verify
from tests.bot.floor import ANA, BEN, CLEO, Floor, eventually


async def texts(floor: Floor) -> list[str]:
    return [fact.text for fact in await floor.facts(facts.Message)]


async def test_what_people_write_is_mirrored_in_order_under_their_names(floor: Floor) -> None:
    channel = await floor.declared_in(page=[BEN])
    ana, ben = floor.person("ana"), floor.person("ben")

    stamps = [
        await ana.say(channel, "one"),
        await ben.say(channel, "two &lt;b&gt; <@U0ANA>"),
        await ana.say(channel, "3"),
    ]
    await floor.settled()

    entries = await floor.entries(facts.Message)
    assert [(entry.by, fact.text) for entry, fact in entries] == [
        (ANA, "one"),
        (BEN, "two &lt;b&gt; <@U0ANA>"),
        (ANA, "3"),
    ]
    assert [fact.message for _, fact in entries] == stamps
    assert [f"{entry.happened_at.timestamp():.6f}" for entry, _ in entries] == stamps
    assert await verify(floor.storage, 1) is None


async def test_threads_broadcasts_files_and_me_messages_are_mirrored(floor: Floor) -> None:
    channel = await floor.declared_in()
    ana = floor.person("ana")

    root = await ana.say(channel, "root")
    await ana.say(channel, "reply", thread_ts=root)
    await ana.say(channel, "also here", thread_ts=root, broadcast=True)
    await ana.say(channel, "see", files=[{"name": "graph.png", "content": "x"}, {"name": "log.txt", "content": "y"}])
    await ana.say(channel, "/me looks")
    await floor.settled()

    said = await floor.facts(facts.Message)
    assert [fact.text for fact in said] == ["root", "reply", "also here", "see", "looks"]
    assert [fact.thread for fact in said] == [None, root, root, None, None]
    assert [file.name for file in said[3].files] == ["graph.png", "log.txt"]
    assert all(file.link.startswith("http") for file in said[3].files)


async def test_other_bots_are_mirrored_and_tocsin_is_not(floor: Floor) -> None:
    channel = await floor.declared_in(page=[BEN])
    ana = floor.person("ana")

    await ana.bot_message(channel, "CPU is back")
    await ana.bot_message(channel, "", attachments=[{"title": "CPU high", "text": "95 %"}])
    await floor.settled()

    assert await texts(floor) == ["CPU is back", "CPU high\n95 %"]
    assert (await floor.bot.people.get("B0GRAFANA")).name == "Grafana"


async def test_edits_and_deletions_are_appended_and_nothing_is_overwritten(floor: Floor) -> None:
    channel = await floor.declared_in()
    ana = floor.person("ana")

    ts = await ana.say(channel, "first")
    for again in ("second", "third", "fourth"):
        await ana.edit(channel, ts, again)
    await ana.delete(channel, ts)
    await floor.settled()

    assert await texts(floor) == ["first"]
    assert [fact.text for fact in await floor.facts(facts.MessageEdited)] == ["second", "third", "fourth"]
    assert [fact.message for fact in await floor.facts(facts.MessageDeleted)] == [ts]


async def test_a_deleted_thread_is_a_deletion(floor: Floor) -> None:
    channel = await floor.declared_in()
    ana = floor.person("ana")
    root = await ana.say(channel, "root")
    reply = await ana.say(channel, "reply", thread_ts=root)

    await ana.delete(channel, root)
    await ana.delete(channel, reply)
    await floor.settled()

    assert [fact.message for fact in await floor.facts(facts.MessageDeleted)] == [root, reply]
    assert await floor.facts(facts.MessageEdited) == []


async def test_the_bots_updates_and_previews_of_links_are_no_edits(floor: Floor) -> None:
    channel = await floor.declared_in()
    ana = floor.person("ana")
    ts = await ana.say(channel, "look: https://example.com")
    there = floor.channel(channel)

    preview = {"title": "Example", "from_url": "https://example.com"}
    messages.edit(floor.sandbox.workspace, there, there.messages[ts], {"attachments": [preview]}, ANA.id)
    await floor.settled()

    assert await floor.facts(facts.MessageEdited) == []


async def test_what_is_delivered_twice_is_recorded_once(floor: Floor) -> None:
    channel = await floor.declared_in()
    floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("double", times=50))
    ana = floor.person("ana")

    stamps = [await ana.say(channel, str(number)) for number in range(10)]
    await ana.edit(channel, stamps[0], "zero")
    await ana.delete(channel, stamps[1])
    await floor.settled()

    assert await texts(floor) == [str(number) for number in range(10)]
    assert len(await floor.facts(facts.MessageEdited)) == 1
    assert len(await floor.facts(facts.MessageDeleted)) == 1


async def test_where_slack_leaves_events_out_all_is_read_back(floor: Floor) -> None:
    limited = {"type": "app_rate_limited", "team_id": "T0", "minute_rate_limited": 1700000000, "api_app_id": "A0"}
    await floor.sandbox.slack.courier.sockets.deliver("events_api", limited)
    assert floor.bot.missed.is_set()


async def test_a_channel_that_is_no_incidents_is_passed_over(floor: Floor) -> None:
    await floor.declare()
    await floor.bot.slack.call("conversations.join", channel="C0GENERAL")

    await floor.person("ana").say("C0GENERAL", "lunch?")
    await floor.settled()

    assert await texts(floor) == []
    assert all(call.answer is None for call in floor.deliveries("message"))


async def test_a_message_is_acknowledged_only_after_it_is_committed(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await floor.declared_in()
    may_commit = asyncio.Event()

    async def held(*arguments: Any) -> int:
        await may_commit.wait()
        return await mirror(*arguments)

    monkeypatch.setattr(recorder, "mirror", held)
    await floor.person("ana").say(channel, "now")
    await asyncio.sleep(0.1)
    sent = floor.deliveries("message")[-1]
    assert sent.latency is None

    may_commit.set()
    await floor.heard()
    assert sent.answer is None
    assert await texts(floor) == ["now"]


async def test_what_the_database_refuses_is_not_acknowledged_and_comes_again(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await floor.declared_in()
    failures = 2

    async def failing(*arguments: Any) -> int:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise OperationalError("INSERT", {}, Exception("disk is full"))
        return await mirror(*arguments)

    monkeypatch.setattr(recorder, "mirror", failing)
    await floor.person("ana").say(channel, "not lost")
    await eventually(lambda: failures < 0)
    await floor.settled()

    assert await texts(floor) == ["not lost"]


async def test_messages_that_come_together_are_committed_together(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await floor.declared_in()
    batches: list[int] = []

    async def counted(core: Any, deliveries: Any) -> int:
        batches.append(len(deliveries))
        return await mirror(core, deliveries)

    monkeypatch.setattr(recorder, "mirror", counted)
    people = [floor.person(name) for name in ("ana", "ben", "cleo", "dan")]
    for person in people[1:]:
        await person.join(channel)
    await asyncio.gather(*(person.say(channel, f"{n}") for n in range(25) for person in people))
    await floor.settled()

    assert len(await texts(floor)) == sum(batches) == 100
    assert len(batches) < 100
    assert await verify(floor.storage, 1) is None


MISSHAPED: list[dict[str, Any]] = [
    {"type": "message"},
    {"type": "message", "channel": 7, "ts": "x"},
    {"type": "message", "channel": "C1", "ts": "1700000000.000100", "text": {"a": 1}},
    {"type": "message", "subtype": ["x"], "channel": "C1", "ts": "1700000000.000100"},
    {"type": "message", "subtype": "message_changed", "channel": "C1"},
    {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "1700000000.000100"},
    {"type": "member_joined_channel"},
    {"type": "member_left_channel", "user": None, "channel": "C1"},
    {"type": "channel_archive", "channel": {"id": "C1"}},
    {"type": "channel_rename", "channel": "C1"},
    {"type": "reaction_added", "reaction": "pushpin", "user": "U0ANA"},
    {"type": "reaction_added", "reaction": "pushpin", "user": "U0ANA", "item": {"type": "file"}},
    {"type": "user_change", "user": "U0ANA"},
    {"type": ["message"]},
    {},
]


async def test_misshaped_events_are_acknowledged_and_passed_over(floor: Floor) -> None:
    channel = await floor.declared_in()
    for number, event in enumerate(MISSHAPED):
        body = {"type": "event_callback", "event_id": f"Ev{number}", "event": event}
        floor.sandbox.slack.courier.send_event(body)
        await floor.person("ana").say(channel, f"still here, {number}")
        await floor.settled()
    assert await texts(floor) == [f"still here, {number}" for number in range(len(MISSHAPED))]


async def test_a_message_of_cut_up_characters_is_recorded(floor: Floor) -> None:
    channel = await floor.declared_in()
    event = {"type": "message", "channel": channel, "user": CLEO.id, "text": "a\x00b\ud800c", "ts": "1700000000.000100"}

    floor.sandbox.slack.courier.send_event({"type": "event_callback", "event_id": "Ev1", "event": event})
    await floor.settled()

    [text] = await texts(floor)
    assert (text[0], text[2], text[-1]) == ("a", "b", "c")


async def test_mirroring_ends_with_the_bots_removal(floor: Floor) -> None:
    channel = await floor.declared_in()
    await floor.person("ana").kick(channel, floor.bot.identity.user_id)
    await floor.settled()

    [detached] = await floor.facts(facts.ChannelDetached)
    assert detached.reason == "the bot was removed from it"
    with pytest.raises(SlackRefused, match="not_in_channel"):
        await floor.bot.slack.call("conversations.history", channel=channel)
