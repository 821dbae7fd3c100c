"""Alerts on both databases: what one key means, what comes twice or late, storms, and who is on what with whom."""

import asyncio

import pytest

from incidents.actions.alert_response import (
    accept_alert,
    accept_storm,
    escalate_alert,
    link_alert,
    resolve_alert,
    unlink_alert,
)
from incidents.actions.alerts import UnknownSource, receive
from incidents.actions.change import change_status, reopen
from incidents.actions.channel import attach_channel
from incidents.actions.declare import Declare, declare
from incidents.actions.paging import proceed
from incidents.actions.respond import join, leave
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.model import facts
from incidents.model.alert import Alert, tool
from incidents.model.escalation import About, Escalation, EscalationState
from incidents.model.identity import TOCSIN, Person
from incidents.model.organisation import AlertSource, Organisation, OwnedService, Policy, Step, Target, TargetKind, Tool
from incidents.model.refusals import (
    AlertInPrivate,
    AlertLinkedElsewhere,
    AlertNotLinked,
    AlertOver,
    AlertTaken,
    IncidentResolved,
    NoPolicy,
    NoSuchAlert,
    NoSuchIncident,
)
from incidents.model.signal import Signal, SignalKind
from incidents.model.storm import CALM, LONGEST, MANY, WITHIN
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN, CLEO, ROOM

SOURCE = "prometheus"


def organisation(**more: object) -> Organisation:
    source = {"name": "Prometheus", "tool": Tool.ALERTMANAGER, "channel": "alerts", "policy": "first", **more}
    steps = tuple(Step(targets=(Target.of(TargetKind.PERSON, person),)) for person in (ANA, BEN))
    return Organisation(
        services={"checkout": OwnedService(name="Checkout", alias=("shop",))},
        policies={"first": Policy(name="First line", steps=steps)},
        sources={SOURCE: AlertSource.model_validate(source), "other": AlertSource.model_validate(source)},
    )


@pytest.fixture(autouse=True)
async def organised(storage: SqlStorage) -> None:
    await has(storage, organisation())


async def has(storage: SqlStorage, organised: Organisation) -> None:
    async with storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organised)


def fire(key: str = "a", **more: object) -> Signal:
    return Signal.model_validate({"kind": SignalKind.FIRE, "key": key, "title": "5xx", **more})


def say(kind: SignalKind, key: str = "a", **more: object) -> Signal:
    return Signal.model_validate({"kind": kind, "key": key, **more})


async def tell(core: Core, *signals: Signal) -> None:
    await receive(core, SOURCE, signals)


async def alerts(storage: SqlStorage) -> list[Alert]:
    """All alerts, oldest first."""
    found = [await storage.read.alerts.alert(number) for number in range(1, 50)]
    return [alert for alert in found if alert is not None]


async def the_alert(storage: SqlStorage) -> Alert:
    [alert] = await alerts(storage)
    return alert


async def happened(storage: SqlStorage, number: int = 1) -> list[str]:
    return [entry.event.kind for entry in await storage.read.alerts.log(number)]


async def escalations(storage: SqlStorage, *abouts: About) -> list[Escalation]:
    return await storage.read.paging.about(list(abouts) or [About(alert=1)])


async def call_first(core: Core, storage: SqlStorage) -> None:
    """The first step of what is begun about the first alert calls its people."""
    [escalation] = await escalations(storage)
    await proceed(core, escalation.id, 0, {})


# What the tool says


async def test_what_a_tool_says_is_kept(core: Core, storage: SqlStorage, clock: Clock) -> None:
    told = fire(
        severity=Severity.SEV1,
        details="502s",
        service="SHOP",
        link="https://p.example",
        runbook="https://r.example",
        labels={"job": "api"},
        episode="1",
    )
    await tell(core, told)

    alert = await the_alert(storage)
    assert (alert.number, alert.source, alert.key, alert.title, alert.details) == (1, SOURCE, "a", "5xx", "502s")
    assert (alert.service, alert.service_name) == ("checkout", "Checkout")
    assert (alert.link, alert.runbook, alert.labels) == ("https://p.example", "https://r.example", {"job": "api"})
    assert (alert.severity, alert.status, alert.began_at) == (Severity.SEV1, AlertStatus.PENDING, clock.now)
    assert await storage.jobs.pending([JobKind.SHOW_ALERT], clock.now) == 1


async def test_the_same_key_while_open_adds_to_the_alert(core: Core, storage: SqlStorage, clock: Clock) -> None:
    await tell(core, fire())
    clock.pass_by(minutes=1)
    await tell(
        core, fire(title="5xx at 40 %", severity=Severity.SEV1), fire(title="5xx at 50 %", severity=Severity.SEV1)
    )

    alert = await the_alert(storage)
    assert (alert.times, alert.title, alert.severity, alert.last_at) == (3, "5xx at 50 %", Severity.SEV1, clock.now)
    assert await happened(storage) == ["fired", "severity_reported"]
    assert len(await escalations(storage)) == 1


async def test_the_same_key_of_another_source_is_another_alert(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await receive(core, "other", [fire()])

    assert [alert.source for alert in await alerts(storage)] == [SOURCE, "other"]


async def test_after_it_is_over_the_same_key_is_a_new_alert(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await tell(core, say(SignalKind.RESOLVE), fire())

    first, second = await alerts(storage)
    assert (first.status, second.status) == (AlertStatus.RESOLVED, AlertStatus.PENDING)
    assert first.resolved_by == tool(SOURCE)


async def test_a_key_may_end_and_fire_again_in_one_message(core: Core, storage: SqlStorage) -> None:
    """As Alertmanager tells of a group."""
    await tell(core, fire(), say(SignalKind.RESOLVE), fire(), say(SignalKind.RESOLVE), fire())

    assert [alert.is_open for alert in await alerts(storage)] == [False, False, True]


async def test_what_is_late_of_an_episode_that_is_over_says_nothing(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire(episode="1"), say(SignalKind.RESOLVE, episode="1"))
    await tell(core, fire(episode="1"))
    assert len(await alerts(storage)) == 1

    await tell(core, fire(episode="2"))
    await tell(core, say(SignalKind.RESOLVE, episode="1"))
    assert [alert.is_open for alert in await alerts(storage)] == [False, True]


async def test_a_message_that_is_delivered_again_counts_once(core: Core, storage: SqlStorage) -> None:
    told = [fire(delivery="m1"), say(SignalKind.COMMENT, details="look", delivery="m2")]
    await tell(core, *told)
    await tell(core, *told)
    await asyncio.gather(*(tell(core, fire("b", delivery="m3")) for _ in range(3)))

    assert [alert.times for alert in await alerts(storage)] == [1, 1]
    assert await happened(storage) == ["fired", "remarked"]


async def test_the_tool_accepts_and_resolves(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await tell(core, say(SignalKind.ACCEPT))
    assert (await the_alert(storage)).accepted_by == tool(SOURCE)
    assert [each.state for each in await escalations(storage)] == [EscalationState.ANSWERED]

    await tell(core, say(SignalKind.RESOLVE), say(SignalKind.RESOLVE))
    assert await happened(storage) == ["fired", "accepted", "resolved"]


async def test_what_is_over_calls_nobody_any_more(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await call_first(core, storage)
    await tell(core, say(SignalKind.RESOLVE))

    [escalation] = await escalations(storage)
    assert (escalation.state, escalation.waiting) == (EscalationState.CANCELLED, [])


async def test_only_what_is_bad_enough_pages_and_only_once_however_it_swings(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire(severity=Severity.SEV5))
    assert await escalations(storage) == []

    for severity in (Severity.SEV2, Severity.SEV5, Severity.SEV1):
        await tell(core, fire(severity=severity))
    assert len(await escalations(storage)) == 1


async def test_new_alerts_at_once_from_several_processes_are_one(core: Core, storage: SqlStorage) -> None:
    await asyncio.gather(*(tell(core, fire()) for _ in range(5)))

    assert (await the_alert(storage)).times == 5


async def test_a_source_that_was_removed_is_refused(core: Core) -> None:
    with pytest.raises(UnknownSource):
        await receive(core, "nobody", [fire()])


# Storms


async def storm_places(storage: SqlStorage) -> list[int | None]:
    return [alert.storm.place if alert.storm else None for alert in await alerts(storage)]


async def test_so_many_within_a_minute_are_a_storm(core: Core, storage: SqlStorage, clock: Clock) -> None:
    for n in range(MANY + 1):
        await tell(core, fire(f"a{n}"))
        clock.pass_by(seconds=1)

    assert await storm_places(storage) == [*[None] * (MANY - 1), 0, 1]
    storm = await storage.read.alerts.storm(1)
    assert storm is not None and storm.alerts == 2
    assert len(await escalations(storage, *(About(alert=n) for n in range(1, 20)), About(storm=1))) == MANY


async def test_fewer_or_slower_are_none(core: Core, storage: SqlStorage, clock: Clock) -> None:
    for n in range(2 * MANY):
        await tell(core, fire(f"a{n}"))
        clock.pass_by(seconds=WITHIN.total_seconds() / (MANY - 1))

    assert set(await storm_places(storage)) == {None}


async def test_all_that_come_at_once_belong_to_it_and_page_once(core: Core, storage: SqlStorage) -> None:
    await tell(core, *(fire(f"a{n}", severity=Severity.SEV3 - n % 2) for n in range(MANY)))

    assert await storm_places(storage) == list(range(MANY))
    storm = await storage.read.alerts.storm(1)
    assert storm is not None and storm.severity is Severity.SEV2
    [escalation] = await escalations(storage, *(About(alert=n) for n in range(1, 20)), About(storm=1))
    assert escalation.page.about == About(storm=1)


async def test_a_worse_one_pages_by_itself(core: Core, storage: SqlStorage) -> None:
    await tell(core, *(fire(f"a{n}") for n in range(MANY)))
    await accept_storm(core, 1, BEN)
    await tell(core, fire("worse", severity=Severity.SEV1), fire("alike"))

    assert len(await escalations(storage, About(alert=MANY + 1))) == 1
    assert [alert.accepted_by for alert in (await alerts(storage))[-2:]] == [None, BEN]


@pytest.mark.parametrize("over", ["calm", "long"])
async def test_it_ends(core: Core, storage: SqlStorage, clock: Clock, over: str) -> None:
    await tell(core, *(fire(f"a{n}") for n in range(MANY)))
    if over == "calm":
        clock.pass_by(seconds=CALM.total_seconds())
    for n in range(int(LONGEST / CALM) + 2 if over == "long" else 0):
        clock.pass_by(seconds=CALM.total_seconds() - 1)
        await tell(core, fire(f"b{n}"))
    await tell(core, fire("last"))

    assert (await storm_places(storage))[-1] is None


async def test_accepting_all_accepts_what_nobody_has(core: Core, storage: SqlStorage) -> None:
    await tell(core, *(fire(f"a{n}") for n in range(MANY)))
    await accept_alert(core, 1, ANA)
    first, second = await accept_storm(core, 1, BEN), await accept_storm(core, 1, CLEO)

    assert (first, second) == (MANY - 1, 0)
    assert [alert.accepted_by for alert in await alerts(storage)] == [ANA, *[BEN] * (MANY - 1)]
    [escalation] = await escalations(storage, About(storm=1))
    assert (escalation.state, escalation.ended_by) == (EscalationState.ANSWERED, BEN)


async def test_it_is_known_how_all_of_a_storm_stand(core: Core, storage: SqlStorage) -> None:
    await tell(core, *(fire(f"a{n}") for n in range(MANY)))
    incident = await declared(core)
    await link_alert(core, 1, incident, ANA)
    await resolve_alert(core, 2, ANA)

    standing = await storage.read.alerts.standing_in(1)
    assert {(*each, many) for each, many in standing.items()} == {
        (AlertStatus.PENDING, None, MANY - 2),
        (AlertStatus.PENDING, incident, 1),
        (AlertStatus.RESOLVED, None, 1),
    }


# What people do


async def declared(core: Core, by: Person = ANA, origin: str = "form", **more: object) -> int:
    request = Declare(by, origin, "Checkout fails", **more)  # type: ignore[arg-type]
    return (await declare(core, request)).number


async def test_of_many_who_accept_at_once_one_wins_and_the_others_learn_who(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    people = [Person.of("chat", f"p{n}") for n in range(5)]
    done = await asyncio.gather(*(accept_alert(core, 1, person) for person in people), return_exceptions=True)

    winner = (await the_alert(storage)).accepted_by
    assert winner in people
    assert [taken.by for taken in done if isinstance(taken, AlertTaken)] == [winner] * 4
    assert await happened(storage) == ["fired", "page_answered", "accepted"]


async def test_accepting_twice_is_once(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await accept_alert(core, 1, ANA)
    await accept_alert(core, 1, ANA)

    assert (await happened(storage)).count("accepted") == 1


async def test_what_is_over_is_refused(core: Core) -> None:
    await tell(core, fire())
    await resolve_alert(core, 1, ANA)

    for late in (accept_alert(core, 1, BEN), resolve_alert(core, 1, BEN), escalate_alert(core, 1, BEN)):
        with pytest.raises(AlertOver):
            await late
    with pytest.raises(NoSuchAlert):
        await accept_alert(core, 99, BEN)


async def test_escalating_makes_the_next_step_due_and_then_begins_anew(
    core: Core, storage: SqlStorage, clock: Clock
) -> None:
    await tell(core, fire())
    await call_first(core, storage)
    clock.pass_by(seconds=10)
    await escalate_alert(core, 1, CLEO)
    [escalation] = await escalations(storage)
    assert escalation.due_at == clock.now

    await accept_alert(core, 1, ANA)
    await escalate_alert(core, 1, CLEO)
    _, again = await escalations(storage)
    await proceed(core, again.id, again.turn, {})
    _, again = await escalations(storage)
    assert again.waiting == [BEN]


async def test_without_a_policy_nobody_can_be_paged(core: Core, storage: SqlStorage) -> None:
    await has(storage, organisation(policy=None))
    await tell(core, fire())

    with pytest.raises(NoPolicy, match="Prometheus"):
        await escalate_alert(core, 1, ANA)
    assert await happened(storage) == ["fired"]


async def test_linking_brings_the_alert_and_its_people(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire(), fire("b"))
    await accept_alert(core, 1, BEN)
    [_, escalation] = await escalations(storage, About(alert=1), About(alert=2))
    await proceed(core, escalation.id, 0, {})
    number = await declared(core, CLEO)
    for alert in (1, 2, 2):
        await link_alert(core, alert, number, CLEO)

    incident = await storage.read.incident(number)
    assert incident is not None
    assert (set(incident.joined), incident.paged) == ({CLEO, BEN}, [ANA])
    assert {n: linked.status for n, linked in incident.alerts.items()} == {
        1: AlertStatus.ACCEPTED,
        2: AlertStatus.PENDING,
    }
    assert [alert.number for alert in await storage.read.alerts.linked_to(number)] == [1, 2]


async def test_a_tool_that_accepted_joins_nothing(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire(), say(SignalKind.ACCEPT))
    number = await declared(core, CLEO, alert=1)

    incident = await storage.read.incident(number)
    assert incident is not None and incident.joined == [CLEO]


async def test_unlinking_leaves_the_people(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await accept_alert(core, 1, BEN)
    number = await declared(core, alert=1)
    await unlink_alert(core, 1, ANA)

    incident = await storage.read.incident(number)
    assert incident is not None and (incident.alerts, incident.joined) == ({}, [ANA, BEN])
    assert (await the_alert(storage)).incident is None
    with pytest.raises(AlertNotLinked):
        await unlink_alert(core, 1, ANA)


async def test_an_alert_belongs_to_one_incident(core: Core) -> None:
    await tell(core, fire())
    first, second = await declared(core), await declared(core, origin="other")
    await link_alert(core, 1, first, ANA)

    with pytest.raises(AlertLinkedElsewhere, match="INC-1"):
        await link_alert(core, 1, second, ANA)


async def test_what_is_private_is_not_told_of(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    secret, public = await declared(core, private=True), await declared(core, BEN, "other")
    await link_alert(core, 1, secret, ANA)

    with pytest.raises(AlertInPrivate):
        await link_alert(core, 1, public, BEN)
    with pytest.raises(AlertInPrivate):
        await declared(core, BEN, "third", alert=1)
    with pytest.raises(NoSuchIncident):
        await unlink_alert(core, 1, BEN)
    await accept_alert(core, 1, BEN)
    incident = await storage.read.incident(secret)
    assert incident is not None and list(incident.responders) == [ANA]
    assert incident.alerts[1].status is AlertStatus.ACCEPTED


async def test_nothing_is_linked_to_what_is_resolved(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    number = await declared(core)
    await change_status(core, number, ANA, Status.RESOLVED)

    with pytest.raises(IncidentResolved):
        await link_alert(core, 1, number, ANA)
    assert (await the_alert(storage)).incident is None


async def test_many_who_declare_from_one_alert_get_one_incident(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    numbers = await asyncio.gather(*(declared(core, origin=f"form {n}", alert=1) for n in range(5)))

    assert set(numbers) == {1}
    assert await storage.read.incident(2) is None


async def test_declaring_and_linking_at_once_ties_it_once(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    other = await declared(core)
    await asyncio.gather(
        declared(core, origin="from it", alert=1), link_alert(core, 1, other, ANA), return_exceptions=True
    )

    assert (await happened(storage)).count("linked") == 1


async def test_what_becomes_of_it_is_on_the_incidents_timeline(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    number = await declared(core, alert=1, impacts={"checkout": Impact.DEGRADED})
    await accept_alert(core, 1, BEN)
    await tell(core, say(SignalKind.RESOLVE))

    told = [(entry.fact.kind, entry.by) for entry in await storage.read.entries(number, 1, 99)]
    assert (
        ("alert_linked", ANA) in told and ("alert_accepted", BEN) in told and ("alert_resolved", tool(SOURCE)) in told
    )
    incident = await storage.read.incident(number)
    assert incident is not None and incident.joined == [ANA, BEN]


async def test_resolving_the_incident_resolves_its_alerts_and_stops_their_pages(
    core: Core, storage: SqlStorage
) -> None:
    await tell(core, fire(), fire("b"), fire("c"))
    number = await declared(core, alert=1)
    await link_alert(core, 2, number, ANA)
    await change_status(core, number, ANA, Status.RESOLVED)

    assert [alert.is_open for alert in await alerts(storage)] == [False, False, True]
    states = [each.state for each in await escalations(storage, *(About(alert=n) for n in (1, 2, 3)))]
    assert [state is EscalationState.ACTIVE for state in states] == [False, False, True]
    resolved = [e.fact for e in await storage.read.entries(number, 1, 99) if isinstance(e.fact, facts.AlertResolved)]
    assert [fact.alert for fact in resolved] == [1, 2]

    await reopen(core, number, ANA, "not over")
    assert [alert.is_open for alert in await alerts(storage)] == [False, False, True]


async def test_joining_the_incident_accepts_what_one_was_called_for(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    await call_first(core, storage)
    number = await declared(core, CLEO, alert=1)
    await join(core, number, ANA)

    assert (await the_alert(storage)).accepted_by == ANA
    await leave(core, number, ANA)
    assert (await the_alert(storage)).accepted_by == ANA


async def test_its_messages_are_drawn_again_when_the_incident_has_a_channel(core: Core, storage: SqlStorage) -> None:
    await tell(core, fire())
    number = await declared(core, alert=1)
    await done(storage, JobKind.SHOW_ALERT, core)
    await attach_channel(core, number, TOCSIN, ROOM, "inc-1")

    assert await storage.jobs.pending([JobKind.SHOW_ALERT], core.clock() + core.pace.alert) == 1


async def done(storage: SqlStorage, kind: JobKind, core: Core) -> None:
    leases, _ = await storage.jobs.lease("test", [kind], core.clock(), core.clock() + core.pace.undo, 99)
    for lease in leases:
        await storage.jobs.done(lease)
