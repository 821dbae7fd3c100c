"""The database itself refuses to change what is on a timeline."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from incidents.actions.comment import comment
from incidents.actions.declare import Declare, declare
from incidents.core import Core
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA


async def attempt(storage: SqlStorage, statement: str) -> None:
    async with storage.database.writing() as connection:
        await connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline_entries SET fact = '{}'",
        'UPDATE timeline_entries SET "key" = false WHERE number = 1',
        "DELETE FROM timeline_entries WHERE number = 2",
        "DELETE FROM timeline_entries",
    ],
)
async def test_an_entry_can_be_neither_changed_nor_deleted(core: Core, storage: SqlStorage, statement: str) -> None:
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    before = await storage.read.entries(1, 1, 9)

    with pytest.raises(IntegrityError, match="append-only"):
        await attempt(storage, statement)

    assert await storage.read.entries(1, 1, 9) == before


async def test_postgresql_refuses_to_empty_the_table(postgresql_address: str) -> None:
    storage = await SqlStorage.open(postgresql_address)

    with pytest.raises(DBAPIError, match="append-only"):
        await attempt(storage, "TRUNCATE timeline_entries")
    await storage.close()


@pytest.mark.parametrize("replaced", ["number, origin", "number + 9, origin", "number, NULL"])
async def test_sqlite_refuses_to_replace_an_entry(sqlite_address: str, clock: Clock, replaced: str) -> None:
    storage = await SqlStorage.open(sqlite_address)
    await declare(Core(storage, clock), Declare(ANA, "form", "Checkout fails"))
    columns = 'happened_at, recorded_at, "by", kind, "key", fact, previous, hash'

    with pytest.raises(IntegrityError, match="append-only"):
        await attempt(
            storage,
            f"INSERT OR REPLACE INTO timeline_entries (incident, number, origin, {columns}) "
            f"SELECT incident, {replaced}, {columns} FROM timeline_entries WHERE number = 1",
        )
    await storage.close()


async def test_a_delivery_that_stands_on_a_timeline_is_refused_a_second_time_by_the_database(core: Core) -> None:
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    await comment(core, 1, ANA, "Once", origin="delivery")

    with pytest.raises(IntegrityError):
        async with core.changing(1, ANA) as (_, incident):
            incident.comment("Twice", core.act(ANA, "delivery"))
