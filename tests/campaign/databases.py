"""A database that fails for a while: SQLite locked by another program, or its disk full; PostgreSQL gone."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from storage.storage import SqlStorage

EVERY_PAGE = 4_294_967_294
"""As many as SQLite can count: https://www.sqlite.org/pragma.html#pragma_max_page_count"""


Failing = Callable[[], AbstractAsyncContextManager[None]]
"""A way in which a database fails, until the block ends."""


async def fail_now_and_then(ways: Sequence[Failing], chance: random.Random, seconds: float) -> None:
    """For so many ``seconds`` a database fails for moments, in one of these ``ways``."""
    enough = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < enough:
        await asyncio.sleep(chance.uniform(0, 0.6))
        async with chance.choice(ways)():
            await asyncio.sleep(chance.uniform(0.1, 0.4))


@asynccontextmanager
async def locked(address: str) -> AsyncIterator[None]:
    """Another program writes to the SQLite file meanwhile."""
    with closing(sqlite3.connect(urlsplit(address).path, isolation_level=None, check_same_thread=False)) as other:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield


@asynccontextmanager
async def full(storage: SqlStorage) -> AsyncIterator[None]:
    """There is no room for another page of what is written by ``storage``: SQLITE_FULL, as where the disk is full."""
    await _most_pages(storage, 1)
    try:
        yield
    finally:
        await _most_pages(storage, EVERY_PAGE)


async def _most_pages(storage: SqlStorage, pages: int) -> None:
    """SQLite takes what there is already for the least; one connection does all the writing."""
    async with storage.database.writing() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@asynccontextmanager
async def gone(address: str) -> AsyncIterator[None]:
    """PostgreSQL closes every connection to this database, and lets nobody in meanwhile."""
    name = Path(urlsplit(address).path).name
    outside = await asyncpg.connect(address.replace(f"/{name}", "/postgres", 1))
    try:
        await outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        try:
            yield
        finally:
            await outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await outside.close()
