"""Who is at work on a database, told by a lock that ends with its process, however that ends.

On SQLite a lock on a file, for one process only; on PostgreSQL each process holds an advisory lock under its name, so
that the others need not wait for the leases of one that was killed, and hears on the same connection what they tell.
https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack, suppress
from typing import Any

import structlog
from asyncpg import InterfaceError, InternalClientError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import Function, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.news import CHANNEL, SqlNews

log = structlog.get_logger()

TIME_LIMIT = 5.0
"""Seconds for PostgreSQL to answer on the connection, after which that counts as lost."""
AGAIN = 0.1
"""Seconds until it is tried again to connect, whatever is in the way."""
ABSENCE = 0.5
"""Seconds for which a process must be absent to be no more: one that has lost its connection is back sooner."""

FAULTS = (SQLAlchemyError, PostgresError, InterfaceError, InternalClientError, OSError)
"""What becomes of a statement on a connection that is closed just then; TimeoutError is an OSError."""


class Presence:
    """That a process is at work under ``name``, and hears the ``news`` of the others."""

    def __init__(self, database: Database, name: str, news: SqlNews) -> None:
        self._database = database
        self._name = name
        self._news = news
        self._held = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        self._line: Any = None
        self._lost = asyncio.Event()
        self._mending: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Raises DatabaseInUse where only one process can be at work, and another is."""
        if self._database.is_postgresql:
            await self._connect()
            self._mending = asyncio.create_task(self._keep_connected())
        else:
            self._held.enter_context(self._database.sole_use())

    async def check(self) -> None:
        """Find whether the connection is still there, of whose loss nobody has told; it is made again then."""
        if self._connection is None or self._lost.is_set():
            return
        try:
            async with asyncio.timeout(TIME_LIMIT):
                await self._connection.execute(select(1))
        except FAULTS:
            self._lost.set()

    async def end(self) -> None:
        """Be at work no more."""
        if self._mending is not None:
            self._mending.cancel()
            with suppress(asyncio.CancelledError):
                await self._mending
        await self._held.aclose()

    async def ended(self, names: Collection[str]) -> list[str]:
        """Those of ``names`` whose process is no more; to be asked by one that is at work."""
        others = [name for name in names if name != self._name]
        if not self._database.is_postgresql or not others:
            return others
        absent = await self._absent(others)
        if absent:
            await asyncio.sleep(ABSENCE)
            absent = await self._absent(absent)
        return absent

    async def _absent(self, names: Collection[str]) -> list[str]:
        """Those whose lock nobody holds; the lock of one for whom another looks just now is held too."""
        async with self._database.writing() as connection:
            return [
                name
                for name in names
                if (await connection.execute(select(func.pg_try_advisory_xact_lock(_key(name))))).scalar_one()
            ]

    async def _keep_connected(self) -> None:
        """Be seen, and hear, again each time that PostgreSQL, or what is between, has closed the connection."""
        while True:
            await self._lost.wait()
            log.warning("line_to_database_lost")
            while self._lost.is_set():
                await self._reconnect()
            log.info("line_to_database_back")
            self._news.missed()

    async def _reconnect(self) -> None:
        try:
            await self._held.aclose()
            await self._connect()
        except FAULTS:
            await asyncio.sleep(AGAIN)
        except Exception:
            log.exception("line_to_database_not_back")
            await asyncio.sleep(AGAIN)

    async def _connect(self) -> None:
        async with asyncio.timeout(TIME_LIMIT):
            connection = await self._held.enter_async_context(self._database.lasting())
            # Shared with the connection before, which PostgreSQL may hold for alive long after it was lost.
            await connection.execute(select(func.pg_advisory_lock_shared(_key(self._name))))
            self._line = (await connection.get_raw_connection()).driver_connection
            await self._line.add_listener(CHANNEL, self._heard)
            self._line.add_termination_listener(self._ended)
        self._connection = connection
        self._lost.clear()

    def _heard(self, line: Any, process: int, channel: str, told: str) -> None:
        self._news.heard(told)

    def _ended(self, line: Any) -> None:
        if line is self._line:
            self._lost.set()


def _key(name: str) -> Function[int]:
    return func.hashtextextended(name, 0)
