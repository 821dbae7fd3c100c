"""Who is at work: seen as long as the process lives, through lost connections, and not a moment longer."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from storage.database import Database, database_url
from storage.presence import Presence

BE_AT_WORK = """
import asyncio, sys
from storage.database import Database, database_url
from storage.presence import Presence

async def work():
    other = Presence(Database(database_url(sys.argv[1])), "other")
    await other.begin()
    print("at work", flush=True)
    await asyncio.Event().wait()

asyncio.run(work())
"""
SOON = 5.0
"""Seconds within which PostgreSQL has noticed that a connection is closed."""

CLOSE_CONNECTIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()
"""


@pytest.fixture
async def database(postgresql_address: str) -> AsyncIterator[Database]:
    opened = Database(database_url(postgresql_address))
    yield opened
    await opened.close()


async def has_ended(name: str, asker: Presence) -> None:
    async with asyncio.timeout(SOON):
        while True:
            if await asker.ended([name]) == [name]:
                return
            await asyncio.sleep(0.02)


async def test_a_process_is_at_work_until_it_is_killed(database: Database, postgresql_address: str) -> None:
    here = Presence(database, "here")
    await here.begin()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BE_AT_WORK, postgresql_address, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None and await process.stdout.readline() == b"at work\n"
    assert await here.ended(["here", "other", "never there"]) == ["never there"]
    process.kill()
    await process.wait()
    await has_ended("other", here)
    await here.end()


async def test_a_process_whose_connection_was_closed_is_seen_again(database: Database) -> None:
    cut_off, here = Presence(database, "cut off"), Presence(database, "here")
    await cut_off.begin()
    async with database.writing() as connection:
        await connection.execute(text(CLOSE_CONNECTIONS))
    await here.begin()
    await has_ended("cut off", here)
    await cut_off.keep()
    assert await here.ended(["cut off"]) == []
    await cut_off.end()
    await here.end()


async def test_a_process_that_stopped_is_not_at_work(database: Database) -> None:
    stopped, here = Presence(database, "stopped"), Presence(database, "here")
    await stopped.begin()
    await here.begin()
    await stopped.keep()
    assert await here.ended(["stopped"]) == []
    await stopped.end()
    await has_ended("stopped", here)
    await here.end()


async def test_on_sqlite_only_the_one_that_asks_is_at_work(sqlite_address: str) -> None:
    here = Presence(Database(database_url(sqlite_address)), "here")
    await here.begin()
    assert await here.ended(["here", "other"]) == ["other"]
    await here.end()
