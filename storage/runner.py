"""Runs the jobs: many lanes at once, each in order, woken by commits and by the clock.

A handler may be interrupted anywhere and run again, so handlers look before they act.
"""

import asyncio
import os
import random
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal
from uuid import uuid4

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from incidents.consequences import ELSEWHERE, JobKind
from incidents.core import Clock
from incidents.model.vocabulary import parse_incident_number
from incidents.ports import CannotSucceed, Job, JobHandler, TryLater
from incidents.ports.jobs import way
from incidents.ports.news import Topic
from storage.jobs import Lease
from storage.place import LeaseLost, Place
from storage.presence import Presence
from storage.storage import SqlStorage

HAND_BACK = 2.0
"""Seconds for the database to take back, at the end, what was not done."""

OnParked = Callable[[Job, str], Awaitable[None]]
"""Told of each job that is given up, and why."""

Outcome = Literal["done", "later", "failed", "parked"]

OnEnded = Callable[[Job, Outcome], None]
"""Told of each job that was run, and what came of it."""


@dataclass(frozen=True)
class Patience:
    """How much the runner does at once, how long it waits, and when it gives up."""

    at_once: int = 10
    """Lanes in which a job runs at the same time."""
    elsewhere: int = 4
    """Lanes beside them for what waits for the servers of others."""
    waiting: int = 500
    """Jobs besides that only wait for their turn outside."""
    handler: timedelta = timedelta(seconds=60)
    """A handler that takes longer has failed."""
    lease: timedelta = timedelta(seconds=30)
    """How long after a process hung, or its machine was lost, the others take over; renewed thrice within."""
    poll: timedelta = timedelta(seconds=2)
    """How late at most is noticed what nobody told of, and that a process has died."""
    first_retry: timedelta = timedelta(seconds=1)
    """The wait after the first failure; it doubles with each one."""
    longest_retry: timedelta = timedelta(minutes=5)
    failures: int = 20
    """A job that failed so often is parked; with the waits above, after an hour and more."""

    def wait_after(self, failures: int) -> timedelta:
        """How long to wait after failure number ``failures``: half of it for sure, the rest by chance."""
        doublings = min(failures - 1, 30)
        longest = min(self.longest_retry, self.first_retry * 2.0**doublings)
        return longest * random.uniform(0.5, 1.0)


class JobRunner:
    """Hands each due job to the handler of its kind. Jobs of kinds without a handler are left to other processes."""

    def __init__(
        self,
        storage: SqlStorage,
        handlers: Mapping[JobKind, JobHandler],
        clock: Clock,
        patience: Patience | None = None,
        on_parked: OnParked | None = None,
        on_ended: OnEnded | None = None,
    ) -> None:
        self._storage = storage
        self._queue = storage.jobs
        self._handlers = handlers
        self._clock = clock
        self._patience = patience or Patience()
        self._on_parked = on_parked
        self._on_ended = on_ended
        self._owner = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
        self._log = structlog.get_logger().bind(runner=self._owner)
        self._presence = Presence(storage.database, self._owner, storage.news)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._running: dict[int, asyncio.Task[None]] = {}
        self._leases: dict[int, Lease] = {}
        self._held_until: dict[int, datetime] = {}
        self._leasing = asyncio.Lock()
        self._places: dict[int, Place] = {}
        self._awake = asyncio.Event()
        self._settled = asyncio.Event()
        self._stopping = False
        self._looking: asyncio.Task[None] | None = None
        self._chores: list[asyncio.Task[None]] = []
        self._at_stop = AsyncExitStack()

    async def start(self) -> None:
        """Begin to run jobs, also those that a process which is no more left in the middle.

        Raises DatabaseInUse where another process runs the jobs of this SQLite file.
        """
        await self._presence.begin()
        self._at_stop.push_async_callback(self._presence.end)
        self._at_stop.callback(self._storage.news.when(Topic.JOBS, self._told))
        every = self._patience.poll.total_seconds()
        self._scheduler.add_job(partial(_ring, self._awake), "interval", seconds=every)
        self._do_every(every, self._take_over, at_once=True)
        self._do_every(self._patience.lease.total_seconds() / 3, self._renew)
        self._scheduler.start()
        self._looking = asyncio.create_task(self._look(), name="job runner")

    def _do_every(self, seconds: float, chore: Callable[[], Awaitable[None]], at_once: bool = False) -> None:
        """Do ``chore`` as often, but not twice at the same time."""
        due = asyncio.Event()

        async def keep_doing() -> None:
            while True:
                await due.wait()
                due.clear()
                await chore()

        if at_once:
            due.set()
        self._scheduler.add_job(partial(_ring, due), "interval", seconds=seconds)
        self._chores.append(asyncio.create_task(keep_doing()))

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Begin no more jobs, let the running ones end within ``grace``, and put back those that do not."""
        async with self._at_stop:
            self._stopping = True
            self._awake.set()
            if self._looking is not None:
                await self._looking
            for id, place in self._places.items():
                if place.is_given_up:
                    self._running[id].cancel()
            if self._running:
                _, late = await asyncio.wait(self._running.values(), timeout=grace.total_seconds())
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)
            await self._end_scheduler()
            await self._hand_back()

    async def _end_scheduler(self) -> None:
        for chore in self._chores:
            chore.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
            await asyncio.sleep(0)  # what it rings just now has rung then
            self._scheduler.shutdown(wait=False)

    async def _hand_back(self) -> None:
        """Put back what was not done; where the database is away, that waits until the others see this one is gone."""
        log = self._log
        try:
            async with asyncio.timeout(HAND_BACK):
                await asyncio.gather(*self._chores, return_exceptions=True)
                await self._queue.release(self._owner, self._clock(), failed=None)
        except Exception:
            log.exception("could not hand jobs back")

    async def idle(self, within: timedelta = timedelta()) -> None:
        """Wait until nothing runs and nothing that may run becomes due within this time from now."""
        kinds = self._handlers.keys()
        # The clock is read after the queue, so that what came meanwhile is not taken for what comes later.
        while (due := await self._queue.next_due(kinds)) is not None and due <= self._clock() + within:
            self._settled.clear()
            try:
                async with asyncio.timeout(0.02):
                    await self._settled.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        log = self._log
        while not self._stopping:
            self._awake.clear()
            try:
                await self._begin_due()
            except Exception:
                log.exception("could not look for jobs")
            await self._awake.wait()

    async def _begin_due(self) -> None:
        known = self._handlers.keys()
        dues = [
            await self._begin(known - ELSEWHERE, self._patience.at_once),
            await self._begin(known & ELSEWHERE, self._patience.elsewhere),
        ]
        self._wake_at(min((due for due in dues if due is not None), default=None))

    async def _begin(self, kinds: Collection[JobKind], at_once: int) -> datetime | None:
        """Begin due jobs of ``kinds``, of which so many run ``at_once``; gives when the next becomes due."""
        now = self._clock()
        leased = [lease.job.id for lease in self._leases.values() if lease.job.kind in kinds]
        waiting = sum(self._places[id].is_given_up for id in leased)
        free = at_once - (len(leased) - min(waiting, self._patience.waiting))
        if free <= 0 or not kinds:
            return None
        async with self._leasing:
            until = now + self._patience.lease
            leases, next_due = await self._queue.lease(self._owner, kinds, now, until, free, list(self._running))
            for lease in leases:
                id = lease.job.id
                self._leases[id], self._held_until[id] = lease, until
                is_lost = partial(self._is_lost, id)
                self._places[id] = Place(self._patience.handler.total_seconds(), self._awake.set, is_lost)
                self._running[id] = asyncio.create_task(self._run(lease), name=f"job {id}")
        return next_due

    def _is_lost(self, id: int) -> bool:
        """Whether others may have taken over a job that this one runs."""
        return self._held_until[id] <= self._clock()

    def _wake_at(self, due: datetime | None) -> None:
        if due is not None:
            in_time = datetime.now(UTC) + (due - self._clock())
            ring = partial(_ring, self._awake)
            self._scheduler.add_job(ring, "date", run_date=in_time, id="next due", replace_existing=True)

    def _told(self, about: str) -> None:
        self._awake.set()

    async def _take_over(self) -> None:
        """Put back what processes that are no more left in the middle, so that their lanes go on.

        And what this one ran, while the database was away when that ended.
        """
        log = self._log
        try:
            async with self._leasing:
                unstored = "how it ended could not be stored"
                await self._queue.release(self._owner, self._clock(), unstored, running=self._running)
            for owner in await self._presence.ended(await self._queue.owners()):
                log.warning("jobs taken over", of=owner)
                await self._queue.release(owner, self._clock(), "the process ended while it ran")
        except Exception:
            log.exception("could not look for jobs to take over")

    async def _renew(self) -> None:
        log, now = self._log, self._clock()
        until = now + self._patience.lease
        try:
            if self._running:
                ids = list(self._running)
                held = await self._queue.renew(self._owner, ids, until)
                for id in self._running.keys() & ids:
                    self._held_until[id] = until if id in held else now
            await self._presence.check()
        except Exception:
            log.exception("could not renew leases", jobs=list(self._running))

    async def _run(self, lease: Lease) -> None:
        job = lease.job
        about = {**_about(job), "job": job.id, "kind": job.kind.value, "attempt": job.attempt}
        structlog.contextvars.bind_contextvars(**about)
        log = self._log.bind(**about)
        try:
            outcome = await self._attempt(lease, log)
            if self._on_ended is not None:
                self._on_ended(job, outcome)
        except Exception:
            log.exception("could not store how a job ended; it will run again")
        finally:
            del self._running[job.id], self._leases[job.id], self._held_until[job.id], self._places[job.id]
            self._settled.set()
            self._awake.set()

    async def _attempt(self, lease: Lease, log: structlog.stdlib.BoundLogger) -> Outcome:
        if lease.failures >= self._patience.failures:
            return await self._park(lease, "its process ended each time it ran", log)
        try:
            async with self._places[lease.job.id] as place:
                way.set(place.given_up)
                await self._handlers[lease.job.kind](lease.job)
        except CannotSucceed as error:
            return await self._park(lease, str(error), log)
        except TryLater as later:
            log.info("job not done yet", reason=str(later), seconds=later.seconds)
            await self._queue.put_back(lease, self._clock() + timedelta(seconds=later.seconds), failed=None)
            return "later"
        except LeaseLost:
            log.warning("job not gone on with, since its lease had expired while it waited")
            await self._queue.put_back(lease, self._clock(), failed=None)
            return "later"
        except Exception as error:
            log.exception("job failed")
            return await self._failed(lease, error, log)
        if not await self._queue.done(lease):
            log.warning("job was done after its lease had expired, so it may run twice")
        return "done"

    async def _failed(self, lease: Lease, error: Exception, log: structlog.stdlib.BoundLogger) -> Outcome:
        reason = f"{type(error).__name__}: {error}"
        failures = lease.failures + 1
        if failures >= self._patience.failures:
            return await self._park(lease, reason, log)
        await self._queue.put_back(lease, self._clock() + self._patience.wait_after(failures), reason)
        return "failed"

    async def _park(self, lease: Lease, reason: str, log: structlog.stdlib.BoundLogger) -> Outcome:
        await self._queue.park(lease, self._clock(), reason)
        log.error("job parked", reason=reason)
        if self._on_parked is not None:
            try:
                await self._on_parked(lease.job, reason)
            except Exception:
                log.exception("could not tell of a parked job")
        return "parked"


async def _ring(bell: asyncio.Event) -> None:
    """All that the scheduler does: it knows when, and whoever waits for it does what takes time."""
    bell.set()


def _about(job: Job) -> dict[str, Any]:
    """What a job is about, as the log names it."""
    incident = parse_incident_number(job.about)
    return {"about": job.about} if incident is None else {"incident": incident}
