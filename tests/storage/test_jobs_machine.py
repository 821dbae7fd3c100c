"""The queue against a plain model of it: whatever is asked in whatever order, both hold the same jobs."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from incidents.actions.declare import Declare, declare
from incidents.consequences import JobKind, NewJob
from incidents.core import Core
from storage.jobs import Lease
from storage.storage import SqlStorage
from storage.tables import jobs
from tests.storage.conftest import Clock
from tests.storage.people import ANA

LEASE = timedelta(seconds=30)

Run = Callable[[Coroutine[Any, Any, Any]], Any]

owners = st.sampled_from(["one", "two"])
seconds = st.sampled_from([0, 10, 31])


@dataclass
class Known:
    """A job as the model knows it."""

    lane: str
    first: int
    last: int
    due_at: datetime
    key: str | None
    attempts: int = 0
    failures: int = 0
    owner: str | None = None
    until: datetime | None = None
    parked: bool = False
    id: int | None = None

    @property
    def waits(self) -> bool:
        return self.owner is None and not self.parked

    def may_be_leased(self, at_work: Collection[int], now: datetime) -> bool:
        return self.id not in at_work and (self.due_at if self.until is None else self.until) <= now


class Queue(RuleBasedStateMachine):
    """Asks the real queue and the model the same things."""

    def __init__(self, run: Run, storage: SqlStorage) -> None:
        super().__init__()
        self.run, self.storage, self.queue = run, storage, storage.jobs
        self.clock = Clock()
        self.known: list[Known] = []
        self.leases: list[Lease] = []
        self.entry = 0
        run(empty(storage))

    @rule(lane=st.sampled_from("ab"), key=st.sampled_from([None, "x"]), wait=seconds)
    def enqueue(self, lane: str, key: str | None, wait: int) -> None:
        self.entry += 1
        due_at = self.clock() + timedelta(seconds=wait)
        key = f"{lane}/{key}" if key else None
        self.run(store(self.storage, NewJob(JobKind.NOTICE, 1, lane, due_at, self.entry, self.entry, key)))
        self._add(Known(lane, self.entry, self.entry, due_at, key))

    @rule(owner=owners, limit=st.integers(1, 3), is_working=st.booleans())
    def lease(self, owner: str, limit: int, is_working: bool) -> None:
        now = self.clock()
        at_work = [job.id for job in self.known if job.id and job.owner == owner and is_working]
        leases, _ = self.run(self.queue.lease(owner, list(JobKind), now, now + LEASE, limit, at_work))
        heads = [head for lane in "ab" if (head := self._head(lane)) and head.may_be_leased(at_work, now)]
        expected = sorted(heads, key=lambda job: (job.due_at, self.known.index(job)))[:limit]
        for job in expected:
            job.failures += job.owner is not None
            job.attempts += 1
            job.owner, job.until = owner, now + LEASE
        self.leases += leases
        assert [(lease.job.first, lease.job.attempt, lease.failures) for lease in leases] == [
            (job.first, job.attempts, job.failures) for job in expected
        ]
        for lease, job in zip(leases, expected, strict=True):
            assert job.id in (None, lease.job.id)
            job.id = lease.job.id

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def done(self, data: st.DataObject) -> None:
        lease, job = self._some_lease(data)
        assert self.run(self.queue.done(lease)) == (job is not None)
        if job is not None:
            self.known.remove(job)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), wait=seconds, failed=st.sampled_from([None, "Slack is away"]))
    def put_back(self, data: st.DataObject, wait: int, failed: str | None) -> None:
        lease, job = self._some_lease(data)
        due_at = self.clock() + timedelta(seconds=wait)
        self.run(self.queue.put_back(lease, due_at, failed))
        if job is not None:
            younger = [other for other in self.known if other.waits and job.key and other.key == job.key]
            for other in younger:
                self.known.remove(other)
                job.first, job.last = min(job.first, other.first), max(job.last, other.last)
            job.owner = job.until = None
            job.due_at = due_at
            job.failures += failed is not None

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def park(self, data: st.DataObject) -> None:
        lease, job = self._some_lease(data)
        self.run(self.queue.park(lease, self.clock(), "hopeless"))
        if job is not None:
            job.owner = job.until = None
            job.parked = True

    @precondition(lambda self: any(job.parked for job in self.known))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from([job for job in self.known if job.parked]))
        assert self.run(self.queue.retry(job.id, self.clock()))
        self.known.remove(job)
        self._add(Known(job.lane, job.first, job.last, self.clock(), job.key, job.attempts))

    @rule(passed=seconds)
    def time_passes(self, passed: int) -> None:
        self.clock.pass_by(seconds=passed)

    @invariant()
    def both_hold_the_same(self) -> None:
        assert self.run(rows(self.storage)) == [
            (job.lane, job.first, job.last, job.due_at, job.attempts, job.failures, job.owner, job.parked)
            for job in self.known
        ]

    def _head(self, lane: str) -> Known | None:
        candidates = [job for job in self.known if job.lane == lane and not job.parked]
        return next((job for job in candidates if job.owner), candidates[0] if candidates else None)

    def _add(self, new: Known) -> None:
        for job in self.known:
            if job.waits and new.key and job.key == new.key:
                job.first, job.last = min(job.first, new.first), max(job.last, new.last)
                job.attempts = max(job.attempts, new.attempts)
                job.due_at = job.due_at if job.failures else min(job.due_at, new.due_at)
                return
        self.known.append(new)

    def _some_lease(self, data: st.DataObject) -> tuple[Lease, Known | None]:
        """A lease that was given once, and its job where the lease still holds."""
        lease = data.draw(st.sampled_from(self.leases))
        held = (lease.job.id, lease.owner, lease.job.attempt)
        return lease, next((job for job in self.known if (job.id, job.owner, job.attempts) == held), None)


async def empty(storage: SqlStorage) -> None:
    async with storage.database.writing() as connection:
        await connection.execute(delete(jobs))


async def store(storage: SqlStorage, job: NewJob) -> None:
    async with storage.transaction() as unit:
        await unit.enqueue([job])


async def rows(storage: SqlStorage) -> list[tuple[object, ...]]:
    table = jobs.c
    columns = (table.lane, table.first, table.last, table.due_at, table.attempts, table.failures)
    query = select(*columns, table.leased_by, table.parked_at.is_not(None)).order_by(table.id)
    async with storage.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def with_an_incident(address: str) -> SqlStorage:
    storage = await SqlStorage.open(address)
    await declare(Core(storage, Clock()), Declare(ANA, "form", "Checkout fails"))
    return storage


def play(address: str, examples: int) -> None:
    with asyncio.Runner() as runner:
        storage = runner.run(with_an_incident(address))
        run_state_machine_as_test(
            lambda: Queue(runner.run, storage),
            settings=settings(max_examples=examples, stateful_step_count=40),
        )
        runner.run(storage.close())


def test_the_queue_does_what_its_model_does_on_sqlite(sqlite_address: str) -> None:
    play(sqlite_address, examples=80)


def test_the_queue_does_what_its_model_does_on_postgresql(postgresql_address: str) -> None:
    play(postgresql_address, examples=20)
