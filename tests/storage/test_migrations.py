"""Migrations make just the tables the code works with, can be taken back, and run once however many start them."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from incidents.actions.declare import Declare, declare
from incidents.core import Core
from storage.database import Database, database_url
from storage.migrate import UnknownMigration, migrate, unmigrate
from storage.storage import SqlStorage
from storage.tables import metadata
from tests.storage.conftest import Clock
from tests.storage.people import ANA


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
