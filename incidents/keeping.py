"""Storing escalations and alerts with what follows, and what a change of an incident means for its own.

Whoever joins answers the calls they had; what is resolved calls nobody any more and takes its alerts along.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from incidents.consequences import (
    NewJob,
    Pace,
    alert_shown,
    call_shown,
    called_outside,
    draft_shown,
    draft_shown_again,
    escalation_due,
    storm_shown,
)
from incidents.model import facts
from incidents.model.alert import Alert
from incidents.model.escalation import About, Answer, Escalation
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.parts import Act
from incidents.model.refusals import Refusal
from incidents.model.storm import Storm
from incidents.ports import Unit

SHOWN_AT_ALERTS = (facts.TitleChanged, facts.ChannelAttached, facts.ChannelDetached)
"""What an incident's alerts tell of it, and where they lead."""
SHOWN_AT_DRAFTS = (
    facts.TitleChanged,
    facts.SeverityChanged,
    facts.CommanderChanged,
    facts.Resolved,
    facts.Reopened,
    facts.ServiceAffected,
    facts.ImpactChanged,
    facts.ServiceCleared,
    facts.UpdatePublished,
)
"""What raises or ends a doubt about a draft that waits, or changes who may approve it."""


async def keep_escalations(
    unit: Unit, escalations: Sequence[Escalation], at: datetime, origin: str | None = None
) -> None:
    """Store ``escalations``, new ones begun by the delivery ``origin``, and have their calls made and shown."""
    if not escalations:
        return
    await unit.paging.save(escalations, origin)
    organisation = await unit.organisation.current()
    jobs: list[NewJob] = []
    for escalation in escalations:
        jobs += [escalation_due(escalation)] if escalation.due_at is not None else []
        for call in escalation.take_changed():
            jobs.append(call_shown(call, at))
            theirs = organisation.people.get(call.person)
            if theirs is not None and call.answer is Answer.WAITING:
                jobs += called_outside(call, theirs.outside)
    await unit.enqueue(jobs)


async def keep_alerts(
    unit: Unit, alerts: Sequence[Alert], at: datetime, pace: Pace, storm: Storm | None = None
) -> None:
    """Store ``alerts`` and have their messages show how they stand; ``storm`` is the one that is coming in."""
    jobs = alerts_shown(alerts, at, pace, storm)
    await unit.alerts.save(alerts)
    await unit.enqueue(jobs)


def alerts_shown(alerts: Iterable[Alert], at: datetime, pace: Pace, storm: Storm | None = None) -> list[NewJob]:
    """The messages of ``alerts``, and of the storms they are in, show how they stand."""
    shown = list(alerts)
    storms = dict.fromkeys(alert.storm.storm for alert in shown if alert.storm is not None)
    return [
        *(storm_shown(storm, at + pace.alert) for storm in storms),
        *{job.lane: job for job in (alert_shown(alert, at, pace, storm) for alert in shown)}.values(),
    ]


async def settle(unit: Unit, incident: Incident, at: datetime, pace: Pace) -> None:
    """Carry what ``incident`` has just recorded over to its pages, alerts and drafts, before it is stored."""
    new = [(entry.by, entry.fact) for entry in incident.new_entries]
    resolved_by = next((by for by, fact in new if isinstance(fact, facts.Resolved)), None)
    joined = [fact.person for _, fact in new if isinstance(fact, facts.ResponderJoined)]
    if resolved_by is not None:
        await _stop(unit, incident, resolved_by, at, pace)
    elif joined:
        await answer_calls(unit, incident, joined, at, pace)
    if incident.alerts and any(isinstance(fact, SHOWN_AT_ALERTS) for _, fact in new):
        await unit.enqueue(alerts_shown(await unit.alerts.linked_to(incident.number), at, pace))
    if any(isinstance(fact, facts.ChannelAttached) for _, fact in new):
        await unit.enqueue(
            [job for draft in incident.updates.open for job in draft_shown(incident.number, draft.number, at)]
        )
    if any(isinstance(fact, SHOWN_AT_DRAFTS) for _, fact in new):
        await unit.enqueue([draft_shown_again(incident.number, draft.number, at) for draft in incident.updates.open])


async def _stop(unit: Unit, incident: Incident, by: Person, at: datetime, pace: Pace) -> None:
    alerts = await unit.alerts.open_of(incident.number)
    escalations = await unit.paging.active(_abouts(incident, alerts))
    for escalation in escalations:
        escalation.cancel(by, at)
    resolved = [alert for alert in alerts if _is_resolved(alert, by, at)]
    still_open = {alert.number for alert in alerts if alert.is_open}
    for number in incident.alerts:  # one that was over before, of which the incident was not told, is so here too
        if number not in still_open:
            incident.alert_resolved(number, Act(by, at))
    await keep_escalations(unit, escalations, at)
    await keep_alerts(unit, resolved, at, pace)


def _is_resolved(alert: Alert, by: Person, at: datetime) -> bool:
    """Resolves ``alert``; one that refuses stays open, where the incident names it, and keeps no other from its end."""
    try:
        alert.resolve(by, at)
    except Refusal:
        return False
    return True


async def answer_calls(unit: Unit, incident: Incident, joined: Sequence[Person], at: datetime, pace: Pace) -> None:
    """Whoever of ``joined`` was called for ``incident``, or for an alert of its, has answered; it is left to keep."""
    alerts = {alert.number: alert for alert in await unit.alerts.open_of(incident.number)}
    answered = []
    for escalation in await unit.paging.active(_abouts(incident, alerts.values())):
        for person in joined:
            told = escalation.join(person, at)
            if told:
                incident.record_paging(told, Act(person, at))
                answered.append(escalation)
                _take_on(incident, alerts.get(escalation.page.about.alert or 0), person, at)
    await keep_escalations(unit, answered, at)
    await keep_alerts(unit, [alert for alert in alerts.values() if alert.new_log], at, pace)


def _take_on(incident: Incident, alert: Alert | None, person: Person, at: datetime) -> None:
    """Who was called for an alert and joins its incident has accepted it, where nobody had."""
    if alert is not None and alert.accepted_by is None:
        alert.accept(person, at)
        incident.alert_accepted(alert.number, Act(person, at))


def _abouts(incident: Incident, alerts: Iterable[Alert]) -> list[About]:
    return [About(incident=incident.number), *(About(alert=alert.number) for alert in alerts)]
