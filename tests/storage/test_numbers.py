"""INC-n is given out without gaps and without duplicates, whoever declares at the same time."""

import asyncio
import sys

import pytest

from incidents.actions.declare import Declare, declare
from incidents.core import Core
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA

DECLARE_MANY = """
import asyncio, sys
from datetime import UTC, datetime
from incidents.actions.declare import Declare, declare
from incidents.core import Core
from incidents.model.identity import Person
from storage.storage import SqlStorage

async def main(address: str, name: str) -> None:
    storage = await SqlStorage.open(address)
    core = Core(storage, lambda: datetime.now(UTC))
    by = Person.of("slack", name)
    await asyncio.gather(*(declare(core, Declare(by, f"{name}/{i}", f"{name} {i}")) for i in range(25)))
    await storage.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_fifty_declares_at_once_get_fifty_numbers_in_a_row(core: Core) -> None:
    declared = await asyncio.gather(*(declare(core, Declare(ANA, f"form {i}", f"Title {i}")) for i in range(50)))

    assert sorted(incident.number for incident in declared) == list(range(1, 51))


async def test_two_processes_that_declare_at_once_share_one_sequence(database_address: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", DECLARE_MANY, database_address, name)
        for name in ("one", "two")
    ]
    assert [await process.wait() for process in processes] == [0, 0]

    storage = await SqlStorage.open(database_address)
    assert [n for n in range(1, 60) if await storage.read.incident(n)] == list(range(1, 51))
    await storage.close()


async def test_a_declare_that_fails_leaves_no_gap(core: Core, storage: SqlStorage) -> None:
    with pytest.raises(ZeroDivisionError):
        async with storage.transaction() as unit:
            assert await unit.next_number() == 1
            raise ZeroDivisionError

    assert (await declare(core, Declare(ANA, "form", "Checkout fails"))).number == 1


async def test_the_same_form_delivered_many_times_at_once_declares_once(core: Core) -> None:
    declared = await asyncio.gather(*(declare(core, Declare(ANA, "form", "Checkout fails")) for _ in range(10)))

    assert {incident.number for incident in declared} == {1}
    assert await core.storage.read.incident(2) is None


async def test_the_same_form_delivered_to_two_processes_declares_once(postgresql_address: str, clock: Clock) -> None:
    storages = [await SqlStorage.open(postgresql_address) for _ in range(2)]
    forms = [declare(Core(storage, clock), Declare(ANA, "form", "Checkout fails")) for storage in storages * 5]

    assert {incident.number for incident in await asyncio.gather(*forms)} == {1}
    for storage in storages:
        await storage.close()
