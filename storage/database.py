"""The way to the database, SQLite or PostgreSQL: one address in, connections for reading and for writing out.

On SQLite one connection writes, so writers queue up here instead of finding the file locked.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

from asyncpg import PostgresError  # type: ignore[import-untyped]
from sqlalchemy import URL, Connection, NullPool, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # In WAL mode a commit survives the end of the process; only a power failure can undo the very last ones.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
)

POSTGRESQL_LIMITS = {"timeout": 10, "command_timeout": 10}
"""Seconds, as with SQLite above: to connect, and for one statement. https://magicstack.github.io/asyncpg/current/api/"""

CONNECTIONS = 20
"""To PostgreSQL, of one process; half of them are kept while nothing needs them."""

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class BadDatabaseUrl(ValueError):
    """The address names no database that can be used; says what would."""


def database_url(address: str) -> URL:
    """Read ``sqlite:///path`` or ``postgresql://user@host/name`` (also ``postgres://``). Raises BadDatabaseUrl."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise BadDatabaseUrl("The database's address must look like sqlite:///path or postgresql://...") from error
    if url.drivername not in DRIVERS:
        raise BadDatabaseUrl(f"There is no way to {url.drivername}:// here; use sqlite:/// or postgresql://.")
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise BadDatabaseUrl("SQLite needs a file: sqlite:///tocsin.db.")
    if "sslmode" in url.query:
        # asyncpg takes libpq's sslmode under the name ssl.
        url = url.update_query_dict({"ssl": url.query["sslmode"]}).difference_update_query(["sslmode"])
    return url


class DatabaseUnreachable(Exception):
    """The database is not there, or does not let us in."""


class DatabaseInUse(Exception):
    """Another process already does the work of this SQLite file."""


class Database:
    """An open database, by so many ``connections`` to PostgreSQL at most.

    Unless it is ``unhurried``, PostgreSQL must answer within limits.
    """

    def __init__(self, url: URL, unhurried: bool = False, connections: int = CONNECTIONS) -> None:
        self._url = url
        limits = {} if unhurried else POSTGRESQL_LIMITS
        self.is_postgresql = url.get_backend_name() == "postgresql"
        if self.is_postgresql:
            kept = (connections + 1) // 2
            pool = {"pool_size": kept, "max_overflow": connections - kept}
            engine = _postgresql_engine(url, connect_args=limits, **pool)
            self._writer = engine
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ")
            self._glancer = engine.execution_options(isolation_level="AUTOCOMMIT")
        else:
            self._writer = _sqlite_engine(url, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0, pool_timeout=60)
            self._reader = self._glancer = _sqlite_engine(url, "BEGIN", pool_size=5, max_overflow=5)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed at the end of the block, rolled back on an error."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees the database as it is at one moment, and holds up nobody."""
        async with self._reader.begin() as connection:
            yield connection

    @asynccontextmanager
    async def glancing(self) -> AsyncIterator[AsyncConnection]:
        """The same for one statement, which sees one moment anyhow: it spares PostgreSQL a transaction around it."""
        async with self._glancer.connect() as connection:
            yield connection

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own during the block, outside of transactions; what it holds ends with it."""
        async with self._writer.connect() as connection:
            try:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")
            finally:
                await connection.invalidate()

    @contextmanager
    def sole_use(self) -> Iterator[None]:
        """On SQLite, be the only process at work in this block; it ends with the process, however that ends.

        Raises DatabaseInUse. On PostgreSQL many may be at work.
        """
        if self.is_postgresql:
            yield
            return
        with Path(f"{self._url.database}-owner").open("w") as owner:
            try:
                flock(owner, LOCK_EX | LOCK_NB)
            except BlockingIOError as error:
                raise DatabaseInUse(
                    f"Another Tocsin works with {self._url.database}. Stop it first, or give this one another "
                    "DATABASE_URL. Several can share one PostgreSQL."
                ) from error
            yield

    async def reach(self) -> None:
        """Find that it can be written. Raises DatabaseUnreachable."""
        try:
            if not self.is_postgresql:
                _open_once(self._url)
            async with self.writing():
                return
        except (SQLAlchemyError, PostgresError, OSError) as error:
            why = str(error.orig) if isinstance(error, DBAPIError) else str(error)
            raise DatabaseUnreachable(f"The database {self._url.render_as_string()} cannot be used: {why}.") from error

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


def upsert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what happens where the row is there already, in the words of this database."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _open_once(url: URL) -> None:
    """Open the SQLite file without aiosqlite, whose thread outlives an open that failed and may then fail aloud."""
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool)
    with engine.connect():
        pass


def _engine(url: URL, **how: Any) -> AsyncEngine:
    """An engine whose errors do not repeat what people wrote."""
    return create_async_engine(url, hide_parameters=True, **how)


def _postgresql_engine(url: URL, **how: Any) -> AsyncEngine:
    """An engine that passes on no connection which PostgreSQL has closed: the driver hears of that when it happens.

    SQLAlchemy's own way, to ask each connection before it is used, goes to PostgreSQL and back three times.
    https://docs.sqlalchemy.org/en/20/core/pooling.html#custom-legacy-pessimistic-ping
    """
    engine = _engine(url, **how)

    @event.listens_for(engine.sync_engine, "checkout")
    def look(connection: Any, record: Any, proxy: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _sqlite_engine(url: URL, begin: str, **pool: int) -> AsyncEngine:
    """SQLAlchemy's recipe for real transactions: the driver begins none by itself, we say how they begin.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#enabling-non-legacy-sqlite-transactional-modes-with-the-sqlite3-or-aiosqlite-driver
    """
    engine = _engine(url, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begins(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
