"""When customers should hear of an incident again: as promised, or by the interval of its severity."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.model import facts
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Impact, PublicStatus

AHEAD = timedelta(minutes=10)
"""How long before a promise ends its reminder comes: somebody must still write, and somebody approve."""
REPEATED = timedelta(minutes=30)
"""After how long a promise that is not kept is reminded of again, where the severity has no interval."""
IMPACT_FACTS = (facts.ServiceAffected, facts.ImpactChanged, facts.ServiceCleared)
"""The kinds of entries from which `update_due` tells since when customers are hurt."""


@dataclass(frozen=True)
class Due:
    """An update is due at ``at``, and again after each ``every``."""

    at: datetime
    every: timedelta

    def turn(self, now: datetime) -> int:
        """How many reminders would have come before the present one; negative where none is due yet."""
        return (now - self.at) // self.every

    def next(self, now: datetime) -> datetime:
        """When the next reminder is due, after ``now``."""
        return self.at + max(self.turn(now) + 1, 0) * self.every


def update_due(
    incident: Incident, entries: Iterable[Entry], organisation: Organisation, snoozed: datetime | None = None
) -> Due | None:
    """When the next update is due: before the promised time, else after the interval of the severity.

    None where customers wait for nothing, or nobody wants reminders; one who was told that something is wrong waits
    for the word that it is over. ``entries`` are those of the kinds `IMPACT_FACTS`; before ``snoozed`` nothing is due.
    """
    minutes = organisation.updates.cadence_for(incident.severity)
    every = timedelta(minutes=minutes) if minutes is not None else None
    at = _promise_due(incident) or (_interval_due(incident, entries, organisation, every) if every else None)
    if at is None:
        return None
    return Due(max(at, snoozed) if snoozed else at, every or REPEATED)


def _promise_due(incident: Incident) -> datetime | None:
    latest = incident.updates.latest
    if latest is None or latest.published_at is None or latest.text.status is PublicStatus.RESOLVED:
        return None
    promised = latest.text.next_at
    return max(promised - AHEAD, latest.published_at + (promised - latest.published_at) / 2) if promised else None


def _interval_due(
    incident: Incident, entries: Iterable[Entry], organisation: Organisation, every: timedelta
) -> datetime | None:
    shown = {service for page in organisation.pages.values() for service in page.services}
    latest = incident.updates.latest
    hurt_since = _hurt_since(entries, shown) if incident.is_open else None
    told_of = latest is not None and latest.text.status is not PublicStatus.RESOLVED and _hurts(latest.text.impacts)
    if hurt_since is None and not told_of:
        return None
    since = latest.published_at if latest is not None and latest.published_at is not None else hurt_since
    return since + every if since is not None else None


def _hurt_since(entries: Iterable[Entry], shown: set[str]) -> datetime | None:
    """Since when the incident does something to a service that customers see; None where it does nothing now."""
    hurt: set[str] = set()
    since = None
    for entry in sorted(entries, key=lambda each: each.number):
        match entry.fact:
            case facts.ServiceAffected(service=service, impact=impact) if service in shown and impact.is_outage:
                hurt.add(service)
            case facts.ImpactChanged(service=service, new=impact) if service in shown and impact.is_outage:
                hurt.add(service)
            case facts.ImpactChanged(service=service) | facts.ServiceCleared(service=service):
                hurt.discard(service)
        since = (since or entry.happened_at) if hurt else None
    return since


def _hurts(impacts: dict[str, Impact]) -> bool:
    return any(impact.is_outage for impact in impacts.values())
