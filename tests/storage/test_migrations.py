"""Migrations make just the tables the code works with, can be taken back, and run once however many start them."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from incidents.actions.declare import Declare, declare
from incidents.consequences import JobKind, NewJob
from incidents.core import Core
from incidents.ports import Post, Purpose
from storage.database import Database, database_url
from storage.migrate import migrate, unmigrate
from storage.standing import UnknownMigration, is_up_to_date
from storage.storage import SqlStorage
from storage.tables import metadata
from tests.storage.conftest import Clock
from tests.storage.people import ANA, ROOM

SOMETIME = datetime(2026, 3, 1, 4, tzinfo=UTC)


async def tables(address: str) -> Collection[str]:
    database = Database(database_url(address))
    try:
        async with database.reading() as connection:
            return await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    finally:
        await database.close()


def differences(connection: Connection) -> Any:
    return compare_metadata(MigrationContext.configure(connection), metadata)


async def test_the_migrated_tables_are_those_the_code_knows(empty_database: str) -> None:
    storage = await SqlStorage.open(empty_database)

    async with storage.database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await storage.close()


async def test_migrations_go_up_down_and_up_again(empty_database: str, clock: Clock) -> None:
    for _ in range(2):
        storage = await SqlStorage.open(empty_database)
        await declare(Core(storage, clock), Declare(ANA, "form", "Checkout fails"))
        assert await storage.read.incident(1) is not None
        await storage.close()

        await unmigrate(empty_database)
        assert set(await tables(empty_database)) == {"alembic_version"}


async def test_opening_what_is_up_to_date_keeps_what_is_there(empty_database: str, clock: Clock) -> None:
    for number in (1, 2):
        storage = await SqlStorage.open(empty_database)
        made = await declare(Core(storage, clock), Declare(ANA, f"form {number}", "Checkout fails"))
        assert made.number == number
        await storage.close()


async def test_whether_there_is_something_to_migrate_is_known_without_migrating(empty_database: str) -> None:
    assert not await is_up_to_date(empty_database)
    await migrate(empty_database)
    assert await is_up_to_date(empty_database)
    await unmigrate(empty_database, "-1")
    assert not await is_up_to_date(empty_database)


async def test_several_that_start_at_once_migrate_once(empty_database: str) -> None:
    await asyncio.gather(*(migrate(empty_database) for _ in range(5)))

    assert set(await tables(empty_database)) == {*metadata.tables, "alembic_version"}


async def test_the_downgrade_leaves_no_function_behind(postgresql_address: str) -> None:
    await unmigrate(postgresql_address)
    await migrate(postgresql_address)


async def test_a_database_from_a_newer_version_is_refused_in_words(storage: SqlStorage, database_address: str) -> None:
    async with storage.database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'of_the_future'"))

    with pytest.raises(UnknownMigration, match="newer Tocsin"):
        await SqlStorage.open(database_address)


ROWS = (
    "INSERT INTO services (id, name, folded) VALUES ('checkout', 'Checkout', 'checkout')",
    "INSERT INTO incidents (number, title, summary, folded, severity, status, private, declared_by, declared_at, "
    "channel_archived, length, hash) VALUES (1, 'Checkout fails', '', 'checkout fails', 3, 'declared', false, "
    "'slack:U1', '2026-03-01 03:12:00.000000+00:00', false, 0, '')",
    "INSERT INTO posts (incident, purpose, channel, message) VALUES (1, 'card', 'slack:C1', '17.1')",
    "INSERT INTO jobs (kind, incident, lane, due_at, first_entry, last_entry, failures, reason) VALUES "
    "('show_card', 1, 'INC-1/channel', '2026-03-01 03:12:00.000000+00:00', 2, 5, 3, 'Slack was away')",
)


async def write(address: str, *statements: str) -> None:
    database = Database(database_url(address))
    async with database.writing() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await database.close()


async def read(address: str, query: str) -> list[tuple[Any, ...]]:
    database = Database(database_url(address))
    async with database.reading() as connection:
        rows = [tuple(row) for row in await connection.execute(text(query))]
    await database.close()
    return rows


async def test_what_was_waiting_and_posted_before_is_kept_up_and_down(empty_database: str) -> None:
    await migrate(empty_database, "first_incident")
    await write(empty_database, *ROWS)

    storage = await SqlStorage.open(empty_database)
    assert [post.message for post in await storage.read.posts(1, Purpose.CARD)] == ["17.1"]
    assert (await storage.read.organisation.current()).services["checkout"].name == "Checkout"
    (lease,), _ = await storage.jobs.lease("me", list(JobKind), SOMETIME, SOMETIME, 5)
    assert (lease.job.subject, lease.job.first, lease.job.last, lease.failures) == (1, 2, 5, 3)
    async with storage.transaction() as unit:
        due = NewJob(JobKind.ESCALATE, 7, "escalation-7", SOMETIME, 0, 0, None)
        await unit.enqueue([due])
        await unit.remember_post(Post(7, Purpose.CALL, ROOM, "18.1"))
    await storage.close()

    await unmigrate(empty_database, "first_incident")
    jobs = "SELECT kind, incident, lane, first_entry, last_entry, failures FROM jobs"
    assert await read(empty_database, jobs) == [("show_card", 1, "INC-1/channel", 2, 5, 3)]
    assert await read(empty_database, "SELECT incident, purpose, message FROM posts") == [(1, "card", "17.1")]
    assert await read(empty_database, "SELECT id, name FROM services") == [("checkout", "Checkout")]
    await migrate(empty_database)
