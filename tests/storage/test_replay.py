"""Whatever people do, through the real actions on a real database: the timeline tells all of it.

Replaying the stored entries gives the stored incident, and the chain of hashes is whole.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.actions import change, channel, mirror, respond
from incidents.actions.comment import comment
from incidents.actions.declare import Declare, declare
from incidents.actions.services import register_services
from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal
from incidents.model.vocabulary import Impact, Severity, Status
from incidents.ports import IncidentQuery
from storage.storage import SqlStorage
from storage.verify import verify
from tests.conftest import ON_SQLITE
from tests.storage.conftest import Clock

SERVICES = ["Checkout", "API", "Search"]


@dataclass(frozen=True)
class World:
    """Two incidents of one example, and two rooms they may quarrel about."""

    core: Core
    clock: Clock
    numbers: tuple[int, int]

    def room(self, which: int) -> Channel:
        return Channel.of("slack", f"C{self.numbers[0]}-{which}")


Step = Callable[[World, int], Awaitable[Any]]

texts = st.text(st.characters(), max_size=10)
people = st.builds(lambda n: Person.of("slack", f"U{n}"), st.integers(0, 3))
rooms = st.integers(0, 1)
impacts = st.dictionaries(st.sampled_from(["checkout", "api", "search", "unknown"]), st.sampled_from(Impact))


def change_of(action: Callable[..., Awaitable[Any]], said: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.builds(lambda by, what: lambda world, number: action(world.core, number, by, what), people, said)


def attach(by: Person, room: int, name: str) -> Step:
    return lambda world, number: channel.attach_channel(world.core, number, by, world.room(room), name)


def in_room(action: Callable[..., Awaitable[Any]], person: Person, room: int, *more: object) -> Step:
    return lambda world, number: action(world.core, world.room(room), person, *more)


def rename(room: int, name: str) -> Step:
    return lambda world, number: channel.channel_renamed(world.core, world.room(room), name)


def note_once(by: Person, origin: int) -> Step:
    return lambda world, number: comment(world.core, number, by, "Once", origin=f"{world.numbers[0]}/{origin}")


def hear(by: Person, heard: list[tuple[int, int, str, int]]) -> Step:
    def delivery(world: World, room: int, message: int, text: str, seconds: int) -> mirror.Delivery:
        place, id = world.room(room), f"1700000000.{message:06}"
        fact = facts.Message(channel=place, message=id, text=text)
        at = world.clock() + timedelta(seconds=seconds)
        return mirror.Delivery(mirror.message_origin(place, id), at, by, fact)

    return lambda world, number: mirror.mirror(world.core, [delivery(world, *each) for each in heard])


def pin(by: Person, room: int, message: int) -> Step:
    return lambda world, number: mirror.pin_mirrored(world.core, by, world.room(room), f"1700000000.{message:06}")


def wait(seconds: int) -> Step:
    async def pass_by(world: World, number: int) -> None:
        world.clock.pass_by(seconds=seconds)

    return pass_by


messages = st.lists(st.tuples(rooms, st.integers(0, 20), texts, st.integers(-5, 5)), min_size=1, max_size=5)
steps: st.SearchStrategy[Step] = st.one_of(
    change_of(change.change_title, texts),
    change_of(change.change_summary, texts),
    change_of(change.change_severity, st.sampled_from(Severity)),
    change_of(change.change_status, st.sampled_from(Status)),
    change_of(change.change_services, impacts),
    change_of(change.reopen, texts),
    change_of(change.undo, st.integers(1, 15)),
    change_of(comment, texts),
    change_of(respond.lead, st.none() | people),
    st.builds(lambda by: lambda world, number: respond.join(world.core, number, by), people),
    st.builds(lambda by: lambda world, number: respond.leave(world.core, number, by), people),
    st.builds(lambda by: lambda world, number: channel.detach_channel(world.core, number, by), people),
    st.builds(attach, people, rooms, texts),
    st.builds(in_room, st.just(channel.channel_archived), people, rooms),
    st.builds(rename, rooms, texts),
    st.builds(in_room, st.just(channel.channel_lost), people, rooms, st.just("deleted")),
    st.builds(in_room, st.just(respond.came_into_channel), people, rooms, people),
    st.builds(in_room, st.just(respond.left_channel), people, rooms),
    st.builds(note_once, people, st.integers(0, 2)),
    st.builds(hear, people, messages),
    st.builds(pin, people, rooms, st.integers(0, 20)),
    st.builds(wait, st.integers(0, 30)),
)
scripts = st.lists(st.tuples(st.integers(0, 1), steps), max_size=30)
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@ON_SQLITE
@given(script=scripts)
@settings(anything, max_examples=60)
async def test_replaying_gives_what_is_stored_on_sqlite(
    core: Core, storage: SqlStorage, clock: Clock, script: list[tuple[int, Step]]
) -> None:
    await play(core, storage, clock, script)


@pytest.mark.parametrize("database_address", ["postgresql"], indirect=True)
@given(script=scripts)
@settings(anything, max_examples=20)
async def test_replaying_gives_what_is_stored_on_postgresql(
    core: Core, storage: SqlStorage, clock: Clock, script: list[tuple[int, Step]]
) -> None:
    await play(core, storage, clock, script)


async def play(core: Core, storage: SqlStorage, clock: Clock, script: list[tuple[int, Step]]) -> None:
    await register_services(core, SERVICES)
    clock.pass_by(minutes=1)
    by = Person.of("slack", "U0")
    origin = f"form {clock()}"
    declared = [await declare(core, Declare(by, f"{origin} {n}", f"Title {n}", private=bool(n))) for n in range(2)]
    world = World(core, clock, (declared[0].number, declared[1].number))
    for which, step in script:
        try:
            await step(world, world.numbers[which])
        except Refusal as refusal:
            assert refusal.sentence
    for number in world.numbers:
        await is_told_wholly(storage, number)


async def is_told_wholly(storage: SqlStorage, number: int) -> None:
    stored = await storage.read.incident(number)
    entries = await storage.read.entries(number, 1, 10_000)

    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert Incident.replay(entries) == stored
    assert await verify(storage, number) is None
    found = await storage.read.find(IncidentQuery(viewer=Person.of("slack", "U0"), state="all", limit=10_000))
    assert stored in found.incidents
