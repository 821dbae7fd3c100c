"""What people do with an alert: take it on, end it, call for more, and tie it to an incident."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from incidents.actions.paging import page_for
from incidents.actions.scene import Scene
from incidents.core import Core
from incidents.keeping import answer_calls, keep_alerts, keep_escalations
from incidents.model.alert import TOOLS, Alert, Hurried
from incidents.model.escalation import About, Escalation
from incidents.model.facts import Paged
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import Act
from incidents.model.refusals import (
    AlertInPrivate,
    AlertLinkedElsewhere,
    AlertNotLinked,
    AlertOver,
    NoPolicy,
    NoSuchAlert,
    NoSuchIncident,
)
from incidents.ports import Unit


async def accept_alert(core: Core, number: int, by: Person) -> Alert:
    """``by`` takes it on, which ends its paging. Raises NoSuchAlert, AlertTaken, AlertOver."""
    async with _with_escalations(core, About(alert=number)) as (_, scene, escalations):
        at = core.clock()
        for escalation in escalations:
            scene.record(escalation.answer(by, at), by, at)
        scene.take_on(by, at)
        return scene.alerts[0]


async def accept_storm(core: Core, storm: int, by: Person) -> int:
    """``by`` takes on each alert of the storm that nobody has; gives how many. Raises NoSuchAlert."""
    async with core.storage.transaction() as unit:
        scene = await Scene.load(unit, About(storm=storm))
        pending = [alert for alert in scene.alerts if alert.accepted_by is None]
        abouts = [About(storm=storm), *(About(alert=alert.number) for alert in pending)]
        at = core.clock()
        escalations = await unit.paging.active(abouts)
        for escalation in escalations:
            escalation.answer(by, at)
        scene.take_on(by, at)
        await keep_escalations(unit, escalations, at)
        await scene.keep(core, unit)
        return len(pending)


async def resolve_alert(core: Core, number: int, by: Person) -> Alert:
    """It is over, and calls nobody any more. Raises NoSuchAlert, AlertOver."""
    async with _with_escalations(core, About(alert=number)) as (_, scene, escalations):
        (alert,), at = scene.alerts, core.clock()
        alert.resolve(by, at)
        for escalation in escalations:
            escalation.cancel(by, at)
        for incident in scene.incidents.values():
            incident.alert_resolved(alert.number, Act(by, at))
        return alert


async def escalate_alert(core: Core, number: int, by: Person) -> Alert:
    """Call the next step now; where nobody is being called any more, begin anew, after the first step.

    Raises NoSuchAlert, AlertOver, NoPolicy.
    """
    async with _with_escalations(core, About(alert=number)) as (unit, scene, escalations):
        (alert,), at = scene.alerts, core.clock()
        if not alert.is_open:
            raise AlertOver
        alert.note(Hurried(), by, at)
        for escalation in escalations:
            escalation.hurry(at)
        if not escalations:
            escalations.append(await _begin_anew(unit, alert, by, core))
        return alert


async def link_alert(core: Core, number: int, incident: int, by: Person) -> Incident:
    """Tie an alert to an incident; its people come along.

    Raises NoSuchAlert, NoSuchIncident, IncidentResolved, AlertLinkedElsewhere, AlertInPrivate.
    """
    try:
        async with core.changing(incident, by) as (unit, linked):
            alert = await unit.alerts.load(number)
            if alert is None:
                raise NoSuchAlert
            await link(core, unit, linked, alert, core.act(by))
            return linked
    except AlertLinkedElsewhere as elsewhere:
        await incident_with_alert(core, elsewhere.number, by)
        raise


async def incident_with_alert(core: Core, number: int, by: Person) -> Incident:
    """The incident that an alert belongs to, for ``by``. Raises AlertInPrivate where it is none of theirs."""
    incident = await core.storage.read.incident(number)
    assert incident is not None, "an incident is never deleted"
    if not incident.visible_to(by):
        raise AlertInPrivate
    return incident


async def link(core: Core, unit: Unit, incident: Incident, alert: Alert, act: Act) -> None:
    """`link_alert` in a transaction that holds both; the incident is left to its holder to keep.

    Raises IncidentResolved, AlertLinkedElsewhere.
    """
    if not alert.link_to(incident.number, act.by, act.at):
        return
    and_then = Act(act.by, act.at)
    incident.link_alert(alert.number, alert.linked, and_then)
    await keep_alerts(unit, [alert], act.at, core.pace)
    if alert.accepted_by is not None and alert.accepted_by.platform != TOOLS:
        incident.join(alert.accepted_by, and_then)
    await answer_calls(unit, incident, incident.joined, act.at, core.pace)
    for escalation in await unit.paging.active([About(alert=alert.number)]):
        page = escalation.page
        for person in escalation.waiting:
            called = Paged(
                person=person, escalation=escalation.id, name=page.name, step=escalation.step, message=page.message
            )
            incident.record_paging([called], and_then)


async def unlink_alert(core: Core, number: int, by: Person) -> Incident:
    """Untie an alert from its incident; people it brought along stay.

    Raises NoSuchAlert, AlertNotLinked, NoSuchIncident.
    """
    alert = await core.storage.read.alerts.alert(number)
    if alert is None:
        raise NoSuchAlert
    if alert.incident is None:
        raise AlertNotLinked
    async with core.storage.transaction() as unit:
        scene = await Scene.load(unit, About(alert=number))
        at = core.clock()
        incident = scene.incidents.get(scene.alerts[0].unlink(by, at))
        if incident is None or not incident.visible_to(by):
            raise NoSuchIncident(alert.incident)
        incident.unlink_alert(number, Act(by, at))
        await scene.keep(core, unit)
        return incident


@asynccontextmanager
async def _with_escalations(core: Core, about: About) -> AsyncIterator[tuple[Unit, Scene, list[Escalation]]]:
    """What ``about`` names and what calls people for it; all of it is stored at the end of the block."""
    async with core.storage.transaction() as unit:
        scene = await Scene.load(unit, about)
        escalations = await unit.paging.active([about])
        yield unit, scene, escalations
        await keep_escalations(unit, escalations, core.clock())
        await scene.keep(core, unit)


async def _begin_anew(unit: Unit, alert: Alert, by: Person, core: Core) -> Escalation:
    organisation = await unit.organisation.current()
    source = organisation.sources.get(alert.source)
    if source is None or source.policy is None:
        raise NoPolicy(source.name if source else alert.source)
    page = page_for(organisation, About(alert=alert.number), Target.of(TargetKind.POLICY, source.policy))
    (id,) = await unit.paging.next_ids(1)
    return Escalation.begin(id, page, by, core.clock(), skip=1)
