"""Whoever tampers with the rows is found out, and the first broken entry is named."""

import pytest
from sqlalchemy import text

from incidents.actions.comment import comment
from incidents.actions.declare import Declare, declare
from incidents.core import Core
from incidents.model.refusals import NoSuchIncident
from storage.storage import SqlStorage
from storage.verify import verify
from tests.storage.conftest import Clock
from tests.storage.people import ANA


@pytest.fixture
async def told(core: Core) -> Core:
    """INC-1 with six entries."""
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    for note in range(4):
        await comment(core, 1, ANA, f"Note {note}")
    return core


async def tamper(storage: SqlStorage, statement: str) -> None:
    """Do what an intruder with all rights would do."""
    if storage.database.is_postgresql:
        off = ["ALTER TABLE timeline_entries DISABLE TRIGGER ALL"]
    else:
        off = [f"DROP TRIGGER timeline_entries_no_{event}" for event in ("update", "delete", "replace")]
    async with storage.database.writing() as connection:
        for each in [*off, statement]:
            await connection.execute(text(each))


async def test_an_untouched_timeline_is_whole(told: Core, storage: SqlStorage) -> None:
    assert await verify(storage, 1) is None


@pytest.mark.parametrize(
    "change",
    [
        "fact = replace(fact, 'Note 1', 'Note 9')",
        "\"by\" = 'slack:UEVE'",
        "origin = 'elsewhere'",
        "happened_at = recorded_at, recorded_at = '2020-01-01 00:00:00.000000'",
        "kind = 'message'",
        '"key" = false',
        "number = 44",
        f"hash = '{'0' * 64}'",
        f"previous = '{'0' * 64}'",
    ],
)
async def test_a_changed_entry_is_named(told: Core, storage: SqlStorage, change: str) -> None:
    await tamper(storage, f"UPDATE timeline_entries SET {change} WHERE number = 4")

    assert await verify(storage, 1) == 4


@pytest.mark.parametrize(
    "garbage", ["happened_at = 'yesterday'", "fact = 'nonsense'", "fact = x'00'", "origin = x'00'", "hash = 7"]
)
async def test_garbage_in_sqlites_loose_columns_is_named(sqlite_address: str, clock: Clock, garbage: str) -> None:
    storage = await SqlStorage.open(sqlite_address)
    await declare(Core(storage, clock), Declare(ANA, "form", "Checkout fails"))
    await tamper(storage, f"UPDATE timeline_entries SET {garbage} WHERE number = 2")

    assert await verify(storage, 1) == 2
    await storage.close()


async def test_an_entry_taken_out_of_the_middle_is_named(told: Core, storage: SqlStorage) -> None:
    await tamper(storage, "DELETE FROM timeline_entries WHERE number = 3")

    assert await verify(storage, 1) == 3


@pytest.mark.parametrize("kept", [0, 1, 5])
async def test_a_cut_off_tail_is_named(told: Core, storage: SqlStorage, kept: int) -> None:
    await tamper(storage, f"DELETE FROM timeline_entries WHERE number > {kept}")

    assert await verify(storage, 1) == kept + 1


async def test_what_is_no_incident_cannot_be_checked(storage: SqlStorage) -> None:
    with pytest.raises(NoSuchIncident):
        await verify(storage, 1)
