"""What was said while the bot was away is read back when it returns: all of it, once, at its own time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels import catching_up, listing
from bot.channels.adopting import adopt_channel
from bot.channels.catching_up import NotCaughtUp, catch_up
from bot.context import channel
from incidents.actions.change import change_status
from incidents.model import facts
from incidents.model.vocabulary import Status
from incidents.ports import Claim, Mirrored
from sandbox.client import Person
from sandbox.server import Sandbox
from sandbox.troubles import DeliveryTrouble
from storage.turns import SqlTurns
from storage.verify import verify
from tests.bot.floor import ANA, BEN, Floor, at_work, eventually
from tests.e2e import workspace


class Absence:
    """A bot that works, goes away, and returns to the same database."""

    def __init__(self, sandbox: Sandbox, address: str) -> None:
        self.sandbox = sandbox
        self.address = address
        self.ana: Person = sandbox.person("ana")

    @asynccontextmanager
    async def returned(self) -> AsyncIterator[tuple[Floor, int]]:
        """At work again, with how many messages and edits were new."""
        async with at_work(self.sandbox, self.address) as floor:
            caught = await catch_up(floor.bot)
            await floor.settled()
            yield floor, caught


async def there(floor: Floor, room: str) -> list[Mirrored]:
    """What the timeline of INC-1 has of what was written of late, as it was left."""
    return await floor.storage.read.mirrored(1, channel(room), floor.clock() - timedelta(minutes=5))


@pytest.fixture
def absence(sandbox: Sandbox, sqlite_address: str) -> Absence:
    return Absence(sandbox, sqlite_address)


async def test_everything_is_read_back_once_in_order_and_marked(absence: Absence) -> None:
    ana = absence.ana
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await ana.say(room, "heard")
        await floor.settled()
    away = [
        await ana.say(room, "reply", thread_ts=root),
        await ana.say(room, "with a file", files=[{"name": "graph.png", "content": "x"}]),
        await ana.bot_message(room, "CPU high"),
    ]

    async with absence.returned() as (floor, caught):
        assert caught == 3
        entries = await floor.entries(facts.Message)
        assert [fact.text for _, fact in entries] == ["heard", "reply", "with a file", "CPU high"]
        assert [fact.caught_up for _, fact in entries] == [False, True, True, True]
        assert [f"{entry.happened_at.timestamp():.6f}" for entry, _ in entries] == [root, *away]
        assert entries[1][1].thread == root
        assert await catch_up(floor.bot) == 0
        assert await verify(floor.storage, 1) is None


async def test_edits_made_meanwhile_are_appended_once(absence: Absence) -> None:
    ana = absence.ana
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        changed, again = await ana.say(room, "before"), await ana.say(room, "unchanged")
        await ana.edit(room, again, "changed while heard")
        await floor.settled()
    await ana.edit(room, changed, "after")

    async with absence.returned() as (floor, caught):
        assert caught == 1
        edits = await floor.facts(facts.MessageEdited)
        assert [(edit.message, edit.text) for edit in edits] == [(again, "changed while heard"), (changed, "after")]
        assert await catch_up(floor.bot) == 0


async def test_pages_are_read_to_the_last(absence: Absence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 7)
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
    root = await absence.ana.say(room, "root")
    for number in range(20):
        await absence.ana.say(room, f"reply {number}", thread_ts=root)
        await absence.ana.say(room, f"message {number}")

    async with absence.returned() as (floor, caught):
        assert caught == 41
        said = [fact.text for fact in await floor.facts(facts.Message)]
        assert said == ["root", *(text for n in range(20) for text in (f"reply {n}", f"message {n}"))]


async def test_replies_to_old_messages_are_found_while_the_incident_is_open(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await absence.ana.say(room, "old")
        for number in range(3):
            await absence.ana.say(room, str(number))
        await floor.settled()
    await absence.ana.say(room, "late reply", thread_ts=root)

    async with absence.returned() as (floor, caught):
        assert caught == 1
        assert (await floor.facts(facts.Message))[-1].text == "late reply"


async def test_a_late_reply_in_an_old_thread_is_found_by_a_look_at_what_is_new(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        roots = [await absence.ana.say(room, word) for word in ("answered late", "answered before")]
        await absence.ana.say(room, "in time", thread_ts=roots[1])
        await floor.settled()
        since = floor.clock()
        floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("drop"))
        await absence.ana.say(room, "late reply", thread_ts=roots[0])
        assert await catch_up(floor.bot, since) == 1
        assert (await floor.facts(facts.Message))[-1].text == "late reply"
        read = [asked["ts"] for _, asked in floor.calls("conversations.replies")]
        assert read == [roots[0]]
        assert await catch_up(floor.bot, since) == 0


async def test_a_resolved_incidents_channel_is_read_back_too(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        await change_status(floor.bot.core, 1, ANA, Status.RESOLVED)
        await floor.settled()
    await absence.ana.say(room, "one more thing")

    async with absence.returned() as (floor, caught):
        assert caught == 1


async def test_what_was_said_before_a_channel_was_adopted_stays_out(absence: Absence) -> None:
    room = await absence.ana.create("war-room")
    await absence.ana.say(room, "last week's talk")
    async with at_work(absence.sandbox, absence.address) as floor:
        incident = await floor.declare(wants_channel=False)
        await adopt_channel(floor.bot, incident, ANA, channel(room))
        await floor.settled()
    await absence.ana.say(room, "about the incident")

    async with absence.returned() as (floor, caught):
        assert caught == 1
        assert [fact.text for fact in await floor.facts(facts.Message)] == ["about the incident"]


async def test_a_channel_archived_meanwhile_is_noted(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
    await absence.ana.archive(room)

    async with absence.returned() as (floor, caught):
        assert caught == 0
        incident = await floor.incident()
        assert incident.channel is not None
        assert incident.channel.archived


async def test_a_channel_that_is_gone_keeps_no_other_from_being_read(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        first, second = await floor.declared_in(), (await floor.declare("Search fails", by=BEN)).channel
        assert second is not None
    await absence.ana.delete_channel(first)
    await absence.sandbox.person("ben").say(second.channel.id, "still here")

    async with absence.returned() as (floor, caught):
        assert caught == 1
        assert (await floor.incident(1)).channel is None
        assert [fact.text for fact in await floor.facts(facts.Message, 2)] == ["still here"]


async def test_where_slack_does_not_answer_the_other_channels_are_read(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        await floor.declared_in()
        second = (await floor.declare("Search fails", by=BEN)).channel
        assert second is not None
    await absence.sandbox.person("ben").say(second.channel.id, "still here")

    async with at_work(absence.sandbox, absence.address) as floor:
        floor.trouble("conversations.history", error="missing_scope")
        with pytest.raises(NotCaughtUp):
            await catch_up(floor.bot)
        assert [fact.text for fact in await floor.facts(facts.Message, 2)] == ["still here"]
        assert await catch_up(floor.bot) == 0


async def test_what_is_heard_while_it_catches_up_is_recorded_once(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
    await absence.ana.say(room, "away")

    async with at_work(absence.sandbox, absence.address) as floor:
        floor.trouble("conversations.history", delay=0.2)
        await absence.ana.say(room, "now")
        await catch_up(floor.bot)
        await floor.settled()
        said = [(fact.text, fact.caught_up) for fact in await floor.facts(facts.Message)]
        assert said == [("now", False), ("away", True)]


async def test_what_was_deleted_meanwhile_is_noted_once(absence: Absence) -> None:
    ana, ben = absence.ana, absence.sandbox.person("ben")
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in(page=(BEN,))
        alone, kept = await ana.say(room, "alone"), await ana.say(room, "kept")
        parent, root = await ana.say(room, "parent"), await ana.say(room, "root")
        answers = [await ben.say(room, f"reply to {ts}", thread_ts=ts) for ts in (parent, root, root)]
        await floor.settled()
    await ana.delete(room, alone)
    await ana.delete(room, parent)
    await ben.delete(room, answers[1])

    async with absence.returned() as (floor, caught):
        assert caught == 3
        gone = await floor.entries(facts.MessageDeleted)
        assert {(entry.by, fact.message) for entry, fact in gone} == {(ANA, alone), (ANA, parent), (BEN, answers[1])}
        assert await catch_up(floor.bot) == 0
        assert await catch_up(floor.bot, floor.clock() - timedelta(minutes=5)) == 0
        assert await verify(floor.storage, 1) is None
        assert [each.message for each in await there(floor, room)] == [kept, root, answers[0], answers[2]]


async def test_a_whole_thread_that_was_deleted_is_noted(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await absence.ana.say(room, "root")
        reply = await absence.ana.say(room, "reply", thread_ts=root)
        await floor.settled()
    await absence.ana.delete(room, reply)
    await absence.ana.delete(room, root)

    async with absence.returned() as (floor, caught):
        assert caught == 2
        assert {fact.message for fact in await floor.facts(facts.MessageDeleted)} == {root, reply}


async def test_of_what_slack_told_only_an_edit_the_rest_is_found(absence: Absence) -> None:
    """Two messages are written and edited, of which only the edits are heard; one is deleted, of which nothing is."""
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        troubles = floor.sandbox.slack.troubles.deliveries
        troubles.append(DeliveryTrouble("drop", 2))
        kept, gone = await absence.ana.say(room, "kept"), await absence.ana.say(room, "gone")
        for ts in (kept, gone):
            await absence.ana.edit(room, ts, f"{ts}, edited")
        await floor.settled()
        troubles.append(DeliveryTrouble("drop"))
        await absence.ana.delete(room, gone)
        assert await catch_up(floor.bot) == 2
        assert [fact.message for fact in await floor.facts(facts.Message)] == [kept]
        assert [fact.message for fact in await floor.facts(facts.MessageDeleted)] == [gone]
        assert await catch_up(floor.bot) == 0


async def test_a_deletion_that_is_found_stands_after_what_was_heard_while_it_was_looked_for(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        ts = await absence.ana.say(room, "said")
        await floor.settled()
        floor.trouble("conversations.history", delay=0.3)
        looking = asyncio.create_task(catch_up(floor.bot))
        await eventually(lambda: floor.sandbox.slack.troubles.api[0].times == 0)
        await absence.ana.edit(room, ts, "edited")
        await floor.heard()
        floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("drop"))
        await absence.ana.delete(room, ts)
        assert await looking == 1
        [(edit, _)], [(deletion, _)] = [await floor.entries(f) for f in (facts.MessageEdited, facts.MessageDeleted)]
        assert edit.happened_at < deletion.happened_at


async def test_a_message_that_is_heard_after_its_edit_and_while_it_is_read_back_is_there_once(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("delay", seconds=0.4))
        ts = await absence.ana.say(room, "before")
        await absence.ana.edit(room, ts, "after")
        await floor.heard()
        floor.trouble("conversations.history", hold=0.6)
        assert await catch_up(floor.bot) == 0
        assert [fact.text for fact in await floor.facts(facts.Message)] == ["before"]
        assert [fact.text for fact in await floor.facts(facts.MessageEdited)] == ["after"]


async def test_a_reply_that_was_edited_meanwhile_is_appended(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await absence.ana.say(room, "root")
        reply = await absence.ana.say(room, "reply", thread_ts=root)
        await floor.settled()
    await absence.ana.edit(room, reply, "reply, put better")

    async with absence.returned() as (floor, caught):
        assert caught == 1
        [edit] = await floor.facts(facts.MessageEdited)
        assert (edit.message, edit.text, edit.thread) == (reply, "reply, put better", root)


async def test_an_edit_of_a_reply_that_slack_did_not_tell_of_is_found_by_looking(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await absence.ana.say(room, "root")
        reply = await absence.ana.say(room, "reply", thread_ts=root)
        await floor.settled()
        floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("drop"))
        await absence.ana.edit(room, reply, "reply, put better")
        assert await catch_up(floor.bot, floor.clock() - timedelta(minutes=5)) == 1
        [edit] = await floor.facts(facts.MessageEdited)
        assert (edit.message, edit.text) == (reply, "reply, put better")


async def test_what_slack_did_not_tell_of_is_found_by_looking_now_and_then(
    absence: Absence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "EVERY", 0.05)
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        floor.bot.missed.set()
        looking = asyncio.create_task(catching_up.keep_caught_up(floor.bot))
        await eventually(lambda: not floor.bot.missed.is_set())
        floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("drop"))
        await absence.ana.say(room, "not told")

        async def found() -> bool:
            return [fact.text for fact in await floor.facts(facts.Message)] == ["not told"]

        await workspace.eventually(found)
        looking.cancel()
        [swallowed] = [call for call in floor.deliveries("message") if "not told" in str(call.arguments)]
        assert swallowed.failure == "dropped"


async def test_of_several_processes_one_looks_now_and_then(
    sandbox: Sandbox, postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "ONCE_MORE", 0.0)
    monkeypatch.setattr(catching_up, "EVERY", 0.02)
    asked: Counter[int] = Counter()
    looked: Counter[int] = Counter()

    class Counted:
        """What the processes have in common; ``copy`` asks."""

        def __init__(self, copy: int, common: SqlTurns) -> None:
            self._copy = copy
            self._common = common

        async def take(self, claims: Sequence[Claim]) -> float:
            asked[self._copy] += 1
            wait = await self._common.take(claims)
            looked[self._copy] += wait == 0.0
            return wait

        async def hold(self, name: str, seconds: float, even_for: float) -> None:
            raise AssertionError("nobody asked to wait")

    async with at_work(sandbox, postgresql_address) as floor:
        await floor.declared_in()
        assert floor.storage.common_turns is not None
        looking = []
        for copy in range(2):
            bot = replace(floor.bot, missed=asyncio.Event())
            bot.missed.set()
            counted = Counted(copy, floor.storage.common_turns)
            looking.append(asyncio.create_task(catching_up.keep_caught_up(bot, counted)))
        await eventually(lambda: min(asked[0], asked[1]) >= 3)
        for each in looking:
            each.cancel()
    assert looked.total() == 1


async def test_what_is_delivered_again_while_the_channel_is_read_does_not_stand_as_it_was_before(
    absence: Absence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message was edited and one deleted, of which Slack does not tell; that they were written, it tells late."""
    monkeypatch.setattr(catching_up, "ONCE_MORE", 0.3)
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        troubles = floor.sandbox.slack.troubles.deliveries
        troubles.append(DeliveryTrouble("delay", 2, seconds=0.4))
        edited, deleted = [await absence.ana.say(room, word) for word in ("edited", "deleted")]
        await eventually(lambda: all(trouble.times == 0 for trouble in troubles))
        troubles.append(DeliveryTrouble("drop", 2))
        await absence.ana.edit(room, edited, "as it is left")
        await absence.ana.delete(room, deleted)
        floor.trouble("conversations.history", hold=0.5)
        floor.bot.missed.set()
        looking = asyncio.create_task(catching_up.keep_caught_up(floor.bot))

        async def mended() -> bool:
            edits = [(fact.message, fact.text) for fact in await floor.facts(facts.MessageEdited)]
            gone = [fact.message for fact in await floor.facts(facts.MessageDeleted)]
            return edits == [(edited, "as it is left")] and gone == [deleted]

        await workspace.eventually(mended)
        looking.cancel()
        assert [fact.text for fact in await floor.facts(facts.Message)] == ["edited", "deleted"]


async def test_edits_that_are_heard_while_the_channel_is_read_are_there_once(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        ts = await absence.ana.say(room, "zero")
        await floor.settled()
        floor.trouble("conversations.history", delay=0.3, hold=0.3)
        [trouble] = floor.sandbox.slack.troubles.api
        reading = asyncio.create_task(catch_up(floor.bot))
        await eventually(lambda: trouble.times == 0)
        await absence.ana.edit(room, ts, "one")
        await asyncio.sleep(0.3)  # the channel is read, and not yet answered
        await absence.ana.edit(room, ts, "two")
        assert await reading == 0
        assert [fact.text for fact in await floor.facts(facts.MessageEdited)] == ["one", "two"]


async def test_a_replys_edit_that_is_told_late_gives_way_to_how_the_reply_was_read(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await absence.ana.say(room, "root")
        await floor.settled()
        troubles = floor.sandbox.slack.troubles.deliveries
        troubles += [DeliveryTrouble("drop"), DeliveryTrouble("delay", seconds=0.5), DeliveryTrouble("drop")]
        reply = await absence.ana.say(room, "first", thread_ts=root)
        for text in ("second", "third"):
            await absence.ana.edit(room, reply, text)
        assert await catch_up(floor.bot) == 1
        await eventually(lambda: floor.sandbox.slack.courier.is_idle)
        assert [fact.text for fact in await floor.facts(facts.MessageEdited)] == ["second"]

        assert await catch_up(floor.bot, floor.clock() - catching_up.OF_LATE) == 1
        [left] = [each for each in await there(floor, room) if each.message == reply]
        assert left.text == "third"
        assert await catch_up(floor.bot, floor.clock() - catching_up.OF_LATE) == 0


async def test_an_edit_that_is_found_stands_after_those_that_were_heard(absence: Absence) -> None:
    """Slack tells the second of an edit only: https://docs.slack.dev/reference/events/message/message_changed"""
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        ts = await absence.ana.say(room, "first")
        await absence.ana.edit(room, ts, "second, heard")
        await floor.settled()
        floor.sandbox.slack.troubles.deliveries.append(DeliveryTrouble("drop"))
        await absence.ana.edit(room, ts, "third, not heard")
        await floor.settled()
        assert await catch_up(floor.bot) == 1
        edits = sorted(await floor.entries(facts.MessageEdited), key=lambda each: each[0].happened_at)
        assert [fact.text for _, fact in edits] == ["second, heard", "third, not heard"]


async def test_what_is_said_before_the_new_channel_is_on_record_is_the_incidents(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        floor.trouble("conversations.create", hold=0.5)
        declaring = asyncio.create_task(floor.declare())
        await eventually(floor.channels)
        [room] = [each.id for each in floor.sandbox.workspace.channels.values() if each.name.startswith("inc-1")]
        await absence.ana.join(room)
        early = await absence.ana.say(room, "already here")
        await declaring
        await floor.settled()
        assert [fact.message for fact in await floor.facts(facts.Message)] == [early]


async def test_what_does_not_stand_as_it_reads_is_mended(absence: Absence) -> None:
    """Within one second somebody writes *one*, then *two*, then *one* again, of which Slack tells the first two."""
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        ts = await absence.ana.say(room, "zero")
        await absence.ana.edit(room, ts, "one")
        await absence.ana.edit(room, ts, "two")
        await floor.settled()
        await absence.ana.edit(room, ts, "one")
        await floor.settled()
        await catch_up(floor.bot)
        assert await catch_up(floor.bot) == 0
        edits = sorted(await floor.entries(facts.MessageEdited), key=lambda each: each[0].happened_at)
        assert [fact.text for _, fact in edits][-1] == "one"
        assert await verify(floor.storage, 1) is None


async def test_a_reply_that_was_deleted_after_its_thread_was_is_noted(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        root = await absence.ana.say(room, "root")
        reply = await absence.ana.say(room, "reply", thread_ts=root)
        await absence.ana.delete(room, root)
        await floor.settled()
    await absence.ana.delete(room, reply)

    async with absence.returned() as (floor, caught):
        assert caught == 1
        assert [fact.message for fact in await floor.facts(facts.MessageDeleted)] == [root, reply]


async def test_a_channel_that_the_bot_was_removed_from_meanwhile_is_noted(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        bot = floor.bot.identity.user_id
    await absence.ana.kick(room, bot)

    async with absence.returned() as (floor, caught):
        assert caught == 0
        assert (await floor.incident()).channel is None
        [detached] = await floor.facts(facts.ChannelDetached)
        assert detached.reason == "the bot was removed from it"


async def test_a_channel_that_was_renamed_meanwhile_is_read_back_and_its_name_is_noted_once(absence: Absence) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
    await absence.ana.rename(room, "war-room")
    said = await absence.ana.say(room, "said under the new name")

    async with absence.returned() as (floor, caught):
        assert caught == 1
        assert [fact.message for fact in await floor.facts(facts.Message)] == [said]
        await catch_up(floor.bot)
        assert [fact.name for fact in await floor.facts(facts.ChannelRenamed)] == ["war-room"]
        incident = await floor.incident()
        assert incident.channel is not None and incident.channel.name == "war-room"


async def test_what_channels_are_called_may_fail_to_be_noted_and_all_is_read_nonetheless(
    absence: Absence, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(absence.sandbox, absence.address) as floor:
        room = await floor.declared_in()
        floor.trouble("users.conversations", error="missing_scope")
        await floor.settled()
    await absence.ana.rename(room, "war-room")
    await absence.ana.say(room, "said meanwhile")

    async def fails(*of: object) -> None:
        raise OSError("the database is away")

    async with absence.returned() as (floor, caught):
        assert caught == 1
        monkeypatch.setattr(catching_up, "channel_renamed", fails)
        assert await catch_up(floor.bot) == 0
        assert await floor.facts(facts.ChannelRenamed) == []
