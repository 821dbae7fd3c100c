"""Changing the organisation: what is needed stays, and two who change it at once lose nothing of each other's."""

import asyncio

import pytest

from incidents.actions.alerts import receive
from incidents.actions.change import change_status
from incidents.actions.declare import Declare, declare
from incidents.actions.organisation import ChangedMeanwhile, NotThere, StillNeeded, apply, change, foresee, remove
from incidents.actions.paging import PageRequest, page
from incidents.actions.subscribe import subscribe
from incidents.core import Core
from incidents.model.organisation import (
    AlertSource,
    Kind,
    Organisation,
    OwnedService,
    Part,
    Policy,
    Schedule,
    Step,
    Target,
    Team,
    Tool,
)
from incidents.model.signal import Signal, SignalKind
from incidents.model.vocabulary import Impact, Severity, Status
from storage.storage import SqlStorage
from tests.storage.people import ANA, BEN

WHOLE = Organisation(
    teams={"payments": Team(name="Payments", members=(ANA,)), "sre": Team(name="SRE", members=(BEN,))},
    services={"checkout": OwnedService(name="Checkout", owner="payments"), "api": OwnedService(name="API")},
    schedules={"first": Schedule(name="First line", calendar="https://calendar.example/first.ics")},
    policies={"payments": Policy(name="Payments", steps=(Step(targets=(Target("schedule:first"),)),))},
    sources={
        "prometheus": AlertSource(
            name="Prometheus", tool=Tool.ALERTMANAGER, channel="alerts", policy="payments", pages_from=Severity.SEV1
        ),
        "idle": AlertSource(name="Idle", tool=Tool.GENERIC, channel="alerts"),
    },
)
NOTHING = Organisation()


async def stands(core: Core, organisation: Organisation = WHOLE) -> int:
    """Have it stand; gives its version."""
    version = (await core.storage.read.organisation.standing()).version
    await apply(core, organisation, version)
    return (await core.storage.read.organisation.standing()).version


async def left(core: Core, wanted: Organisation = NOTHING) -> dict[str, str]:
    """What stays, and why, when ``wanted`` is applied."""
    made = await apply(core, wanted, (await core.storage.read.organisation.standing()).version)
    assert await core.storage.read.organisation.current() == made.after
    return {str(part): why for part, why in made.kept.items()}


async def test_what_nothing_needs_goes(core: Core) -> None:
    await stands(core)

    assert await left(core) == {}
    assert await core.storage.read.organisation.current() == NOTHING


async def test_an_affected_service_stays_until_its_incidents_are_over(core: Core) -> None:
    await stands(core)
    for form in ("one", "two"):
        await declare(core, Declare(ANA, form, "Fails", impacts={"checkout": Impact.DEGRADED}))
    kept = await left(core)

    assert kept == {
        "service checkout": "INC-1 and 1 more are open and need it",
        "team payments": "service checkout names it",
    }
    await change_status(core, 1, ANA, Status.RESOLVED)
    assert (await left(core))["service checkout"] == "INC-2 is open and needs it"
    await change_status(core, 2, ANA, Status.RESOLVED)
    assert await left(core) == {}


async def test_a_source_with_open_alerts_stays_and_so_does_how_it_pages(core: Core) -> None:
    await stands(core)
    await receive(core, "prometheus", [Signal(kind=SignalKind.FIRE, key="disk", title="Disk full")])
    kept = await left(core)

    assert kept == {
        "source prometheus": "one of its alerts is open",
        "policy payments": "source prometheus names it",
        "schedule first": "policy payments names it",
    }
    await receive(core, "prometheus", [Signal(kind=SignalKind.RESOLVE, key="disk")])
    assert await left(core) == {}


async def test_what_is_being_paged_stays(core: Core) -> None:
    await stands(core)
    await declare(core, Declare(ANA, "form", "Fails"))
    await page(core, PageRequest(ANA, 1, [Target("policy:payments"), Target("team:sre")]))

    assert await left(core) == {
        "policy payments": "people are being paged by it",
        "schedule first": "people are being paged by it",
        "team sre": "people are being paged by it",
    }


async def test_a_team_that_is_told_of_an_incident_stays(core: Core) -> None:
    await stands(core)
    await declare(core, Declare(ANA, "form", "Fails"))
    await subscribe(core, 1, ANA, Target("team:sre"))

    assert await left(core) == {"team sre": "INC-1 is open and needs it"}


async def test_what_would_happen_is_foreseen_and_does_not_happen(core: Core) -> None:
    await stands(core)
    made = await foresee(core, NOTHING)

    assert made.after == NOTHING
    assert await core.storage.read.organisation.current() == WHOLE


async def test_whoever_saw_what_is_gone_changes_nothing(core: Core) -> None:
    seen = await stands(core)
    await stands(core, NOTHING)

    with pytest.raises(ChangedMeanwhile):
        await apply(core, WHOLE, seen)
    assert await core.storage.read.organisation.current() == NOTHING


async def test_of_two_who_apply_at_once_one_is_told(core: Core, storage: SqlStorage) -> None:
    seen = await stands(core)
    files = [Organisation(services={id: OwnedService(name=id)}) for id in ("a", "b")]
    results = await asyncio.gather(*(apply(core, file, seen) for file in files), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "Reorganisation"]


async def test_what_names_nothing_that_is_there_is_refused(core: Core) -> None:
    seen = await stands(core)
    wanted = Organisation(services={"api": OwnedService(name="API", owner="nobody")})

    with pytest.raises(NotThere, match="service api names team nobody, which is not there"):
        await apply(core, wanted, seen)
    with pytest.raises(NotThere, match='called "api"'):
        await change(core, Part(Kind.SERVICE, "new"), None, OwnedService(name="New", alias=("api",)))


async def test_one_part_is_changed_by_whoever_saw_it_as_it_is(core: Core) -> None:
    await stands(core)
    part, seen = Part(Kind.TEAM, "sre"), WHOLE.teams["sre"]
    await change(core, part, seen, Team(name="Reliability", members=(ANA, BEN)))

    with pytest.raises(ChangedMeanwhile):
        await change(core, part, seen, Team(name="Other", members=(ANA,)))
    with pytest.raises(ChangedMeanwhile):
        await change(core, part, None, Team(name="Other", members=(ANA,)))
    changed = await core.storage.read.organisation.current()
    assert changed.teams == {**WHOLE.teams, "sre": Team(name="Reliability", members=(ANA, BEN))}
    assert changed.model_copy(update={"teams": WHOLE.teams}) == WHOLE


async def test_one_part_is_removed_where_nothing_needs_it(core: Core) -> None:
    await stands(core)
    with pytest.raises(StillNeeded, match="Team payments can't be removed, because service checkout names it"):
        await remove(core, Part(Kind.TEAM, "payments"))

    await remove(core, Part(Kind.SERVICE, "checkout"))
    await remove(core, Part(Kind.TEAM, "payments"))
    await remove(core, Part(Kind.TEAM, "payments"))
    assert set((await core.storage.read.organisation.current()).teams) == {"sre"}
