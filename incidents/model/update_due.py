"""When customers should hear of an incident again: as promised, or by the interval of its severity."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.model import facts
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Impact, PublicStatus

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
    """When the next update is due; None where it is over, customers are not hurt, or nobody wants reminders.

    ``entries`` are those of the kinds `IMPACT_FACTS`; before ``snoozed`` nothing is due.
    """
    minutes = organisation.updates.cadence_for(incident.severity)
    shown = {service for page in organisation.pages.values() for service in page.services}
    latest = incident.updates.latest
    hurt_since = _hurt_since(entries, shown)
    told_of = latest is not None and latest.text.status is not PublicStatus.RESOLVED and _hurts(latest.text.impacts)
    if not incident.is_open or minutes is None or (hurt_since is None and not told_of):
        return None
    every = timedelta(minutes=minutes)
    if latest is not None and latest.published_at is not None:
        at = latest.text.next_at or latest.published_at + every
    else:
        assert hurt_since is not None, "customers are hurt, and were told nothing"
        at = hurt_since + every
    return Due(max(at, snoozed) if snoozed else at, every)


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
