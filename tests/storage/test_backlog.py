"""How far the work is behind: only what could run and does not counts, and what was given up is counted apart."""

from datetime import timedelta

import pytest

from incidents.consequences import JobKind, NewJob
from incidents.core import Core
from storage.jobs import Backlog, Lease
from storage.storage import SqlStorage
from tests.storage.conftest import Clock

LEASE = timedelta(seconds=30)


@pytest.fixture
async def two_waiting(storage: SqlStorage, core: Core, clock: Clock) -> SqlStorage:
    """A lane with two jobs, due now."""
    waiting = [NewJob(JobKind.SHOW_CARD, 1, "lane", clock(), entry, entry, None) for entry in (1, 2)]
    async with storage.transaction() as unit:
        await unit.enqueue(waiting)
    return storage


async def leased(storage: SqlStorage, clock: Clock) -> Lease:
    [lease], _ = await storage.jobs.lease("me", list(JobKind), clock(), clock() + LEASE, 9)
    return lease


def behind(seconds: float, parked: int = 0) -> Backlog:
    return Backlog(timedelta(seconds=seconds), parked)


async def test_nothing_to_do_is_no_lag(storage: SqlStorage, clock: Clock) -> None:
    assert await storage.jobs.backlog(clock()) == behind(0)


async def test_what_is_not_due_is_no_lag(two_waiting: SqlStorage, clock: Clock) -> None:
    assert await two_waiting.jobs.backlog(clock() - timedelta(seconds=5)) == behind(0)


async def test_what_could_run_and_does_not_is_lag(two_waiting: SqlStorage, clock: Clock) -> None:
    clock.pass_by(seconds=90)
    assert await two_waiting.jobs.backlog(clock()) == behind(90)


async def test_what_runs_is_no_lag_nor_what_waits_for_it(two_waiting: SqlStorage, clock: Clock) -> None:
    await leased(two_waiting, clock)
    clock.pass_by(seconds=20)
    assert await two_waiting.jobs.backlog(clock()) == behind(0)


async def test_what_a_dead_process_holds_is_lag_from_its_leases_end(two_waiting: SqlStorage, clock: Clock) -> None:
    await leased(two_waiting, clock)
    clock.pass_by(seconds=90)
    assert await two_waiting.jobs.backlog(clock()) == behind(60)


async def test_what_waits_to_be_tried_again_is_no_lag_nor_what_waits_for_it(
    two_waiting: SqlStorage, clock: Clock
) -> None:
    lease = await leased(two_waiting, clock)
    await two_waiting.jobs.put_back(lease, clock() + timedelta(seconds=100), "Slack is away")
    clock.pass_by(seconds=90)
    assert await two_waiting.jobs.backlog(clock()) == behind(0)


async def test_what_was_given_up_is_counted_and_holds_up_nobody(two_waiting: SqlStorage, clock: Clock) -> None:
    await two_waiting.jobs.park(await leased(two_waiting, clock), clock(), "it cannot succeed")
    clock.pass_by(seconds=10)
    assert await two_waiting.jobs.backlog(clock()) == behind(10, parked=1)
