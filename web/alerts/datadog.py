"""Datadog's webhook, with the payload that docs/alerts.md has one paste: Datadog fills in its variables.

https://docs.datadoghq.com/integrations/webhooks/#variables
"""

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from incidents.model.signal import Signal, SignalKind
from incidents.model.vocabulary import DEFAULT_SEVERITY, Severity
from web.alerts.received import CannotRead, Received
from web.alerts.severities import severity_of


class DatadogEvent(BaseModel):
    """The pasted payload. A variable that Datadog has no value for stays empty, or stands there as it is written."""

    id: str = ""
    alert_id: str = ""
    aggregate: str = ""
    cycle: str = ""
    transition: str = Field(min_length=1)
    priority: str = ""
    type: str = ""
    title: str = Field(min_length=1)
    message: str = ""
    link: str = ""
    scope: str = ""
    tags: str = ""
    date: str = ""
    """Milliseconds since the epoch."""


def read(event: DatadogEvent, received: Received) -> list[Signal]:
    """What a monitor's change of state says. Raises CannotRead where nothing tells which monitor."""
    key = _filled(event.aggregate) or "/".join(filter(None, (_filled(event.alert_id), _filled(event.scope))))
    if not key:
        raise CannotRead("Neither aggregate nor alert_id is filled in: paste the payload of docs/alerts.md whole.")
    recovered = "recovered" in event.transition.casefold()
    return [
        Signal(
            kind=SignalKind.RESOLVE if recovered else SignalKind.FIRE,
            key=key[:500],
            title=event.title,
            severity=_severity(event),
            details=_filled(event.message),
            service=_tagged(event.tags, "service"),
            link=_filled(event.link),
            labels=_labels(event),
            began_at=_moment(event.date),
            episode=_filled(event.cycle) or None,
            delivery=f"{event.id}/{event.transition}" if _filled(event.id) else None,
        )
    ]


def _severity(event: DatadogEvent) -> Severity:
    """The monitor's priority, P1 to P5; without one, what kind of alert it is."""
    by_type = severity_of(event.type, DEFAULT_SEVERITY)
    return severity_of(event.priority, by_type) if _filled(event.priority) else by_type


def _labels(event: DatadogEvent) -> dict[str, str]:
    named = {"monitor": _filled(event.alert_id), "scope": _filled(event.scope)}
    tags = [tag.strip().partition(":") for tag in _filled(event.tags).split(",") if ":" in tag]
    return {name: value for name, value in named.items() if value} | {name: value for name, _, value in tags if name}


def _tagged(tags: str, name: str) -> str:
    found = [tag.strip().removeprefix(f"{name}:") for tag in tags.split(",") if tag.strip().startswith(f"{name}:")]
    return found[0] if found else ""


def _moment(milliseconds: str) -> datetime | None:
    if not milliseconds.isdecimal() or len(milliseconds) > 14:
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _filled(value: str) -> str:
    """``value``, or nothing where Datadog had none for the variable."""
    return "" if value.startswith("$") else value.strip()
