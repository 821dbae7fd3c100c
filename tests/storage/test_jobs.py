"""The durable queue: lanes in order, leases that expire, waiting jobs gathered, hopeless ones parked."""

import asyncio
from datetime import timedelta

import pytest

from incidents.actions.declare import Declare, declare
from incidents.consequences import JobKind, NewJob
from incidents.core import Core
from storage.jobs import JobQueue, Lease
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA

LEASE = timedelta(seconds=30)
EVERY_KIND = list(JobKind)


@pytest.fixture
def queue(storage: SqlStorage) -> JobQueue:
    return storage.jobs


@pytest.fixture(autouse=True)
async def an_incident(core: Core, queue: JobQueue, clock: Clock) -> None:
    """INC-1, with nothing left to do."""
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    for lease in await leased(queue, clock):
        await queue.done(lease)


async def enqueue(storage: SqlStorage, *jobs: NewJob) -> None:
    async with storage.transaction() as unit:
        await unit.enqueue(jobs)


def new(clock: Clock, lane: str, entry: int, coalesce: str | None = None, seconds: float = 0) -> NewJob:
    due_at = clock() + timedelta(seconds=seconds)
    return NewJob(JobKind.SHOW_CARD, 1, lane, due_at, entry, entry, coalesce)


async def leased(queue: JobQueue, clock: Clock, owner: str = "me", limit: int = 100) -> list[Lease]:
    leases, _ = await queue.lease(owner, EVERY_KIND, clock(), clock() + LEASE, limit)
    return leases


def entries(leases: list[Lease]) -> list[tuple[int, int]]:
    return [(lease.job.first, lease.job.last) for lease in leases]


async def test_jobs_of_one_lane_run_one_at_a_time_in_order(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, *(new(clock, "lane", entry) for entry in (1, 2, 3)))

    for entry in (1, 2, 3):
        (lease,) = await leased(queue, clock)
        assert entries([lease]) == [(entry, entry)]
        assert await leased(queue, clock) == []
        assert await queue.done(lease)
    assert await leased(queue, clock) == []


async def test_lanes_do_not_wait_for_each_other(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, *(new(clock, lane, entry) for entry in (1, 2) for lane in ("a", "b")))

    assert entries(await leased(queue, clock)) == [(1, 1), (1, 1)]


async def test_a_job_that_is_not_due_holds_its_lane(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1, seconds=5), new(clock, "lane", 2))

    assert await queue.lease("me", EVERY_KIND, clock(), clock() + LEASE, 9) == ([], clock() + timedelta(seconds=5))
    clock.pass_by(seconds=5)
    assert entries(await leased(queue, clock)) == [(1, 1)]


async def test_kinds_without_a_handler_are_left_alone(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1))

    assert (await queue.lease("me", [JobKind.NOTICE], clock(), clock() + LEASE, 9))[0] == []


async def test_waiting_jobs_with_the_same_key_become_one(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 4, "card", seconds=9))
    await enqueue(storage, new(clock, "lane", 6, "card", seconds=3), new(clock, "lane", 5, "card", seconds=7))
    await enqueue(storage, new(clock, "lane", 2))

    clock.pass_by(seconds=3)
    (lease,) = await leased(queue, clock)
    assert entries([lease]) == [(4, 6)]
    await queue.done(lease)
    assert entries(await leased(queue, clock)) == [(2, 2)]


async def test_a_running_job_takes_nothing_in(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1, "card"))
    (running,) = await leased(queue, clock)
    await enqueue(storage, new(clock, "lane", 2, "card"))

    assert entries([running]) == [(1, 1)]
    await queue.done(running)
    assert entries(await leased(queue, clock)) == [(2, 2)]


async def test_a_job_put_back_takes_in_what_came_meanwhile(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1, "card"))
    (running,) = await leased(queue, clock)
    await enqueue(storage, new(clock, "lane", 2), new(clock, "lane", 3, "card"))

    await queue.put_back(running, clock() + timedelta(seconds=2), "Slack is away")

    assert await leased(queue, clock) == []
    clock.pass_by(seconds=2)
    (again,) = await leased(queue, clock)
    assert entries([again]) == [(1, 3)]
    assert (again.job.id, again.job.attempt, again.failures) == (running.job.id, 2, 1)


async def test_what_comes_while_a_job_waits_to_try_again_does_not_hurry_it(
    storage: SqlStorage, queue: JobQueue, clock: Clock
) -> None:
    await enqueue(storage, new(clock, "lane", 1, "card"))
    (running,) = await leased(queue, clock)
    await queue.put_back(running, clock() + timedelta(seconds=60), "Slack is away")

    await enqueue(storage, new(clock, "lane", 2, "card"))

    assert await leased(queue, clock) == []
    clock.pass_by(seconds=60)
    assert entries(await leased(queue, clock)) == [(1, 2)]


async def test_an_expired_lease_is_taken_over_and_the_first_owner_has_no_say(
    storage: SqlStorage, queue: JobQueue, clock: Clock
) -> None:
    await enqueue(storage, new(clock, "lane", 1))
    (lost,) = await leased(queue, clock, "died")
    clock.pass_by(seconds=31)

    (taken,) = await leased(queue, clock, "alive")

    assert (taken.job.id, taken.job.attempt, taken.failures) == (lost.job.id, 2, 1)
    assert not await queue.done(lost)
    await queue.put_back(lost, clock(), "late")
    await queue.park(lost, clock(), "late")
    assert await queue.done(taken)


async def test_a_renewed_lease_is_not_taken_over(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1))
    (lease,) = await leased(queue, clock)
    clock.pass_by(seconds=20)
    await queue.renew("me", [lease.job.id], clock() + LEASE)
    clock.pass_by(seconds=20)

    assert await leased(queue, clock, "other") == []
    assert await queue.done(lease)


async def test_a_parked_job_is_seen_and_holds_up_nobody(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1, "card"), new(clock, "lane", 2))
    (hopeless,) = await leased(queue, clock)

    await queue.park(hopeless, clock(), "not_in_channel")
    await enqueue(storage, new(clock, "lane", 3, "card"))

    (parked,) = await queue.parked()
    assert (parked.job, parked.reason, parked.parked_at) == (hopeless.job, "not_in_channel", clock())
    (next_one,) = await leased(queue, clock)
    assert entries([next_one]) == [(2, 2)]


async def test_any_reason_is_kept(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "lane", 1))
    (hopeless,) = await leased(queue, clock)
    await queue.put_back(hopeless, clock(), "\x00 \ud83d" * 10_000)
    (hopeless,) = await leased(queue, clock)
    await queue.park(hopeless, clock(), "\x00 \ud83d" * 10_000)

    (parked,) = await queue.parked()
    assert parked.reason.startswith("\ufffd \ufffd")


async def test_a_retried_job_goes_to_the_end_of_its_lane_and_remembers_that_it_was_tried(
    storage: SqlStorage, queue: JobQueue, clock: Clock
) -> None:
    await enqueue(storage, new(clock, "lane", 1), new(clock, "lane", 2))
    (hopeless,) = await leased(queue, clock)
    await queue.park(hopeless, clock(), "not_in_channel")

    assert await queue.retry(hopeless.job.id, clock())
    assert not await queue.retry(hopeless.job.id, clock())

    (second,) = await leased(queue, clock)
    assert entries([second]) == [(2, 2)]
    await queue.done(second)
    (again,) = await leased(queue, clock)
    assert (entries([again]), again.job.attempt, again.failures) == ([(1, 1)], 2, 0)
    assert await queue.parked() == []


async def test_a_retried_job_is_taken_in_by_the_one_that_waits(
    storage: SqlStorage, queue: JobQueue, clock: Clock
) -> None:
    await enqueue(storage, new(clock, "lane", 1, "card"))
    (hopeless,) = await leased(queue, clock)
    await queue.park(hopeless, clock(), "not_in_channel")
    await enqueue(storage, new(clock, "lane", 2, "card"))

    await queue.retry(hopeless.job.id, clock())

    (one,) = await leased(queue, clock)
    assert (entries([one]), one.job.attempt) == ([(1, 2)], 2)


async def test_many_that_lease_at_once_never_get_the_same_job_or_lane(
    storage: SqlStorage, queue: JobQueue, clock: Clock
) -> None:
    await enqueue(storage, *(new(clock, f"lane {entry % 10}", entry) for entry in range(1, 41)))
    ran: list[tuple[int, int]] = []

    async def work(owner: str) -> None:
        while len(ran) < 40:
            for lease in await leased(queue, clock, owner, limit=3):
                ran.extend(entries([lease]))
                await asyncio.sleep(0.001)
                assert await queue.done(lease)

    async with asyncio.timeout(20), asyncio.TaskGroup() as workers:
        for owner in range(4):
            workers.create_task(work(f"worker {owner}"))

    assert sorted(first for first, _ in ran) == list(range(1, 41))
    for lane in range(10):
        in_lane = [first for first, _ in ran if first % 10 == lane]
        assert in_lane == sorted(in_lane)


async def test_what_a_process_left_leased_is_put_back(storage: SqlStorage, queue: JobQueue, clock: Clock) -> None:
    await enqueue(storage, new(clock, "a", 1), new(clock, "b", 2))
    await leased(queue, clock, "one", limit=1)
    await leased(queue, clock, "two", limit=1)
    assert sorted(await queue.owners()) == ["one", "two"]

    await queue.release("one", clock(), failed=None)
    (back,) = await leased(queue, clock, "three")
    assert (entries([back]), back.failures) == ([(1, 1)], 0)

    await queue.release("two", clock(), failed="the process ended")
    assert [lease.failures for lease in await leased(queue, clock, "four")] == [1]
