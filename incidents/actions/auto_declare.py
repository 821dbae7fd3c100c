"""Alerts that declare an incident by themselves, as their source's rules say; one for all that tell of the same."""

from incidents.actions.alert_response import link
from incidents.actions.declare import Declare, DeclaredBefore, declare_in
from incidents.core import Core
from incidents.model.alert import FROM_ALERT, Alert
from incidents.model.from_alert import impacts_from, summary_from, title_from
from incidents.model.identity import TOCSIN
from incidents.model.refusals import AlertLinkedElsewhere
from incidents.ports import Unit


async def auto_declare(core: Core, number: int) -> None:
    """Declare an incident from an alert, or link the alert to the open one that another like it declared.

    Nothing where the alert is over, or belongs to an incident.
    """
    try:
        async with core.storage.transaction() as unit:
            alert = await _waiting(core, unit, number)
            if alert is not None and not await _joined(core, unit, alert):
                await declare_in(core, unit, _declaration(alert))
    except (DeclaredBefore, AlertLinkedElsewhere):
        return  # somebody was quicker


async def _waiting(core: Core, unit: Unit, number: int) -> Alert | None:
    """The alert, if it needs an incident; from here on, others of its source wait, so that each sees what came before.

    It is read, not held: incidents are held first.
    """
    alert = await core.storage.read.alerts.alert(number)
    if alert is None:
        return None
    await unit.alerts.hold(alert.source)
    alert = await core.storage.read.alerts.alert(number)
    return alert if alert is not None and alert.is_open and alert.incident is None else None


async def _joined(core: Core, unit: Unit, alert: Alert) -> bool:
    """Whether it belongs from now on to the open incident that one like it declared."""
    number = await unit.alerts.declared_from_one_like(alert)
    incident = await unit.load(number) if number is not None else None
    if incident is None or not incident.is_open:
        return False
    held = await unit.alerts.load(alert.number)
    assert held is not None, "an alert is never deleted"
    await link(core, unit, incident, held, core.act(TOCSIN))
    await core.keep(unit, incident)
    return True


def _declaration(alert: Alert) -> Declare:
    return Declare(
        by=TOCSIN,
        origin=f"{FROM_ALERT}{alert.number}",
        title=title_from(alert),
        severity=alert.severity,
        summary=summary_from(alert),
        impacts=impacts_from(alert),
        alert=alert.number,
    )
