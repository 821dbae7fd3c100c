"""Resolving an incident ends what belongs to it: its alerts and its pages."""

import pytest

from incidents.actions.alert_response import link_alert, resolve_alert
from incidents.actions.alerts import receive
from incidents.actions.change import change_status
from incidents.actions.declare import Declare, declare
from incidents.actions.organisation import apply
from incidents.core import Core
from incidents.model import facts
from incidents.model.alert import Alert
from incidents.model.identity import Person
from incidents.model.organisation import AlertSource, Organisation, Tool
from incidents.model.refusals import AlertOver
from incidents.model.signal import Signal, SignalKind
from incidents.model.vocabulary import AlertStatus, Status
from storage.storage import SqlStorage
from tests.storage.people import ANA

ALERTS = ["HighErrorRate", "PodCrashLooping", "DiskFull"]


@pytest.fixture
async def linked(core: Core) -> None:
    """INC-1 with three open alerts, numbered from 1."""
    source = AlertSource(name="Prometheus", tool=Tool.ALERTMANAGER, channel="alerts")
    await apply(core, Organisation(sources={"prometheus": source}), 0)
    await receive(core, "prometheus", [Signal(kind=SignalKind.FIRE, key=title, title=title) for title in ALERTS])
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    for number in (1, 2, 3):
        await link_alert(core, number, 1, ANA)


async def statuses(storage: SqlStorage) -> list[AlertStatus]:
    return [alert.status for alert in await storage.read.alerts.linked_to(1)]


async def told(storage: SqlStorage) -> list[str]:
    """The alerts that the timeline says were resolved, in order."""
    entries = await storage.read.entries_of(1, [facts.AlertResolved])
    return [entry.fact.title for entry in entries if isinstance(entry.fact, facts.AlertResolved)]


@pytest.mark.usefixtures("linked")
async def test_an_incident_takes_its_alerts_along(core: Core, storage: SqlStorage) -> None:
    await resolve_alert(core, 2, ANA)
    await change_status(core, 1, ANA, Status.RESOLVED)
    assert await statuses(storage) == [AlertStatus.RESOLVED] * 3
    assert sorted(await told(storage)) == sorted(ALERTS)


@pytest.mark.usefixtures("linked")
async def test_an_alert_that_refuses_keeps_neither_the_incident_nor_the_others_open(
    core: Core, storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = Alert.resolve

    def refusing(alert: Alert, by: Person, *more: object) -> None:
        if alert.number == 2:
            raise AlertOver
        resolve(alert, by, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Alert, "resolve", refusing)
    resolved = (await change_status(core, 1, ANA, Status.RESOLVED)).incident
    assert not resolved.is_open
    assert [alert.title for alert in resolved.alerts.values() if alert.is_open] == ["PodCrashLooping"]
    assert await statuses(storage) == [AlertStatus.RESOLVED, AlertStatus.PENDING, AlertStatus.RESOLVED]
    assert sorted(await told(storage)) == ["DiskFull", "HighErrorRate"]


@pytest.mark.usefixtures("linked")
async def test_an_alert_that_was_over_without_the_incident_being_told_is_over_for_it_too(
    core: Core, storage: SqlStorage
) -> None:
    async with storage.transaction() as unit:
        alert = await unit.alerts.load(3)
        assert alert is not None
        alert.resolve(ANA, core.clock())
        await unit.alerts.save([alert])
    resolved = (await change_status(core, 1, ANA, Status.RESOLVED)).incident
    assert not any(alert.is_open for alert in resolved.alerts.values())
    assert sorted(await told(storage)) == sorted(ALERTS)
