"""An incident's channel: whose it is, and what was written there."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.actions import change, channel, mirror, respond
from incidents.actions.declare import Declare, declare
from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Channel
from incidents.model.refusals import ChannelTaken
from incidents.model.vocabulary import Severity, Status
from incidents.ports import TimelineQuery
from storage.storage import SqlStorage
from storage.verify import verify
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN, OTHER_ROOM, ROOM


def written(room: Channel, second: int, text: str = "hello") -> mirror.Delivery:
    message = f"17000000{second:02}.000100"
    at = Clock().now + timedelta(seconds=second)
    heard = facts.Message(channel=room, message=message, text=text)
    return mirror.Delivery(mirror.message_origin(room, message), at, BEN, heard)


async def texts(storage: SqlStorage, number: int = 1) -> Sequence[str]:
    page = await storage.read.timeline(TimelineQuery(number, messages=True, limit=1000))
    return [entry.fact.text for entry in page.entries if isinstance(entry.fact, facts.Message)]


@pytest.fixture(autouse=True)
async def two_incidents(core: Core) -> None:
    for number in (1, 2):
        await declare(core, Declare(ANA, f"form {number}", "Checkout fails"))
    await channel.attach_channel(core, 1, ANA, ROOM, "inc-1")


async def test_a_channel_belongs_to_one_incident(core: Core, storage: SqlStorage) -> None:
    with pytest.raises(ChannelTaken):
        await channel.attach_channel(core, 2, ANA, ROOM, "inc-1")

    found = await storage.read.incident_in(ROOM)
    assert found is not None
    assert found.number == 1
    assert await storage.read.incident_in(OTHER_ROOM) is None


async def test_of_incidents_that_take_a_channel_at_once_one_gets_it(core: Core, storage: SqlStorage) -> None:
    numbers = [(await declare(core, Declare(ANA, f"another {n}", "Search fails"))).number for n in range(5)]

    outcomes = await asyncio.gather(
        *(channel.attach_channel(core, number, ANA, OTHER_ROOM, "war-room") for number in numbers),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, ChannelTaken) for outcome in outcomes) == 4
    assert len([each for each in await storage.read.attached_channels() if each[1] == OTHER_ROOM]) == 1


async def test_a_message_delivered_twice_stands_once(core: Core, storage: SqlStorage) -> None:
    assert await mirror.mirror(core, [written(ROOM, 1), written(ROOM, 1)]) == 1
    assert await mirror.mirror(core, [written(ROOM, 1), written(ROOM, 2)]) == 1

    assert await texts(storage) == ["hello", "hello"]


async def test_what_happened_in_the_same_moment_stands_as_it_was_delivered(core: Core, storage: SqlStorage) -> None:
    sent = [replace(written(ROOM, 1, text), origin=f"{ROOM}/{text}") for text in ("first", "second", "third")]
    assert await mirror.mirror(core, [*sent, sent[0]]) == 3
    assert await texts(storage) == ["first", "second", "third"]


async def test_messages_delivered_at_once_by_many_stand_once_and_in_order(core: Core, storage: SqlStorage) -> None:
    batches = [[written(ROOM, second, f"{second}") for second in range(start, start + 20)] for start in (0, 10, 20, 5)]

    recorded = await asyncio.gather(*(mirror.mirror(core, batch) for batch in batches))

    assert sum(recorded) == 40
    assert await texts(storage) == [str(second) for second in range(40)]
    assert await verify(storage, 1) is None


async def test_writing_and_changing_at_once_leaves_one_chain(core: Core, storage: SqlStorage) -> None:
    await asyncio.gather(
        *(mirror.mirror(core, [written(ROOM, second)]) for second in range(20)),
        *(change.change_severity(core, 1, ANA, Severity(1 + number % 5)) for number in range(20)),
    )

    assert await verify(storage, 1) is None
    assert len(await texts(storage)) == 20


async def test_messages_of_several_channels_come_in_one_batch(core: Core, storage: SqlStorage) -> None:
    await channel.attach_channel(core, 2, ANA, OTHER_ROOM, "inc-2")
    stranger = Channel.of("slack", "C3")

    assert await mirror.mirror(core, [written(room, 1) for room in (OTHER_ROOM, ROOM, stranger)]) == 2

    assert await texts(storage, 1) == await texts(storage, 2) == ["hello"]


async def test_a_batch_of_thousands_is_one_transaction(core: Core, storage: SqlStorage) -> None:
    many = [
        mirror.Delivery(f"{ROOM}/{n}", Clock().now, BEN, facts.Message(channel=ROOM, message=f"{n:06}", text="x"))
        for n in range(3000)
    ]

    assert await mirror.mirror(core, many) == 3000
    assert await mirror.mirror(core, many) == 0


async def test_open_incidents_channels_are_read_back_first(core: Core, storage: SqlStorage) -> None:
    await channel.attach_channel(core, 2, ANA, OTHER_ROOM, "inc-2")
    assert await storage.read.attached_channels() == [(1, ROOM), (2, OTHER_ROOM)]

    await change.change_status(core, 1, ANA, Status.RESOLVED)
    assert await storage.read.attached_channels() == [(2, OTHER_ROOM), (1, ROOM)]


async def test_a_channel_that_is_archived_or_detached_is_not_listened_to(core: Core, storage: SqlStorage) -> None:
    await channel.attach_channel(core, 2, ANA, OTHER_ROOM, "inc-2")
    await channel.channel_archived(core, OTHER_ROOM, ANA)
    await channel.detach_channel(core, 1, ANA)

    assert await storage.read.attached_channels() == []
    assert await mirror.mirror(core, [written(ROOM, 1)]) == 0


async def test_a_pinned_message_is_a_key_entry_once(core: Core, storage: SqlStorage) -> None:
    await mirror.mirror(core, [written(ROOM, 1, "It was the deploy")])

    for _ in range(2):
        await asyncio.gather(*(mirror.pin_mirrored(core, ANA, ROOM, "1700000001.000100") for _ in range(3)))

    entries = (await storage.read.timeline(TimelineQuery(1))).entries
    assert [entry.fact.text for entry in entries if isinstance(entry.fact, facts.MessagePinned)] == [
        "It was the deploy"
    ]


async def test_coming_into_the_channel_is_joining(core: Core, storage: SqlStorage) -> None:
    await respond.came_into_channel(core, ROOM, BEN, by=ANA)
    joined = await storage.read.incident(1)
    await respond.left_channel(core, ROOM, BEN)
    left = await storage.read.incident(1)

    assert joined is not None
    assert left is not None
    assert (joined.joined, left.joined) == ([ANA, BEN], [ANA])
