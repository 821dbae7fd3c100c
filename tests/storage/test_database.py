"""The database's address: what is understood, what is refused, and in which words."""

import asyncio
import signal
import sys

import pytest
from sqlalchemy import text

from storage.database import BadDatabaseUrl, Database, DatabaseInUse, database_url
from storage.storage import SqlStorage

COMMIT_AND_DIE = """
import asyncio, os, signal, sys
from incidents.model.organisation import Organisation, OwnedService
from storage.storage import SqlStorage

async def main(address: str) -> None:
    storage = await SqlStorage.open(address)
    async with storage.transaction() as unit:
        await unit.organisation.save(Organisation(services={"committed": OwnedService(name="Committed")}))
    async with storage.transaction() as unit:
        await unit.organisation.save(Organisation(services={"not": OwnedService(name="Not committed")}))
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("address", "understood"),
    [
        ("sqlite:///tocsin.db", "sqlite+aiosqlite:///tocsin.db"),
        ("sqlite+aiosqlite:////var/lib/tocsin.db", "sqlite+aiosqlite:////var/lib/tocsin.db"),
        ("postgres://tocsin@db/tocsin", "postgresql+asyncpg://tocsin@db/tocsin"),
        ("postgresql://tocsin@db:5432/tocsin", "postgresql+asyncpg://tocsin@db:5432/tocsin"),
        ("postgresql+asyncpg://db/tocsin", "postgresql+asyncpg://db/tocsin"),
        ("postgres://db/tocsin?sslmode=require", "postgresql+asyncpg://db/tocsin?ssl=require"),
    ],
)
def test_addresses_are_understood(address: str, understood: str) -> None:
    assert str(database_url(address)) == understood


@pytest.mark.parametrize("address", ["", "tocsin.db", "mysql://db/tocsin", "sqlite://", "sqlite:///:memory:"])
def test_an_address_of_no_use_is_refused(address: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="sqlite:///"):
        database_url(address)


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(BadDatabaseUrl) as refused:
        database_url("mysql://tocsin:hunter2@db/tocsin")
    assert "hunter2" not in str(refused.value)


async def test_sqlite_is_set_up_for_a_server(sqlite_address: str) -> None:
    database = Database(database_url(sqlite_address))
    async with database.reading() as connection:
        settings = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    await database.close()

    assert settings == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000}


async def test_readers_neither_wait_for_a_writer_nor_see_what_is_not_committed(storage: SqlStorage) -> None:
    count = text("SELECT count(*) FROM services")
    async with storage.database.writing() as writer:
        await writer.execute(text("INSERT INTO services (id, name, folded) VALUES ('api', 'API', 'api')"))
        async with asyncio.timeout(2), storage.database.reading() as reader:
            assert (await reader.execute(count)).scalar_one() == 0
    async with storage.database.reading() as reader:
        assert (await reader.execute(count)).scalar_one() == 1


async def test_a_reader_sees_one_moment(storage: SqlStorage) -> None:
    count = text("SELECT count(*) FROM services")
    async with storage.database.reading() as reader:
        before = (await reader.execute(count)).scalar_one()
        async with storage.database.writing() as writer:
            await writer.execute(text("INSERT INTO services (id, name, folded) VALUES ('api', 'API', 'api')"))
        assert (await reader.execute(count)).scalar_one() == before


async def test_what_is_committed_survives_the_sudden_end_of_the_process(
    storage: SqlStorage, database_address: str
) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", COMMIT_AND_DIE, database_address)
    assert await process.wait() == -signal.SIGKILL

    assert [service.name for service in await storage.read.find_services("", 9)] == ["Committed"]


async def test_one_process_at_a_time_works_with_an_sqlite_file(sqlite_address: str) -> None:
    first, second = (Database(database_url(sqlite_address)) for _ in range(2))
    with first.sole_use(), pytest.raises(DatabaseInUse, match=r"tocsin\.db"), second.sole_use():
        pass
    with second.sole_use():
        pass


async def test_several_processes_work_with_one_postgresql(postgresql_address: str) -> None:
    first, second = (Database(database_url(postgresql_address)) for _ in range(2))
    with first.sole_use(), second.sole_use():
        assert first.is_postgresql


async def test_a_connection_that_postgresql_has_closed_is_given_to_nobody(postgresql_address: str) -> None:
    database, other = [Database(database_url(postgresql_address)) for _ in range(2)]
    backend = text("SELECT pg_backend_pid()")
    async with database.reading() as connection:
        process = (await connection.execute(backend)).scalar_one()
    async with other.writing() as connection:
        until_gone = text("SELECT pg_terminate_backend(:process, 5000)")
        assert (await connection.execute(until_gone, {"process": process})).scalar_one()
    for way in (database.glancing, database.reading, database.writing):
        async with way() as connection:
            assert (await connection.execute(backend)).scalar_one() != process
    for each in (database, other):
        await each.close()
