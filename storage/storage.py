"""Where everything is kept: one object that opens the database and hands out transactions, reads and jobs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from incidents.ports.news import Topic
from storage.database import Database, database_url
from storage.jobs import JobQueue
from storage.news import SqlNews
from storage.organisation import Remembered
from storage.reader import SqlReader
from storage.standing import is_up_to_date
from storage.turns import SqlTurns
from storage.unit import SqlUnit

FOR_TURNS = 2
"""Connections: one process asks for one turn after the other, and passes on Slack's wish to wait beside."""


class SqlStorage:
    """`incidents.ports.Storage` on SQLite or PostgreSQL."""

    def __init__(self, database: Database, turns: Database | None = None) -> None:
        self.database = database
        self.common_turns = None if turns is None else SqlTurns(turns)
        """How often Slack is asked by all processes together; None where there is one only."""
        self._news = SqlNews(database)
        self.jobs = JobQueue(database, self._news)
        self._organisation = Remembered()
        self._reader = SqlReader(database, self._organisation)

    @classmethod
    async def open(cls, address: str) -> Self:
        """Open the database at ``address`` and bring its tables up to date.

        Raises BadDatabaseUrl, DatabaseUnreachable, UnknownMigration.
        """
        if not await is_up_to_date(address):
            from storage.migrate import migrate  # Alembic, which is a fifth of the time in which a bot starts

            await migrate(address)
        database = Database(database_url(address))
        turns = Database(database_url(address), connections=FOR_TURNS) if database.is_postgresql else None
        return cls(database, turns)

    async def close(self) -> None:
        await self.database.close()
        if self.common_turns is not None:
            await self.common_turns.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlUnit]:
        """One unit of work; commits at the end of the block, rolls back on an error."""
        async with self.database.writing() as connection:
            unit = SqlUnit(connection, self._organisation)
            yield unit
            enqueued = await unit.finish()
            if enqueued:
                await self._news.at_commit(connection, Topic.JOBS)
        if enqueued:
            self._news.spread(Topic.JOBS)

    @property
    def read(self) -> SqlReader:
        return self._reader

    @property
    def news(self) -> SqlNews:
        return self._news
