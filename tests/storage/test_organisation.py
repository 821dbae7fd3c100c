"""The organisation is kept whole and read cheaply, and alert sources are known by keys that nobody can read."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text

from incidents.actions.keys import NoSuchSource, new_key, source_with_key
from incidents.actions.services import register_services
from incidents.core import Core
from incidents.model.organisation import (
    AlertSource,
    Channels,
    Notifications,
    Organisation,
    Outside,
    OwnedService,
    Policy,
    Rotation,
    Schedule,
    Step,
    Target,
    Team,
    Tool,
)
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN

WHOLE = Organisation(
    teams={"payments": Team(name="Payments", members=(ANA, BEN))},
    services={"checkout": OwnedService(name="Checkout", owner="payments", alias=("shop",))},
    schedules={"first": Schedule(name="First line", rotation=Rotation(members=(BEN, ANA), start=date(2026, 1, 5)))},
    policies={"payments": Policy(name="Payments", steps=(Step(targets=(Target("schedule:first"),)),))},
    sources={
        "prometheus": AlertSource(name="Prometheus", tool=Tool.ALERTMANAGER, channel="#alerts", policy="payments")
    },
    people={ANA: Notifications(outside=(Outside(url="mailto://${MAIL}", after=2),))},
    channels=Channels(announcements=("incidents",)),
)


async def save(storage: SqlStorage, organisation: Organisation) -> None:
    async with storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organisation)


async def test_what_was_saved_is_read_back(storage: SqlStorage, database_address: str) -> None:
    await save(storage, WHOLE)
    again = await SqlStorage.open(database_address)

    assert await storage.read.organisation.current() == WHOLE
    assert await again.read.organisation.current() == WHOLE
    async with again.transaction() as unit:
        assert await unit.organisation.current() == WHOLE
    await again.close()


async def test_another_process_sees_a_change_at_once(storage: SqlStorage, database_address: str) -> None:
    other = await SqlStorage.open(database_address)
    assert await other.read.organisation.current() == Organisation()

    await save(storage, WHOLE)
    assert await other.read.organisation.current() == WHOLE
    await save(storage, Organisation())
    assert await other.read.organisation.current() == Organisation()
    await other.close()


async def test_what_is_taken_back_was_never_seen(storage: SqlStorage) -> None:
    with pytest.raises(ZeroDivisionError):
        async with storage.transaction() as unit:
            await unit.organisation.save(WHOLE)
            assert await unit.organisation.current() == WHOLE
            raise ZeroDivisionError
    assert await storage.read.organisation.current() == Organisation()

    await save(storage, Organisation(services={"api": OwnedService(name="API")}))
    assert list((await storage.read.organisation.current()).services) == ["api"]


async def test_saving_what_stands_is_no_change(storage: SqlStorage) -> None:
    await save(storage, WHOLE)
    before = await storage.read.organisation.standing()
    await save(storage, WHOLE)

    assert await storage.read.organisation.standing() == before


async def test_reading_what_has_not_changed_asks_one_question(core: Core, storage: SqlStorage) -> None:
    await save(storage, WHOLE)
    key = await new_key(core, "prometheus")
    await source_with_key(core, key)
    asked: list[str] = []
    for engine in {storage.database._reader.sync_engine, storage.database._glancer.sync_engine}:
        event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))

    await source_with_key(core, key)
    await storage.read.organisation.current()

    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2


async def test_two_who_add_services_at_once_lose_none(core: Core, storage: SqlStorage) -> None:
    names = [f"Service {number}" for number in range(10)]
    await asyncio.gather(*(register_services(core, [name]) for name in names))

    assert {service.name for service in (await storage.read.organisation.current()).services.values()} == set(names)
    assert len(await storage.read.find_services("", 99)) == 10


async def test_a_service_that_is_gone_is_offered_no_more_but_known(core: Core, storage: SqlStorage) -> None:
    await register_services(core, ["Checkout", "API"])
    await save(storage, Organisation(services={"api": OwnedService(name="API")}))

    assert [service.id for service in await storage.read.find_services("", 9)] == ["api"]
    async with storage.transaction() as unit:
        assert [service.id for service in await unit.services(["checkout", "api"])] == ["api", "checkout"]


async def test_a_name_alone_changes_nothing_else_of_a_service(core: Core, storage: SqlStorage) -> None:
    await save(storage, WHOLE)
    await register_services(core, ["CHECKOUT"])

    assert (await storage.read.organisation.current()).services == {
        "checkout": OwnedService(name="CHECKOUT", owner="payments", alias=("shop",))
    }


async def test_a_source_is_known_by_its_key(core: Core, storage: SqlStorage) -> None:
    await save(storage, WHOLE)
    key = await new_key(core, "prometheus")

    assert await source_with_key(core, key) == ("prometheus", WHOLE.sources["prometheus"])
    assert await source_with_key(core, key + "x") is None
    assert await source_with_key(core, "") is None
    assert await source_with_key(core, "\ud83d") is None


async def test_the_key_before_lives_a_day_longer_and_older_ones_no_longer_for_it(
    core: Core, clock: Clock, storage: SqlStorage
) -> None:
    await save(storage, WHOLE)
    first = await new_key(core, "prometheus")
    clock.pass_by(hours=1)
    second = await new_key(core, "prometheus")
    clock.pass_by(hours=12)
    third = await new_key(core, "prometheus")
    valid = [await source_with_key(core, key) is not None for key in (first, second, third)]
    clock.pass_by(hours=13)
    later = [await source_with_key(core, key) is not None for key in (first, second, third)]
    clock.pass_by(hours=12)
    latest = [await source_with_key(core, key) is not None for key in (first, second, third)]

    assert (valid, later, latest) == ([True] * 3, [False, True, True], [False, False, True])


async def test_no_key_is_stored(core: Core, storage: SqlStorage) -> None:
    await save(storage, WHOLE)
    key = await new_key(core, "prometheus")
    assert len(key) >= 43

    async with storage.database.reading() as connection:
        rows = (await connection.execute(text("SELECT * FROM source_keys"))).all()
    assert len(rows) == 1
    assert key not in str(rows)


async def test_the_keys_of_a_source_go_with_it(core: Core, clock: Clock, storage: SqlStorage) -> None:
    await save(storage, WHOLE)
    key = await new_key(core, "prometheus")
    await save(storage, WHOLE.model_copy(update={"sources": {}}))
    assert await source_with_key(core, key) is None
    await save(storage, WHOLE)
    clock.pass_by(seconds=timedelta(days=1).total_seconds())

    assert await source_with_key(core, key) is None
    with pytest.raises(NoSuchSource, match="prometheus"):
        await new_key(core, "promtheus")
