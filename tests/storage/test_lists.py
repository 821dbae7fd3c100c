"""Lists show what the viewer may see, in the product's order, page by page without loss."""

from collections.abc import Sequence

import pytest

from incidents.actions import change, respond
from incidents.actions.declare import Declare, declare
from incidents.actions.organisation import apply
from incidents.actions.paging import proceed
from incidents.actions.subscribe import subscribe
from incidents.core import Core
from incidents.model.identity import TOCSIN, Person
from incidents.model.organisation import Organisation, OwnedService, Target, TargetKind, Team
from incidents.model.vocabulary import Impact, Severity, Status
from incidents.ports import IncidentPage, IncidentQuery, TimelineQuery
from storage.cursor import BadCursor
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN, CLEO, DAN, EVE


async def declared(core: Core, *titles: str, by: Person = ANA, **more: object) -> None:
    for title in titles:
        await declare(core, Declare(by, f"form {title}", title, **more))  # type: ignore[arg-type]


def numbers(page: IncidentPage) -> list[int]:
    return [incident.number for incident in page.incidents]


async def every_page(storage: SqlStorage, query: IncidentQuery) -> Sequence[list[int]]:
    pages, after = [], None
    while True:
        asked = IncidentQuery(query.viewer, query.state, after=after, limit=query.limit)
        page = await storage.read.find(asked)
        pages.append(numbers(page))
        if page.next is None:
            return pages
        after = page.next


async def test_open_incidents_come_most_urgent_first_then_newest(core: Core, storage: SqlStorage) -> None:
    for number, severity in enumerate([3, 1, 3, 5, 1], start=1):
        await declared(core, f"Title {number}", severity=Severity(severity))
    await change.change_status(core, 2, ANA, Status.RESOLVED)

    assert numbers(await storage.read.find(IncidentQuery(ANA))) == [5, 3, 1, 4]
    assert numbers(await storage.read.find(IncidentQuery(ANA, "resolved"))) == [2]
    assert numbers(await storage.read.find(IncidentQuery(ANA, "all"))) == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("state", ["open", "all"])
async def test_pages_hold_each_incident_once(core: Core, storage: SqlStorage, state: str) -> None:
    for number in range(1, 24):
        await declared(core, f"Title {number}", severity=Severity(1 + number % 5))
    query = IncidentQuery(ANA, state, limit=5)  # type: ignore[arg-type]

    pages = await every_page(storage, query)

    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [number for page in pages for number in page] == numbers(
        await storage.read.find(IncidentQuery(ANA, query.state, limit=100))
    )
    assert (await storage.read.find(query)).total == 23


async def test_an_incident_declared_while_somebody_pages_shifts_nothing(core: Core, storage: SqlStorage) -> None:
    await declared(core, "One", "Two", "Three")
    first = await storage.read.find(IncidentQuery(ANA, limit=2))
    await declared(core, "Four")

    second = await storage.read.find(IncidentQuery(ANA, after=first.next, limit=2))

    assert (numbers(first), numbers(second), second.next) == ([3, 2], [1], None)


async def test_a_page_that_is_just_full_is_the_last(core: Core, storage: SqlStorage) -> None:
    await declared(core, "One", "Two")

    assert (await storage.read.find(IncidentQuery(ANA, limit=2))).next is None


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", "WzFd", "WyIxIiwyXQ=="])
async def test_a_cursor_that_is_none_is_refused(storage: SqlStorage, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await storage.read.find(IncidentQuery(ANA, after=cursor))


async def test_filters_narrow_the_list_and_its_total(core: Core, storage: SqlStorage) -> None:
    owned = OwnedService(name="Checkout", owner="payments"), OwnedService(name="API")
    teams = {"payments": Team(name="Payments", members=(BEN,))}
    await apply(core, Organisation(services=dict(zip(("checkout", "api"), owned, strict=True)), teams=teams), 0)
    await declared(core, "Ströme fallen AUS", severity=Severity.SEV1, impacts={"checkout": Impact.DEGRADED})
    await declared(core, "100% of_things", by=BEN, summary="All the CAFÉS")
    await declared(core, "Paging", by=BEN)
    await respond.join(core, 3, ANA)

    async def found(**filters: object) -> list[int]:
        page = await storage.read.find(IncidentQuery(ANA, **filters))  # type: ignore[arg-type]
        assert page.total == len(page.incidents)
        return numbers(page)

    assert await found(severity=Severity.SEV1) == [1]
    assert await found(service="checkout") == [1]
    assert await found(service="api") == []
    assert await found(team="payments") == [1]
    assert await found(team="payments", service="api") == []
    assert await found(team="nobody") == []
    assert await found(mine=True) == [1, 3]
    assert await found(text="STRÖME") == [1]
    assert await found(text="cafés") == [2]
    assert await found(text="0% of_") == [2]
    assert await found(text="0_%") == []
    assert await found(text="a\x00\ud800") == []
    assert await found(text="x" * 100_000) == []


async def test_a_private_incident_exists_for_its_people_alone(core: Core, storage: SqlStorage) -> None:
    await declared(core, "Leak", private=True, page=[Target.of(TargetKind.PERSON, BEN)])
    await proceed(core, 1, 0, {})
    await subscribe(core, 1, ANA, Target.of(TargetKind.PERSON, EVE))
    await declared(core, "Public")
    await respond.leave(core, 1, ANA)

    async def seen(by: Person) -> tuple[list[int], int]:
        page = await storage.read.find(IncidentQuery(by, "all"))
        return numbers(page), page.total

    assert await seen(ANA) == ([2, 1], 2), "whoever declared it"
    assert await seen(BEN) == ([2, 1], 2), "who was paged for it"
    assert await seen(EVE) == ([2, 1], 2), "who watches it"
    assert await seen(CLEO) == ([2], 1)
    assert await seen(TOCSIN) == ([2, 1], 2)

    await respond.lead(core, 1, ANA, CLEO)
    assert await seen(CLEO) == ([2, 1], 2), "who was made its commander"
    assert await seen(DAN) == ([2], 1)


async def test_the_timeline_is_paged_backwards_by_the_time_things_happened(
    core: Core, storage: SqlStorage, clock: Clock
) -> None:
    await declared(core, "Checkout fails")
    for severity in [1, 2, 3, 4, 5, 1]:
        clock.pass_by(seconds=severity % 2)
        await change.change_severity(core, 1, ANA, Severity(severity))

    stretches, before = [], None
    while not stretches or before is not None:
        page = await storage.read.timeline(TimelineQuery(1, before=before, limit=3))
        stretches.insert(0, [entry.number for entry in page.entries])
        before = page.earlier

    assert stretches == [[1, 2], [3, 4, 5], [6, 7, 8]]
