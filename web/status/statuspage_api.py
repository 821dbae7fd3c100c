"""The page as JSON that is compatible with Atlassian Statuspage's, so that whatever reads one reads the other.

Fields and values are those of https://status.atlassian.com/api, which each Statuspage documents at `/api`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from incidents.public.language import language
from incidents.public.page import Event, PageService, PublicUpdate, ServiceGroup, Snapshot
from incidents.public.words import Impact, PublicStatus, Stage
from web.status import past
from web.status.markdown import to_text
from web.status.overall import overall_sentence
from web.status.statuspage_shapes import (
    Affected,
    Answer,
    Component,
    Components,
    ComponentStatus,
    Incident,
    Incidents,
    IncidentStatus,
    Maintenance,
    Maintenances,
    PageShape,
    Severity,
    Status,
    StatusAnswer,
    Summary,
    Update,
)
from web.status.surface import Reading, Rendered, Surface

JSON = "application/json; charset=utf-8"
MOST = 50
"""How many incidents are listed, the newest first."""

COMPONENT: dict[Impact, ComponentStatus] = {
    Impact.OPERATIONAL: "operational",
    Impact.UNDER_MAINTENANCE: "under_maintenance",
    Impact.DEGRADED: "degraded_performance",
    Impact.PARTIAL_OUTAGE: "partial_outage",
    Impact.MAJOR_OUTAGE: "major_outage",
}
SEVERITY: dict[Impact, Severity] = {
    Impact.OPERATIONAL: "none",
    Impact.UNDER_MAINTENANCE: "maintenance",
    Impact.DEGRADED: "minor",
    Impact.PARTIAL_OUTAGE: "major",
    Impact.MAJOR_OUTAGE: "critical",
}
INCIDENT: dict[PublicStatus, IncidentStatus] = {
    PublicStatus.INVESTIGATING: "investigating",
    PublicStatus.IDENTIFIED: "identified",
    PublicStatus.MONITORING: "monitoring",
    PublicStatus.RESOLVED: "resolved",
}


def summary(reading: Reading) -> Rendered:
    """How things stand: components, open incidents, maintenance to come or under way."""
    snapshot = reading.snapshot
    return _answer(
        Summary(
            page=_page(reading),
            components=_components(reading),
            incidents=_incidents(reading, snapshot.open),
            scheduled_maintenances=_maintenances(reading, snapshot.maintenance(reading.now)),
            status=_status(reading),
        )
    )


def status(reading: Reading) -> Rendered:
    return _answer(StatusAnswer(page=_page(reading), status=_status(reading)))


def components(reading: Reading) -> Rendered:
    return _answer(Components(page=_page(reading), components=_components(reading)))


def incidents(reading: Reading) -> Rendered:
    """The newest, open or not."""
    newest = [event for event in reversed(reading.snapshot.events) if event.window is None][:MOST]
    return _answer(Incidents(page=_page(reading), incidents=_incidents(reading, newest)))


def unresolved(reading: Reading) -> Rendered:
    return _answer(Incidents(page=_page(reading), incidents=_incidents(reading, reading.snapshot.open)))


def maintenances(reading: Reading) -> Rendered:
    """All maintenance, the newest first."""
    newest = [event for event in reversed(reading.snapshot.events) if event.window is not None][:MOST]
    return _answer(_listed(reading, newest))


def upcoming(reading: Reading) -> Rendered:
    return _answer(_listed(reading, [event for event in _planned(reading) if not _begun(event, reading.now)]))


def active(reading: Reading) -> Rendered:
    return _answer(_listed(reading, [event for event in _planned(reading) if _begun(event, reading.now)]))


STATUSPAGE_API: dict[str, Surface] = {
    "api/v2/summary.json": summary,
    "api/v2/status.json": status,
    "api/v2/components.json": components,
    "api/v2/incidents.json": incidents,
    "api/v2/incidents/unresolved.json": unresolved,
    "api/v2/scheduled-maintenances.json": maintenances,
    "api/v2/scheduled-maintenances/upcoming.json": upcoming,
    "api/v2/scheduled-maintenances/active.json": active,
}


def _answer(answer: Answer) -> Rendered:
    return Rendered(JSON, answer.model_dump_json(exclude_unset=True).encode())


def _page(reading: Reading) -> PageShape:
    page = reading.snapshot.page
    return PageShape(
        id=page.id, name=page.name, url=reading.address, time_zone="Etc/UTC", updated_at=_updated(reading.snapshot)
    )


def _updated(snapshot: Snapshot) -> str:
    changed = max((event.changed_at for event in snapshot.events), default=_midnight(snapshot.page.since))
    return moment(max(changed, _midnight(snapshot.page.since)))


def _status(reading: Reading) -> Status:
    sentence = overall_sentence(reading.snapshot, language(reading.snapshot.page.language), reading.now)
    return Status(indicator=SEVERITY[reading.snapshot.overall(reading.now)], description=sentence)


def _components(reading: Reading) -> list[Component]:
    """Groups with their components after them, in the page's order."""
    found: list[Component] = []
    for group in reading.snapshot.page.groups:
        if group.name:
            found.append(_group(reading, group, len(found) + 1))
        above = found[-1].id if group.name else None
        found += [_component(reading, service, number + 1, above) for number, service in enumerate(group.services)]
    return found


def _component(reading: Reading, service: PageService, position: int, group: str | None) -> Component:
    impact = reading.snapshot.impact_of(service.id, reading.now)
    return Component(**_shown(reading, service.id, service.name, impact, position), group=False, group_id=group)


def _group(reading: Reading, group: ServiceGroup, position: int) -> Component:
    """As bad as its worst component; its id is made of the first one's, since a group has none of its own."""
    impacts = (reading.snapshot.impact_of(service.id, reading.now) for service in group.services)
    worst = max(impacts, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)
    id = f"group-{group.services[0].id}"
    members = [service.id for service in group.services]
    return Component(**_shown(reading, id, group.name, worst, position), group=True, group_id=None, components=members)


def _shown(reading: Reading, id: str, name: str, impact: Impact, position: int) -> dict[str, Any]:
    page = reading.snapshot.page
    return {
        "id": id,
        "name": name,
        "status": COMPONENT[impact],
        "created_at": moment(_midnight(page.since)),
        "updated_at": _updated(reading.snapshot),
        "position": position,
        "description": None,
        "showcase": True,
        "start_date": page.since.isoformat(),
        "page_id": page.id,
        "only_show_if_degraded": False,
    }


def _incidents(reading: Reading, events: Sequence[Event]) -> list[Incident]:
    return [Incident(**_said(reading, event, INCIDENT[event.status])) for event in events]


def _listed(reading: Reading, events: Sequence[Event]) -> Maintenances:
    return Maintenances(page=_page(reading), scheduled_maintenances=_maintenances(reading, events))


def _maintenances(reading: Reading, events: Sequence[Event]) -> list[Maintenance]:
    return [
        Maintenance(
            **_said(reading, event, _stage(event, reading.now)),
            scheduled_for=moment(event.window.begins_at),
            scheduled_until=moment(event.window.ends_at),
        )
        for event in events
        if event.window is not None
    ]


def _planned(reading: Reading) -> Sequence[Event]:
    return reading.snapshot.maintenance(reading.now)


def _begun(event: Event, now: datetime) -> bool:
    return event.window is not None and event.window.begins_at <= now


def _stage(event: Event, now: datetime) -> IncidentStatus:
    """Where maintenance stands at ``now``: what nobody ended is over as planned."""
    if not event.is_open or (event.window and event.window.ends_at <= now):
        return "completed"
    if not _begun(event, now):
        return "scheduled"
    return "verifying" if event.status is PublicStatus.MONITORING else "in_progress"


def _said(reading: Reading, event: Event, stands: IncidentStatus) -> dict[str, Any]:
    """What an incident and maintenance have in common."""
    about = {id for update in event.updates for id in update.impacts}
    monitoring = [update.published_at for update in event.updates if update.status is PublicStatus.MONITORING]
    ended = past.ended(event) if stands in ("resolved", "completed") else None
    return {
        "id": event.id,
        "name": event.title,
        "status": stands,
        "created_at": moment(event.began_at),
        "updated_at": moment(event.changed_at),
        "monitoring_at": moment(monitoring[0]) if monitoring else None,
        "resolved_at": moment(ended) if ended else None,
        "impact": SEVERITY[event.worst],
        "shortlink": reading.address_of(event),
        "started_at": moment(event.began_at),
        "page_id": reading.snapshot.page.id,
        "incident_updates": list(reversed(_updates(reading, event))),
        "components": [each for each in _components(reading) if each.id in about],
        "reminder_intervals": None,
    }


def _updates(reading: Reading, event: Event) -> list[Update]:
    found: list[Update] = []
    before: PublicUpdate | None = None
    for update in event.updates:
        found.append(
            Update(
                id=update.id,
                status=INCIDENT[update.status] if event.window is None else _stage_said(event, update),
                body=to_text(update.body),
                incident_id=event.id,
                created_at=moment(update.published_at),
                updated_at=moment(update.edited_at or update.published_at),
                display_at=moment(update.published_at),
                affected_components=_affected(reading, before, update) or None,
                deliver_notifications=True,
                custom_tweet=None,
                tweet_id=None,
            )
        )
        before = update
    return found


def _stage_said(event: Event, update: PublicUpdate) -> IncidentStatus:
    match event.stands(update):
        case Stage.COMPLETED:
            return "completed"
        case Stage.PLANNED:
            return "scheduled"
    return "verifying" if update.status is PublicStatus.MONITORING else "in_progress"


def _affected(reading: Reading, before: PublicUpdate | None, update: PublicUpdate) -> list[Affected]:
    """Services that the update or the one before it was about, with how they did and do."""
    old = before.impacts if before is not None else {}
    new = update.leaves
    return [
        Affected(
            code=service.id,
            name=service.name,
            old_status=COMPONENT[old.get(service.id, Impact.OPERATIONAL)],
            new_status=COMPONENT[new.get(service.id, Impact.OPERATIONAL)],
        )
        for service in reading.snapshot.page.services
        if service.id in old or service.id in update.impacts
    ]


def moment(at: datetime) -> str:
    """As ``2026-11-23T20:18:30.000Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
