"""Rates that several processes keep in common on PostgreSQL: never passed, whoever asks at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from incidents.ports import Claim
from storage.database import Database, database_url
from storage.turns import SqlTurns

WIDE = Claim("workspace", allowed=100, calls=100, seconds=60, evenly=0.66)


def claim(name: str = "asked", allowed: int = 3, calls: int = 3, seconds: float = 60.0, evenly: float = 22.0) -> Claim:
    return Claim(name, allowed, calls, seconds, evenly)


@pytest.fixture
async def processes(postgresql_address: str) -> AsyncIterator[list[SqlTurns]]:
    """Two processes on one database."""
    databases = [Database(database_url(postgresql_address)) for _ in range(2)]
    yield [SqlTurns(database) for database in databases]
    for database in databases:
        await database.close()


async def taken(processes: Sequence[SqlTurns], times: int, *claims: Claim) -> list[float]:
    """What so many asked at once get to hear."""
    return await asyncio.gather(*(processes[n % len(processes)].take(claims) for n in range(times)))


async def test_no_more_than_the_rate_whoever_asks_at_once(processes: list[SqlTurns]) -> None:
    waits = await taken(processes, 10, claim())
    assert sorted(waits)[:3] == [0.0] * 3
    assert all(59 < wait <= 60 for wait in sorted(waits)[3:])


async def test_a_turn_is_free_again_after_its_time(processes: list[SqlTurns]) -> None:
    quick = claim(calls=2, allowed=2, seconds=0.2)
    times: list[float] = []
    while len(times) < 6:
        wait = await processes[len(times) % 2].take([quick])
        if wait:
            await asyncio.sleep(wait)
        else:
            times.append(time.monotonic())
    assert all(later - earlier >= 0.18 for earlier, later in zip(times, times[2:], strict=False))


async def test_the_last_is_left_to_the_more_urgent(processes: list[SqlTurns]) -> None:
    waits = await taken(processes, 4, claim(allowed=2))
    assert sorted(waits)[:2] == [0.0] * 2 and min(sorted(waits)[2:]) > 59
    assert await processes[0].take([claim()]) == 0.0
    assert await processes[1].take([claim()]) > 59


async def test_all_of_what_a_call_counts_against_or_nothing(processes: list[SqlTurns]) -> None:
    room, other = claim("room", 1, 1), claim("other", 1, 1)
    assert await processes[0].take([WIDE, room]) == 0.0
    for _ in range(100):
        assert await processes[1].take([WIDE, room]) > 0
    assert await processes[1].take([WIDE, other]) == 0.0


async def test_names_are_counted_apart(processes: list[SqlTurns]) -> None:
    assert await taken(processes, 2, claim("a", 1, 1)) != [0.0, 0.0]
    assert await processes[0].take([claim("b", 1, 1)]) == 0.0


async def test_slacks_wish_to_wait_holds_for_all_and_then_an_even_pace(processes: list[SqlTurns]) -> None:
    even = claim(evenly=30.0)
    await processes[0].hold("asked", 0.1, 60)
    wait = await processes[1].take([even])
    assert 0 < wait <= 0.1
    await asyncio.sleep(wait)
    assert await processes[1].take([even]) == 0.0
    assert 29 < await processes[0].take([even]) <= 30


async def test_what_is_long_over_is_forgotten(processes: list[SqlTurns]) -> None:
    await processes[0].take([claim(calls=1, allowed=1)])
    await processes[0].forget()
    assert await processes[0].take([claim(calls=1, allowed=1)]) > 59
    await processes[0].hold("long ago", -10, 0)
    await processes[0].forget()
    assert await processes[0].take([claim("long ago", evenly=99.0)]) == 0.0
