"""Who is at work on a database, told by a lock that ends with its process, however that ends.

On SQLite a lock on a file, for one process only; on PostgreSQL each process holds an advisory lock under its name, so
that the next one to start need not wait for the leases of one that was killed.
https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from collections.abc import Collection
from contextlib import AsyncExitStack

from sqlalchemy import Function, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database


class Presence:
    """That a process is at work under ``name``."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._held = AsyncExitStack()
        self._connection: AsyncConnection | None = None

    async def begin(self) -> None:
        """Raises DatabaseInUse where only one process can be at work, and another is."""
        if self._database.is_postgresql:
            self._connection = await self._held.enter_async_context(self._database.lasting())
            await self._lock(self._connection)
        else:
            self._held.enter_context(self._database.sole_use())

    async def keep(self) -> None:
        """Be seen again where PostgreSQL, or what is between, has closed the connection."""
        if self._connection is None:
            return
        try:
            await self._lock(self._connection)
        except (SQLAlchemyError, OSError):
            await self.end()
            await self.begin()

    async def end(self) -> None:
        """Be at work no more."""
        await self._held.aclose()

    async def ended(self, names: Collection[str]) -> list[str]:
        """Those of ``names`` whose process is no more; to be asked by one that is at work."""
        if not self._database.is_postgresql:
            return [name for name in names if name != self._name]
        async with self._database.writing() as connection:
            return [
                name
                for name in names
                if (await connection.execute(select(func.pg_try_advisory_xact_lock(_key(name))))).scalar_one()
            ]

    async def _lock(self, connection: AsyncConnection) -> None:
        """Who holds it already may take it again."""
        await connection.execute(select(func.pg_try_advisory_lock(_key(self._name))))


def _key(name: str) -> Function[int]:
    return func.hashtextextended(name, 0)
