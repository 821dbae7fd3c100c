"""Who is on call, from rotations, calendars and overrides as they are kept."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from incidents.actions.on_call import (
    NoSuchSchedule,
    OverrideGone,
    on_call,
    override,
    people_on_call,
    store_calendar,
    take_back,
)
from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.on_call import CalendarState, Override, Shift, Who
from incidents.model.organisation import Organisation, Rotation, Schedule
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN, CLEO, DAN

ADDRESS = "https://example.com/feed.ics"
BOTH = Organisation(
    schedules={
        "first": Schedule(name="First line", rotation=Rotation(members=(ANA, BEN), start=date(2026, 2, 23))),
        "second": Schedule(name="Second line", calendar=ADDRESS),
    }
)
HOUR = timedelta(hours=1)
READ = CalendarState(ADDRESS, etag='"1"', read_at=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
async def core(core: Core, storage: SqlStorage) -> Core:
    async with storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(BOTH)
    return core


async def called(core: Core, schedule: str) -> tuple[Person, ...]:
    async with core.storage.transaction() as unit:
        return await people_on_call(unit, schedule, core.clock())


async def for_hours(core: Core, person: Person, begin: int, end: int, schedule: str = "first") -> Override:
    now = core.clock()
    wanted = Override.make(schedule, person, (now + begin * HOUR, now + end * HOUR), core.act(CLEO))
    return (await override(core, wanted)).override


def shift(core: Core, person: Person | None, begin: int, end: int, name: str = "") -> Shift:
    return Shift(person, core.clock() + begin * HOUR, core.clock() + end * HOUR, name)


async def test_a_rotation_says_who_is_on_call(core: Core, clock: Clock) -> None:
    assert await called(core, "first") == (ANA,)
    clock.pass_by(weeks=1)
    assert await called(core, "first") == (BEN,)


async def test_nobody_is_on_call_for_what_is_not_there(core: Core) -> None:
    assert await called(core, "third") == ()
    assert await called(core, "second") == ()


async def test_an_override_says_who_is_on_call_until_it_ends_or_is_taken_back(core: Core, clock: Clock) -> None:
    made = await for_hours(core, DAN, -1, 2)
    await for_hours(core, CLEO, 5, 6)
    assert made.id and await called(core, "first") == (DAN,)
    clock.pass_by(hours=2)
    assert await called(core, "first") == (ANA,)
    clock.pass_by(hours=3)
    assert await called(core, "first") == (CLEO,)
    coming = await for_hours(core, DAN, -1, 2)
    await take_back(core, coming.id, BEN)
    assert await called(core, "first") == (CLEO,)


async def test_whoever_overrides_is_told_whom_that_replaces(core: Core) -> None:
    now = core.clock()
    week = Override.make("first", DAN, (now, now + timedelta(days=7)), core.act(CLEO))
    made = await override(core, week)
    assert made.otherwise == (Who(ANA), Who(BEN))
    assert (await take_back(core, made.override.id, CLEO)).otherwise == (Who(ANA), Who(BEN))


async def test_the_same_override_once_more_changes_nothing(core: Core, clock: Clock, storage: SqlStorage) -> None:
    now = clock()
    wanted = Override.make("first", DAN, (now, now + HOUR), core.act(CLEO))
    one, other = await override(core, wanted), await override(core, wanted)
    assert one == other
    clock.pass_by(minutes=1)
    await for_hours(core, BEN, -1, 1)
    clock.pass_by(minutes=1)
    await override(core, Override.make("first", DAN, (now, now + HOUR), core.act(CLEO)))
    assert await called(core, "first") == (DAN,)
    assert len(await storage.read.on_call.overrides("first", now, now + HOUR)) == 3


async def test_an_override_that_is_delivered_twice_is_made_once(core: Core, clock: Clock, storage: SqlStorage) -> None:
    now = clock()

    def wanted(begin: datetime) -> Override:
        return Override.make("first", DAN, (begin, now + HOUR), core.act(CLEO, "form 1"))

    made, again = await asyncio.gather(override(core, wanted(now)), override(core, wanted(now)))
    assert made == again
    await for_hours(core, BEN, 0, 1)
    clock.pass_by(minutes=1)
    assert (await override(core, wanted(clock()))).override == made.override
    assert await called(core, "first") == (BEN,)
    await take_back(core, made.override.id, CLEO)
    with pytest.raises(OverrideGone):
        await override(core, wanted(clock()))
    assert len(await storage.read.on_call.overrides("first", now, now + HOUR)) == 1


async def test_an_override_is_for_a_schedule_that_is_there(core: Core) -> None:
    with pytest.raises(NoSuchSchedule, match="first, second"):
        await for_hours(core, DAN, 0, 1, schedule="frist")


async def test_an_override_is_taken_back_once(core: Core) -> None:
    made = await for_hours(core, DAN, 0, 1)
    await take_back(core, made.id, BEN)
    with pytest.raises(OverrideGone):
        await take_back(core, made.id, BEN)
    with pytest.raises(OverrideGone):
        await take_back(core, 99, BEN)


async def test_a_calendar_says_who_is_on_call(core: Core, clock: Clock, storage: SqlStorage) -> None:
    shifts = [shift(core, ANA, -1, 2), shift(core, BEN, 1, 3), shift(core, None, 4, 5, "Dan K.")]
    await store_calendar(core, "second", READ, shifts)
    found = await on_call(storage.read, "second", clock(), clock() + 9 * HOUR)
    assert [stretch.on_call for stretch in found] == [
        (Who(ANA),),
        (Who(ANA), Who(BEN)),
        (Who(BEN),),
        (),
        (Who(None, "Dan K."),),
        (),
    ]
    clock.pass_by(hours=1)
    assert await called(core, "second") == (ANA, BEN)
    await for_hours(core, CLEO, 0, 1, schedule="second")
    assert await called(core, "second") == (CLEO,)


async def test_what_a_calendar_says_now_replaces_what_it_said(core: Core, storage: SqlStorage) -> None:
    await store_calendar(core, "second", READ, [shift(core, ANA, -1, 2)])
    await store_calendar(core, "second", READ, [shift(core, BEN, -1, 2)])
    assert await called(core, "second") == (BEN,)
    failed = CalendarState(ADDRESS, read_at=READ.read_at, fault="it answered 404", fault_at=core.clock())
    await store_calendar(core, "second", failed, None)
    assert await called(core, "second") == (BEN,)
    assert await storage.read.on_call.calendars() == {"second": failed}


async def test_another_calendar_says_nothing_before_it_is_read(core: Core, storage: SqlStorage) -> None:
    await store_calendar(core, "second", READ, [shift(core, ANA, -1, 2)])
    moved = BOTH.schedules["second"].model_copy(update={"calendar": "https://example.com/other.ics"})
    async with storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(
            BOTH.model_copy(update={"schedules": {"first": BOTH.schedules["first"], "second": moved}})
        )
    assert await called(core, "second") == ()
