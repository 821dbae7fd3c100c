"""The durable queue: what must follow from a change stays here until it is done.

A lane's next job is its leased one, else its oldest; a parked job is in nobody's way. The database itself refuses a
second running job in a lane and a second waiting one with the same coalescing key.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, exists, func, literal, not_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.consequences import JobKind, NewJob
from incidents.model.text import storable
from incidents.ports import Job, ParkedJob
from incidents.ports.news import Topic
from storage.columns import UtcTime
from storage.database import Database, upsert
from storage.news import SqlNews
from storage.tables import jobs, waiting

LONGEST_REASON = 2_000
"""Characters kept of why a job failed."""

PAST = datetime(1970, 1, 1, tzinfo=UTC)

COLLISIONS = 5
"""How often two processes may meet over one row before that is an error."""


@dataclass(frozen=True)
class Lease:
    """The right to run a job until it expires, while nobody else may."""

    job: Job
    owner: str
    failures: int
    """How many attempts have failed so far; a process that died in the middle counts."""


@dataclass(frozen=True)
class Backlog:
    """How far the work is behind."""

    lag: timedelta
    """How long the job that waits longest could have run already."""
    parked: int
    """Jobs that were given up."""


class JobQueue:
    """The jobs of a database; ``news`` tells when there is something new to look at."""

    def __init__(self, database: Database, news: SqlNews) -> None:
        self._database = database
        self._news = news

    async def lease(
        self,
        owner: str,
        kinds: Collection[JobKind],
        now: datetime,
        until: datetime,
        limit: int,
        at_work: Collection[int] = (),
    ) -> tuple[list[Lease], datetime | None]:
        """Take up to ``limit`` jobs of ``kinds`` that may run now, oldest due first; theirs until ``until``.

        Expired leases are taken over, but of those which ``owner`` is ``at_work`` on. Also says when the next job
        becomes due that is not due yet.
        """
        soonest = select(func.min(jobs.c.due_at)).where(waiting, jobs.c.due_at > now)
        runnable = _runnable(kinds, now).where(jobs.c.id.not_in(list(at_work)))
        async with self._database.reading() as connection:
            any_runnable = (await connection.execute(runnable.limit(1))).first() is not None
            next_due = (await connection.execute(soonest)).scalar_one()
        if not any_runnable:  # looking takes no turn from those who write: SQLite has one writer
            return [], next_due
        try:
            async with self._database.writing() as connection:
                leases = await _lease(connection, owner, runnable.limit(limit).with_for_update(skip_locked=True), until)
        except IntegrityError:
            # Another process began a job of the same lane just now; what it left is found at the next look.
            return [], now
        return leases, next_due

    async def renew(self, owner: str, ids: Collection[int], until: datetime) -> set[int]:
        """Keep the leases of jobs that are still running; gives those that ``owner`` still has."""
        held = update(jobs).where(jobs.c.id.in_(list(ids)), jobs.c.leased_by == owner)
        async with self._database.writing() as connection:
            renewed = await connection.execute(held.values(leased_until=until).returning(jobs.c.id))
            return set(renewed.scalars())

    async def done(self, lease: Lease) -> bool:
        """Remove a finished job. False where the lease had been lost, so that another runs it again."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(jobs).where(*_held(lease)))).rowcount == 1

    async def put_back(self, lease: Lease, due_at: datetime, failed: str | None) -> None:
        """Let a job wait until ``due_at``; ``failed`` says why, where that counts as a failure.

        A job with the same coalescing key that came meanwhile is taken in: the older keeps its place in the lane.
        """
        for collision in range(COLLISIONS):
            try:
                async with self._database.writing() as connection:
                    await _put_back(connection, lease, due_at, failed)
                return
            except IntegrityError:
                # Another process stored a job with the same key between our two statements.
                if collision == COLLISIONS - 1:
                    raise

    async def park(self, lease: Lease, at: datetime, reason: str) -> None:
        """Give a job up: it stays to be seen and retried, and holds up nobody."""
        parked = (
            update(jobs)
            .where(*_held(lease))
            .values(leased_by=None, leased_until=None, parked_at=at, reason=_kept(reason))
        )
        async with self._database.writing() as connection:
            await connection.execute(parked)

    async def parked(self, limit: int = 100) -> list[ParkedJob]:
        """The jobs that were given up, the latest first."""
        query = select(jobs).where(jobs.c.parked_at.is_not(None)).order_by(jobs.c.parked_at.desc(), jobs.c.id.desc())
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.limit(limit))).all()
        return [ParkedJob(_job(row), row.lane, row.parked_at, row.reason) for row in rows]

    async def backlog(self, now: datetime) -> Backlog:
        """How the queue stands ``now``."""
        could_run = case((waiting, jobs.c.due_at), else_=jobs.c.leased_until)
        oldest = select(func.min(could_run, type_=UtcTime)).where(_leads_its_lane(), _may_run(now))
        given_up = select(func.count()).select_from(jobs).where(jobs.c.parked_at.is_not(None))
        async with self._database.reading() as connection:
            since = (await connection.execute(oldest)).scalar_one()
            parked: int = (await connection.execute(given_up)).scalar_one()
        return Backlog(now - since if since else timedelta(), parked)

    async def retry(self, id: int, now: datetime) -> bool:
        """Put a parked job at the end of its lane, due now. False where it is not parked."""
        unparked = delete(jobs).where(jobs.c.id == id, jobs.c.parked_at.is_not(None)).returning(jobs)
        async with self._database.writing() as connection:
            row = (await connection.execute(unparked)).one_or_none()
            if row is None:
                return False
            again = NewJob(
                kind=JobKind(row.kind),
                subject=row.subject,
                lane=row.lane,
                due_at=now,
                first=row.first,
                last=row.last,
                coalesce=row.coalesce,
                detail=row.detail,
                attempts=row.attempts,
            )
            await insert_jobs(connection, [again])
        await self._news.tell(Topic.JOBS)
        return True

    async def owners(self) -> list[str]:
        """Who has leased jobs."""
        query = select(jobs.c.leased_by).where(jobs.c.leased_by.is_not(None)).distinct()
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def release(self, owner: str, now: datetime, failed: str | None, running: Collection[int] = ()) -> None:
        """Put back what ``owner`` has leased and is not ``running``, due now.

        ``failed`` says why, where that counts as a failure.
        """
        left = select(jobs).where(jobs.c.leased_by == owner, jobs.c.id.not_in(list(running)))
        async with self._database.reading() as connection:
            rows = (await connection.execute(left)).all()
        for row in rows:
            await self.put_back(Lease(_job(row), row.leased_by, row.failures), now, failed)
        if rows:
            await self._news.tell(Topic.JOBS)

    async def next_due(self, kinds: Collection[JobKind]) -> datetime | None:
        """When the first lane goes on with a job of ``kinds``; the past, where one is running; None: there is none."""
        begins = case((jobs.c.leased_by.is_not(None), literal(PAST, UtcTime)), else_=jobs.c.due_at)
        first = select(func.min(begins, type_=UtcTime)).where(_leads_its_lane(), _is_one_of(kinds))
        async with self._database.glancing() as connection:
            found: datetime | None = (await connection.execute(first)).scalar_one()
        return found

    async def pending(self, kinds: Collection[JobKind], until: datetime) -> int:
        """How many lanes have a job of ``kinds`` running, or one that may begin by ``until``."""
        may_run = or_(jobs.c.leased_by.is_not(None), jobs.c.due_at <= until)
        count = select(func.count()).select_from(jobs).where(_leads_its_lane(), _is_one_of(kinds), may_run)
        async with self._database.reading() as connection:
            number: int = (await connection.execute(count)).scalar_one()
        return number


async def insert_jobs(connection: AsyncConnection, new: Sequence[NewJob]) -> None:
    """Store jobs, each taken in by the waiting job with the same coalescing key where there is one.

    That one becomes due at the earlier of both times, unless it failed before and waits to try again.
    """
    rows = [
        {
            "kind": job.kind.value,
            "subject": job.subject,
            "lane": job.lane,
            "due_at": job.due_at,
            "first": job.first,
            "last": job.last,
            "coalesce": job.coalesce,
            "detail": job.detail,
            "attempts": job.attempts,
        }
        for job in new
    ]
    await connection.execute(_gathered(connection.dialect.name), rows)


@cache
def _gathered(dialect: str) -> Any:
    """The statement that stores jobs; it is built once, since everything that happens stores some."""
    added = upsert(dialect, jobs)
    both = added.excluded
    return added.on_conflict_do_update(
        index_elements=[jobs.c.coalesce],
        index_where=waiting,
        set_={
            "due_at": case((or_(jobs.c.failures > 0, jobs.c.due_at < both.due_at), jobs.c.due_at), else_=both.due_at),
            "first": _lesser(jobs.c.first, both.first),
            "last": _greater(jobs.c.last, both.last),
            "attempts": _greater(jobs.c.attempts, both.attempts),
        },
    )


def _runnable(kinds: Collection[JobKind], now: datetime) -> Select[Any]:
    return (
        select(jobs.c.id)
        .where(_leads_its_lane(), _is_one_of(kinds))
        .where(_may_run(now))
        .order_by(jobs.c.due_at, jobs.c.id)
    )


async def _lease(connection: AsyncConnection, owner: str, runnable: Select[Any], until: datetime) -> list[Lease]:
    ids = (await connection.execute(runnable)).scalars().all()
    if not ids:
        return []
    died = case((jobs.c.leased_by.is_not(None), 1), else_=0)
    taken = update(jobs).where(jobs.c.id.in_(ids))
    leased = taken.values(
        leased_by=owner, leased_until=until, attempts=jobs.c.attempts + 1, failures=jobs.c.failures + died
    )
    rows = {row.id: row for row in await connection.execute(leased.returning(jobs))}
    return [Lease(_job(rows[id]), owner, rows[id].failures) for id in ids]


async def _put_back(connection: AsyncConnection, lease: Lease, due_at: datetime, failed: str | None) -> None:
    row = (await connection.execute(select(jobs).where(*_held(lease)).with_for_update())).one_or_none()
    if row is None:
        return
    firsts, lasts = [row.first], [row.last]
    if row.coalesce is not None:
        younger = delete(jobs).where(jobs.c.coalesce == row.coalesce, waiting)
        for other in await connection.execute(younger.returning(jobs.c.first, jobs.c.last)):
            firsts.append(other.first)
            lasts.append(other.last)
    again = (
        update(jobs)
        .where(jobs.c.id == row.id)
        .values(
            leased_by=None,
            leased_until=None,
            due_at=due_at,
            first=min(firsts),
            last=max(lasts),
        )
    )
    if failed is not None:
        again = again.values(failures=row.failures + 1, reason=_kept(failed))
    await connection.execute(again)


def _leads_its_lane() -> ColumnElement[bool]:
    """Whether a job is its lane's next: the leased one, else the oldest that is not parked."""
    other = jobs.alias("other")
    before = or_(other.c.leased_by.is_not(None), and_(jobs.c.leased_by.is_(None), other.c.id < jobs.c.id))
    ahead = exists().where(other.c.lane == jobs.c.lane, other.c.id != jobs.c.id, other.c.parked_at.is_(None), before)
    return and_(jobs.c.parked_at.is_(None), not_(ahead))


def _may_run(now: datetime) -> ColumnElement[bool]:
    """Whether a job is due and nobody runs it."""
    return or_(and_(waiting, jobs.c.due_at <= now), jobs.c.leased_until <= now)


def _is_one_of(kinds: Collection[JobKind]) -> ColumnElement[bool]:
    return jobs.c.kind.in_([kind.value for kind in kinds])


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    """Whether the job is still leased to this owner for this very attempt."""
    return (jobs.c.id == lease.job.id, jobs.c.leased_by == lease.owner, jobs.c.attempts == lease.job.attempt)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        first=row.first,
        last=row.last,
        attempt=row.attempts,
        about=row.lane.partition("/")[0],
        detail=row.detail,
    )


def _kept(reason: str) -> str:
    return storable(reason)[:LONGEST_REASON]


def _lesser(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


def _greater(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one > other, one), else_=other)
