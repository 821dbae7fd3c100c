"""Who is at work: seen as long as the process lives, through lost connections, and not a moment longer."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, text

from incidents.ports.news import Topic
from storage.database import Database, database_url
from storage.news import SqlNews
from storage.presence import Presence, _key

BE_AT_WORK = """
import asyncio, sys
from storage.database import Database, database_url
from storage.news import SqlNews
from storage.presence import Presence

async def work():
    database = Database(database_url(sys.argv[1]))
    other = Presence(database, "other", SqlNews(database))
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


def presence(database: Database, name: str) -> Presence:
    return Presence(database, name, SqlNews(database))


async def cut(database: Database) -> None:
    """PostgreSQL closes the connections of all who are at work."""
    async with database.writing() as connection:
        await connection.execute(text(CLOSE_CONNECTIONS))


async def has_ended(name: str, asker: Presence) -> None:
    async with asyncio.timeout(SOON):
        while True:
            if await asker.ended([name]) == [name]:
                return
            await asyncio.sleep(0.02)


async def test_a_process_is_at_work_until_it_is_killed(database: Database, postgresql_address: str) -> None:
    here = presence(database, "here")
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


async def test_a_process_whose_connection_was_closed_is_not_taken_for_ended(database: Database) -> None:
    cut_off, here = presence(database, "cut off"), presence(database, "here")
    await cut_off.begin()
    await here.begin()
    for _ in range(2):
        await cut(database)
        assert await here.ended(["cut off"]) == []
    await cut_off.end()
    await has_ended("cut off", here)
    await here.end()


async def test_a_connection_that_ends_in_silence_is_made_again(database: Database) -> None:
    """As where something between forgets it: nobody tells, but nothing is answered any more."""
    silent, here = presence(database, "silent"), presence(database, "here")
    await silent.begin()
    await here.begin()
    assert silent._line is not None
    silent._line.remove_termination_listener(silent._ended)
    await cut(database)
    await has_ended("silent", here)
    await silent.check()
    assert await here.ended(["silent"]) == []
    await silent.end()
    await here.end()


async def test_who_asks_whether_it_is_at_work_does_not_keep_it_from_being_seen(database: Database) -> None:
    late, here = presence(database, "late"), presence(database, "here")
    await here.begin()
    async with database.writing() as connection:
        await connection.execute(select(func.pg_try_advisory_xact_lock(_key("late"))))
        beginning = asyncio.create_task(late.begin())
        await asyncio.sleep(0.05)
    await beginning
    assert await here.ended(["late"]) == []
    await late.end()
    await here.end()


async def test_a_process_that_stopped_is_not_at_work(database: Database) -> None:
    stopped, here = presence(database, "stopped"), presence(database, "here")
    await stopped.begin()
    await here.begin()
    await stopped.check()
    assert await here.ended(["stopped"]) == []
    await stopped.end()
    await has_ended("stopped", here)
    await here.end()


async def test_news_is_heard_by_all_at_work_and_told_again_by_none(database: Database) -> None:
    here, there = SqlNews(database), SqlNews(database)
    told_here, told_there = asyncio.Queue[str](), asyncio.Queue[str]()
    here.when(Topic.PERSON, told_here.put_nowait)
    stop = there.when(Topic.PERSON, told_there.put_nowait)
    at_work = [Presence(database, "here", here), Presence(database, "there", there)]
    for each in at_work:
        await each.begin()
    await here.tell(Topic.JOBS)
    await here.tell(Topic.PERSON, "U1 of them")
    async with asyncio.timeout(SOON):
        assert await told_there.get() == "U1 of them"
    stop()
    await there.tell(Topic.PERSON, "U2")
    async with asyncio.timeout(SOON):
        assert [await told_here.get() for _ in range(2)] == ["U1 of them", "U2"]
    assert told_there.empty()
    for each in at_work:
        await each.end()


async def test_what_was_told_while_the_line_was_cut_may_have_been_anything(database: Database) -> None:
    news = SqlNews(database)
    told = {topic: asyncio.Queue[str]() for topic in Topic}
    for topic, queue in told.items():
        news.when(topic, queue.put_nowait)
    here = Presence(database, "here", news)
    await here.begin()
    await cut(database)
    async with asyncio.timeout(SOON):
        assert [await queue.get() for queue in told.values()] == ["", ""]
    await here.end()


async def test_what_is_rolled_back_is_no_news(database: Database) -> None:
    here, there = SqlNews(database), SqlNews(database)
    told: asyncio.Queue[str] = asyncio.Queue()
    there.when(Topic.PERSON, told.put_nowait)
    at_work = Presence(database, "there", there)
    await at_work.begin()
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as connection:
            await here.at_commit(connection, Topic.PERSON, "never")
            raise ZeroDivisionError
    await here.tell(Topic.PERSON, "after")
    async with asyncio.timeout(SOON):
        assert await told.get() == "after"
    await at_work.end()


async def test_on_sqlite_only_the_one_that_asks_is_at_work(sqlite_address: str) -> None:
    here = presence(Database(database_url(sqlite_address)), "here")
    await here.begin()
    assert await here.ended(["here", "other"]) == ["other"]
    await here.end()
