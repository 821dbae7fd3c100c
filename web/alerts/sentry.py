"""Sentry's integration platform: metric alerts, issue alerts, and issues that are resolved.

https://docs.sentry.io/integrations/integration-platform/webhooks/
"""

from typing import Any

from pydantic import BaseModel, Field

from incidents.model.signal import Signal, SignalKind
from incidents.model.vocabulary import Severity
from web.alerts.received import CannotRead, Received
from web.alerts.severities import severity_of


class MetricAlert(BaseModel):
    """https://docs.sentry.io/integrations/integration-platform/webhooks/metric-alerts/"""

    id: str | int
    title: str = ""


class ErrorEvent(BaseModel):
    """https://docs.sentry.io/integrations/integration-platform/webhooks/issue-alerts/"""

    issue_id: str | int
    title: str = ""
    level: str = "error"
    culprit: str | None = None
    web_url: str = ""
    environment: str | None = None


class Issue(BaseModel):
    """https://docs.sentry.io/integrations/integration-platform/webhooks/issues/"""

    id: str | int
    title: str = ""


class Data(BaseModel):
    """One of the three, as the header `Sentry-Hook-Resource` says."""

    metric_alert: MetricAlert | None = None
    event: ErrorEvent | None = None
    issue: Issue | None = None
    triggered_rule: str = ""
    description_title: str = ""
    description_text: str = ""
    web_url: str = ""


class SentryHook(BaseModel):
    """The body of every hook; of the resources that say nothing of alerts, ``data`` is not read."""

    action: str = Field(min_length=1)
    data: dict[str, Any] = {}


def read(hook: SentryHook, received: Received) -> list[Signal]:
    """What a hook says of an alert; nothing for installations, comments and the like. Raises CannotRead."""
    resource = received.headers.get("sentry-hook-resource", "")
    if resource not in ("metric_alert", "event_alert", "issue"):
        return []
    data = Data.model_validate(hook.data)
    signal = _metric(hook, data) or _event(data) or _issue(hook, data)
    if signal is None and resource != "issue":
        raise CannotRead(f"A hook of {resource} must have data.{'metric_alert' if resource[0] == 'm' else 'event'}.")
    if signal is None:
        return []
    return [signal.model_copy(update={"delivery": received.headers.get("request-id") or None})]


def _metric(hook: SentryHook, data: Data) -> Signal | None:
    if data.metric_alert is None:
        return None
    return Signal(
        kind=SignalKind.RESOLVE if hook.action == "resolved" else SignalKind.FIRE,
        key=f"metric-{data.metric_alert.id}"[:500],
        title=data.description_title or data.metric_alert.title or "Metric alert",
        severity=severity_of(hook.action, Severity.SEV2),
        details=data.description_text,
        link=data.web_url,
    )


def _event(data: Data) -> Signal | None:
    if data.event is None:
        return None
    event = data.event
    labels = {"rule": data.triggered_rule, "environment": event.environment or "", "culprit": event.culprit or ""}
    return Signal(
        kind=SignalKind.FIRE,
        key=f"issue-{event.issue_id}"[:500],
        title=event.title or "Issue",
        severity=severity_of(event.level, Severity.SEV2),
        details=event.culprit or "",
        link=event.web_url,
        labels={name: value for name, value in labels.items() if value},
    )


def _issue(hook: SentryHook, data: Data) -> Signal | None:
    """An issue's own life: only that it is over says something of its alert."""
    if data.issue is None or hook.action not in ("resolved", "archived", "ignored"):
        return None
    return Signal(kind=SignalKind.RESOLVE, key=f"issue-{data.issue.id}"[:500], title=data.issue.title)
