"""The runner: at once after a commit, on time later, again after a failure, and never two of a lane at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from structlog.testing import capture_logs

from incidents.actions.change import change_severity
from incidents.actions.declare import Declare, declare
from incidents.consequences import ELSEWHERE, JobKind, NewJob
from incidents.core import Core
from incidents.model.vocabulary import Severity
from incidents.ports import CannotSucceed, Job, JobHandler, TryLater, giving_way
from storage.database import DatabaseInUse
from storage.jobs import Lease
from storage.presence import Presence
from storage.runner import JobRunner, Patience
from storage.storage import SqlStorage
from tests.clock import Clock
from tests.storage.people import ANA

QUICK = Patience(first_retry=timedelta(milliseconds=10), failures=3)
SOON = timedelta(seconds=2)
LONG = 30.0
"""Seconds; for what would otherwise take an hour."""


def now() -> datetime:
    return datetime.now(UTC)


def every(handler: JobHandler) -> dict[JobKind, JobHandler]:
    return dict.fromkeys(JobKind, handler)


class Recorder:
    """A handler that notes what it was given, and when."""

    def __init__(self, does: Callable[[Job], Awaitable[None]] | None = None) -> None:
        self.jobs: list[Job] = []
        self.at: list[float] = []
        self._does = does

    async def __call__(self, job: Job) -> None:
        self.jobs.append(job)
        self.at.append(perf_counter())
        if self._does is not None:
            await self._does(job)


@asynccontextmanager
async def running(runner: JobRunner) -> AsyncIterator[JobRunner]:
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


@pytest.fixture
async def quiet(storage: SqlStorage) -> SqlStorage:
    """Storage with INC-1 in it and nothing to do."""
    await declare(Core(storage, now), Declare(ANA, "form", "Checkout fails"))
    async with running(JobRunner(storage, every(Recorder()), now)) as runner:
        await runner.idle()
    return storage


async def enqueue(storage: SqlStorage, *lanes: str, wait: timedelta = timedelta()) -> None:
    jobs = [NewJob(JobKind.NOTICE, 1, lane, now() + wait, n, n, None) for n, lane in enumerate(lanes, start=1)]
    async with storage.transaction() as unit:
        await unit.enqueue(jobs)


async def test_what_follows_from_an_action_runs_at_its_commit(quiet: SqlStorage) -> None:
    seen = Recorder()
    async with running(JobRunner(quiet, every(seen), now, Patience(poll=timedelta(hours=1)))) as runner:
        await change_severity(Core(quiet, now), 1, ANA, Severity.SEV1)
        async with asyncio.timeout(LONG):
            await runner.idle()

    assert JobKind.SHOW_CARD in [job.kind for job in seen.jobs]


async def test_a_rolled_back_action_leaves_nothing_to_run(quiet: SqlStorage) -> None:
    seen = Recorder()
    async with running(JobRunner(quiet, every(seen), now)) as runner:
        with pytest.raises(ZeroDivisionError):
            async with quiet.transaction() as unit:
                await unit.enqueue([NewJob(JobKind.NOTICE, 1, "lane", now(), 1, 1, None)])
                raise ZeroDivisionError
        await runner.idle()

    assert seen.jobs == []


async def test_a_job_that_is_due_later_runs_on_time(quiet: SqlStorage) -> None:
    seen = Recorder()
    async with running(JobRunner(quiet, every(seen), now, Patience(poll=timedelta(hours=1)))) as runner:
        begun = perf_counter()
        await enqueue(quiet, "lane", wait=timedelta(seconds=0.3))
        await runner.idle()
        assert seen.jobs == []
        async with asyncio.timeout(LONG):
            await runner.idle(within=SOON)

    assert seen.at[0] - begun >= 0.3


async def test_on_postgresql_what_another_process_stored_is_heard_of_at_once(postgresql_address: str) -> None:
    storage, other = [await SqlStorage.open(postgresql_address) for _ in range(2)]
    seen = Recorder()
    async with running(JobRunner(storage, every(seen), now, Patience(poll=timedelta(hours=1)))) as runner:
        for _ in range(5):
            await enqueue(other, "lane")
            await runner.idle()
    for each in (storage, other):
        await each.close()

    assert len(seen.jobs) == 5


async def test_what_another_process_stored_is_noticed(quiet: SqlStorage, database_address: str) -> None:
    other = await SqlStorage.open(database_address)
    seen = Recorder()
    async with running(JobRunner(quiet, every(seen), now, Patience(poll=timedelta(seconds=0.1)))) as runner:
        await asyncio.sleep(0.05)
        await enqueue(other, "lane")
        await runner.idle()
    await other.close()

    assert len(seen.jobs) == 1


async def test_servers_of_others_that_hang_hold_up_nothing_else(quiet: SqlStorage) -> None:
    """Mail to a thousand readers, through a server that does not answer, and then somebody is paged."""
    never, done = asyncio.Event(), asyncio.Event()

    async def hang(job: Job) -> None:
        await never.wait()

    async def count(job: Job) -> None:
        if len(seen.jobs) == 20:
            done.set()

    seen = Recorder(count)
    handlers = every(seen) | dict.fromkeys(ELSEWHERE, hang)
    hanging = [NewJob(JobKind.TELL_READER, n, f"reader-{n}", now(), 1, 1, None) for n in range(1000)]
    async with running(JobRunner(quiet, handlers, now)):
        async with quiet.transaction() as unit:
            await unit.enqueue(hanging)
        await enqueue(quiet, *(f"lane-{n}" for n in range(20)))
        async with asyncio.timeout(SOON.total_seconds()):
            await done.wait()
        never.set()


async def test_a_lane_runs_in_order_beside_the_others(quiet: SqlStorage) -> None:
    at_once: dict[str, int] = {"now": 0, "most": 0}

    async def take_a_while(job: Job) -> None:
        at_once["now"] += 1
        at_once["most"] = max(at_once["most"], at_once["now"])
        await asyncio.sleep(0.02)
        at_once["now"] -= 1

    seen = Recorder(take_a_while)
    async with running(JobRunner(quiet, every(seen), now, Patience(at_once=3))) as runner:
        await enqueue(quiet, *"aaabbbcccddd")
        await runner.idle()

    assert at_once["most"] == 3
    order = [job.first for job in seen.jobs]
    for lane in range(4):
        in_lane = [entry for entry in order if (entry - 1) // 3 == lane]
        assert in_lane == sorted(in_lane)
        assert len(in_lane) == 3


async def test_a_failed_job_is_tried_again_and_says_so(quiet: SqlStorage) -> None:
    async def fail_once(job: Job) -> None:
        if job.attempt == 1:
            raise ConnectionError("Slack is away")

    seen = Recorder(fail_once)
    with capture_logs() as logs:
        async with running(JobRunner(quiet, every(seen), now, QUICK)) as runner:
            await enqueue(quiet, "lane")
            await runner.idle(within=SOON)

    assert [job.attempt for job in seen.jobs] == [1, 2]
    (failed,) = [line for line in logs if line["event"] == "job failed"]
    assert (failed["about"], failed["kind"], failed["attempt"]) == ("lane", "notice", 1)
    assert failed["job"] == seen.jobs[0].id
    assert failed["exc_info"]


async def test_a_job_that_keeps_failing_is_parked_and_told_of(quiet: SqlStorage) -> None:
    async def fail(job: Job) -> None:
        if job.first == 1:
            raise ConnectionError("Slack is away")

    told: list[tuple[int, str]] = []

    async def on_parked(job: Job, reason: str) -> None:
        told.append((job.first, reason))

    seen = Recorder(fail)
    async with running(JobRunner(quiet, every(seen), now, QUICK, on_parked)) as runner:
        await enqueue(quiet, "lane", "lane")
        await runner.idle(within=SOON)

    assert [(job.first, job.attempt) for job in seen.jobs] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert told == [(1, "ConnectionError: Slack is away")]
    assert [parked.reason for parked in await quiet.jobs.parked()] == ["ConnectionError: Slack is away"]


async def test_a_job_that_cannot_succeed_is_parked_at_once(quiet: SqlStorage) -> None:
    async def give_up(job: Job) -> None:
        raise CannotSucceed("the workspace forbids making channels")

    seen = Recorder(give_up)
    async with running(JobRunner(quiet, every(seen), now, QUICK)) as runner:
        await enqueue(quiet, "lane")
        await runner.idle(within=SOON)

    assert len(seen.jobs) == 1
    assert [parked.reason for parked in await quiet.jobs.parked()] == ["the workspace forbids making channels"]


async def test_a_job_retried_by_hand_runs_at_once(quiet: SqlStorage) -> None:
    async def give_up_once(job: Job) -> None:
        if job.attempt == 1:
            raise CannotSucceed("forbidden")

    seen = Recorder(give_up_once)
    async with running(JobRunner(quiet, every(seen), now, QUICK)) as runner:
        await enqueue(quiet, "lane")
        await runner.idle()
        (parked,) = await quiet.jobs.parked()
        await quiet.jobs.retry(parked.job.id, now())
        await runner.idle()

    assert [job.attempt for job in seen.jobs] == [1, 2]


async def test_a_job_may_ask_for_time_as_often_as_it_likes(quiet: SqlStorage) -> None:
    async def not_yet(job: Job) -> None:
        if job.attempt < 6:
            raise TryLater("rate limited", 0.01)

    seen = Recorder(not_yet)
    async with running(JobRunner(quiet, every(seen), now, QUICK)) as runner:
        await enqueue(quiet, "lane")
        await runner.idle(within=SOON)

    assert [job.attempt for job in seen.jobs] == [1, 2, 3, 4, 5, 6]
    assert await quiet.jobs.parked() == []


async def test_a_handler_that_hangs_is_stopped_and_tried_again(quiet: SqlStorage) -> None:
    async def hang_once(job: Job) -> None:
        if job.attempt == 1:
            await asyncio.sleep(60)

    seen = Recorder(hang_once)
    patience = Patience(handler=timedelta(seconds=0.05), first_retry=timedelta(milliseconds=10))
    async with running(JobRunner(quiet, every(seen), now, patience)) as runner:
        await enqueue(quiet, "lane")
        await runner.idle(within=SOON)

    assert [job.attempt for job in seen.jobs] == [1, 2]


async def test_a_failing_hook_harms_nobody(quiet: SqlStorage) -> None:
    async def give_up(job: Job) -> None:
        raise CannotSucceed("forbidden")

    async def fail(job: Job, reason: str) -> None:
        raise ConnectionError("Slack is away")

    seen = Recorder(give_up)
    async with running(JobRunner(quiet, every(seen), now, QUICK, on_parked=fail)) as runner:
        await enqueue(quiet, "lane", "lane")
        await runner.idle()

    assert len(seen.jobs) == 2


async def test_a_stop_waits_for_what_runs_and_puts_back_what_hangs(quiet: SqlStorage) -> None:
    ended: list[int] = []
    begun = asyncio.Barrier(3)

    async def work(job: Job) -> None:
        await begun.wait()
        await asyncio.sleep(0.1 if job.first == 1 else 60)
        ended.append(job.first)

    seen = Recorder(work)
    runner = JobRunner(quiet, every(seen), now)
    await runner.start()
    await enqueue(quiet, "quick", "slow")
    await begun.wait()
    await runner.stop(grace=timedelta(seconds=0.5))

    assert ended == [1]
    leases, _ = await quiet.jobs.lease("next", list(JobKind), now(), now() + SOON, 9)
    assert [(lease.job.first, lease.job.attempt, lease.failures) for lease in leases] == [(2, 2, 0)]


async def test_a_long_job_keeps_its_lease(quiet: SqlStorage) -> None:
    seen = Recorder(lambda job: asyncio.sleep(0.6))
    patience = Patience(lease=timedelta(seconds=0.2))
    async with running(JobRunner(quiet, every(seen), now, patience)) as runner:
        await enqueue(quiet, "lane")
        await asyncio.sleep(0.4)
        leases, _ = await quiet.jobs.lease("other", list(JobKind), now(), now() + SOON, 9)
        assert leases == []
        await runner.idle()

    assert len(seen.jobs) == 1


async def test_what_is_at_work_is_not_begun_again_though_its_lease_has_expired(quiet: SqlStorage) -> None:
    """As where the machine slept, or the database was away, for longer than that."""
    clock, begun, enough = Clock(), asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> None:
        begun.set()
        await enough.wait()

    seen = Recorder(work)
    async with running(JobRunner(quiet, every(seen), clock)) as runner:
        await enqueue(quiet, "long")
        await begun.wait()
        begun.clear()
        clock.pass_by(hours=1)
        await enqueue(quiet, "next")
        await begun.wait()
        enough.set()
        await runner.idle()

    assert [job.attempt for job in seen.jobs] == [1, 1]


async def test_a_job_whose_end_could_not_be_stored_runs_again_once_its_lease_has_expired(
    quiet: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, seen, queue, stored = Clock(), Recorder(), quiet.jobs, asyncio.Event()

    async def away(lease: Lease) -> bool:
        monkeypatch.undo()
        stored.set()
        raise ConnectionError

    monkeypatch.setattr(queue, "done", away)
    async with running(JobRunner(quiet, every(seen), clock)) as runner:
        await enqueue(quiet, "one")
        await stored.wait()
        clock.pass_by(hours=1)
        await enqueue(quiet, "another")
        await runner.idle()

    assert sorted(job.attempt for job in seen.jobs) == [1, 1, 2]


async def test_what_a_process_had_begun_that_is_no_more_runs_at_once(storage: SqlStorage) -> None:
    await declare(Core(storage, now), Declare(ANA, "form", "Checkout fails"))
    left, _ = await storage.jobs.lease("killed", list(JobKind), now(), now() + timedelta(hours=1), 9)

    seen = Recorder()
    async with running(JobRunner(storage, every(seen), now)) as runner:
        await runner.idle()

    assert sorted(job.id for job in seen.jobs) == sorted(lease.job.id for lease in left)
    assert {job.attempt for job in seen.jobs} == {2}


async def test_what_a_process_left_that_died_meanwhile_runs_soon_and_its_lane_goes_on(postgresql_address: str) -> None:
    storage, in_an_hour = await SqlStorage.open(postgresql_address), now() + timedelta(hours=1)
    patience, seen = Patience(lease=timedelta(hours=1), poll=timedelta(seconds=0.1)), Recorder()
    async with running(JobRunner(storage, every(seen), now, patience)) as runner:
        await enqueue(storage, "lane", wait=timedelta(minutes=30))
        [left], _ = await storage.jobs.lease("killed", list(JobKind), in_an_hour, in_an_hour, 9)
        await enqueue(storage, "lane")
        await runner.idle()
    await storage.close()

    assert [(job.id, job.attempt) for job in seen.jobs] == [(left.job.id, 2), (left.job.id + 1, 1)]


async def test_a_job_whose_end_could_not_be_stored_runs_again_soon(
    quiet: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, troubles = quiet.jobs.done, iter([OSError("connection lost")])

    async def troubled(lease: Lease) -> bool:
        if (trouble := next(troubles, None)) is not None:
            raise trouble
        return await done(lease)

    monkeypatch.setattr(quiet.jobs, "done", troubled)
    seen, patience = Recorder(), Patience(lease=timedelta(hours=1), poll=timedelta(seconds=0.1))
    async with running(JobRunner(quiet, every(seen), now, patience)) as runner:
        await enqueue(quiet, "lane")
        await runner.idle()

    assert [job.attempt for job in seen.jobs] == [1, 2]


async def test_on_postgresql_another_process_takes_over_when_the_lease_expires(postgresql_address: str) -> None:
    storage = await SqlStorage.open(postgresql_address)
    await declare(Core(storage, now), Declare(ANA, "form", "Checkout fails", wants_channel=False))
    hung = Presence(storage.database, "hung", storage.news)
    await hung.begin()
    await storage.jobs.lease("hung", list(JobKind), now(), now() + timedelta(seconds=1), 9)

    seen = Recorder()
    async with running(JobRunner(storage, every(seen), now, Patience(poll=timedelta(seconds=0.05)))) as runner:
        await asyncio.sleep(0.1)
        assert seen.jobs == []
        await runner.idle()
    await hung.end()
    await storage.close()

    assert [job.attempt for job in seen.jobs] == [2]


async def test_who_lost_a_job_while_it_waited_does_not_go_on_with_it(
    postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a process is cut off from the database for longer than a lease: another has done it meanwhile."""
    cut_off, other = [await SqlStorage.open(postgresql_address) for _ in range(2)]
    patience = Patience(lease=timedelta(seconds=0.2), poll=timedelta(seconds=0.05))
    waiting, turn, done_by_other, back = [asyncio.Event() for _ in range(4)]
    done: list[int] = []
    renewed = cut_off.jobs.renew

    async def renew(owner: str, ids: Collection[int], until: datetime) -> set[int]:
        if not done_by_other.is_set():
            raise OSError("connection lost")
        held = await renewed(owner, ids, until)
        back.set()
        return held

    async def waits(job: Job) -> None:
        waiting.set()
        with giving_way():
            await turn.wait()
        done.append(job.attempt)

    async def works(job: Job) -> None:
        done.append(job.attempt)
        done_by_other.set()

    monkeypatch.setattr(cut_off.jobs, "renew", renew)
    async with running(JobRunner(cut_off, every(waits), now, patience)):
        await enqueue(cut_off, "lane")
        await waiting.wait()
        async with running(JobRunner(other, every(works), now, patience)):
            await done_by_other.wait()
        await back.wait()
        turn.set()
    for each in (cut_off, other):
        await each.close()

    assert done == [2]


async def test_a_job_that_kills_its_process_each_time_is_parked(quiet: SqlStorage) -> None:
    await enqueue(quiet, "lane")
    for _ in range(QUICK.failures):
        await quiet.jobs.lease("killed", list(JobKind), now(), now() + SOON, 9)
        await quiet.jobs.release("killed", now(), failed="the process ended while it ran")

    seen = Recorder()
    async with running(JobRunner(quiet, every(seen), now, QUICK)) as runner:
        await runner.idle()

    assert seen.jobs == []
    assert len(await quiet.jobs.parked()) == 1


async def test_two_runners_do_not_share_an_sqlite_file(sqlite_address: str) -> None:
    first, second = [await SqlStorage.open(sqlite_address) for _ in range(2)]
    async with running(JobRunner(first, {}, now)):
        with pytest.raises(DatabaseInUse):
            await JobRunner(second, {}, now).start()
    for storage in (first, second):
        await storage.close()


async def test_two_runners_share_the_jobs_of_a_postgresql(postgresql_address: str) -> None:
    storages = [await SqlStorage.open(postgresql_address) for _ in range(2)]
    await declare(Core(storages[0], now), Declare(ANA, "form", "Checkout fails", wants_channel=False))
    seen = [Recorder(lambda job: asyncio.sleep(0.005)) for _ in storages]
    patience = Patience(at_once=2, poll=timedelta(seconds=0.02))
    runners = [JobRunner(storage, every(each), now, patience) for storage, each in zip(storages, seen, strict=True)]
    for runner in runners:
        await runner.start()

    await enqueue(storages[0], *(f"lane {n % 8}" for n in range(64)))
    for runner in runners:
        await runner.idle()
    for runner in runners:
        await runner.stop()
    for storage in storages:
        await storage.close()

    ran = [job.id for each in seen for job in each.jobs]
    assert len(ran) == len(set(ran)) == 65
    assert all(each.jobs for each in seen)


def test_waits_double_up_to_the_longest_and_differ_by_chance() -> None:
    patience = Patience(first_retry=timedelta(seconds=1), longest_retry=timedelta(seconds=10))

    for failures, longest in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (1000, 10)]:
        waits = {patience.wait_after(failures).total_seconds() for _ in range(50)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 1


async def test_trouble_with_the_database_is_logged_and_overcome(
    quiet: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease, troubles = quiet.jobs.lease, iter([OSError("connection lost"), RuntimeError("of any kind")])

    async def troubled(*arguments: object) -> object:
        if (trouble := next(troubles, None)) is not None:
            raise trouble
        return await lease(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(quiet.jobs, "lease", troubled)
    seen = Recorder()
    with capture_logs() as logs:
        async with running(JobRunner(quiet, every(seen), now, Patience(poll=timedelta(seconds=0.05)))) as runner:
            await enqueue(quiet, "lane")
            await runner.idle()

    assert len(seen.jobs) == 1
    assert [line["event"] for line in logs].count("could not look for jobs") == 2


async def test_looking_after_others_for_long_and_being_stopped_meanwhile_is_no_news(
    quiet: SqlStorage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looked = asyncio.Event()

    async def looks_long(presence: Presence, names: object) -> list[str]:
        looked.set()
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(Presence, "ended", looks_long)
    patience = Patience(poll=timedelta(milliseconds=1))
    with caplog.at_level(logging.WARNING):
        async with running(JobRunner(quiet, every(Recorder()), now, patience)) as runner:
            await looked.wait()
            for lane in "abc":
                await enqueue(quiet, lane)
                await runner.idle()
    assert caplog.messages == []


async def test_who_only_waits_for_its_turn_keeps_nobody_from_work(quiet: SqlStorage) -> None:
    """Neither does the time run that it is given; and at the stop it is put back at once."""
    turn, all_begun = asyncio.Event(), asyncio.Event()

    async def waits(job: Job) -> None:
        if job.first == 4:
            all_begun.set()
            return
        with giving_way():
            await turn.wait()

    patience = Patience(at_once=1, waiting=3, handler=timedelta(seconds=0.2), failures=1)
    seen = Recorder(waits)
    runner = JobRunner(quiet, every(seen), now, patience)
    await runner.start()
    await enqueue(quiet, "a", "b", "c", "d")
    await all_begun.wait()
    await asyncio.sleep(0.3)
    await runner.stop(grace=timedelta(hours=1))
    assert await quiet.jobs.parked() == []
    turn.set()
    async with running(JobRunner(quiet, every(seen), now, patience)) as runner:
        await runner.idle()
    assert sorted(job.first for job in seen.jobs) == [1, 1, 2, 2, 3, 3, 4]


async def test_who_works_after_it_waited_has_the_time_it_had_left(quiet: SqlStorage) -> None:
    async def works(job: Job) -> None:
        with giving_way():
            await asyncio.sleep(0.3)
        await asyncio.sleep(60)

    patience = Patience(handler=timedelta(seconds=0.2), failures=1)
    async with running(JobRunner(quiet, every(Recorder(works)), now, patience)) as runner:
        await enqueue(quiet, "lane")
        await runner.idle()
    [parked] = await quiet.jobs.parked()
    assert "TimeoutError" in parked.reason


async def test_no_more_wait_than_there_may(quiet: SqlStorage) -> None:
    turn, full = asyncio.Event(), asyncio.Event()

    async def waits(job: Job) -> None:
        if len(seen.jobs) == 3:
            full.set()
        with giving_way():
            await turn.wait()

    seen = Recorder(waits)
    async with running(JobRunner(quiet, every(seen), now, Patience(at_once=1, waiting=2))) as runner:
        await enqueue(quiet, "a", "b", "c", "d")
        await asyncio.wait_for(full.wait(), 10)
        await asyncio.sleep(0.2)
        assert len(seen.jobs) == 3
        turn.set()
        await runner.idle()
    assert len(seen.jobs) == 4
