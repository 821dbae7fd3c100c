"""Which module reads which tool's payload."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from incidents.model.organisation import Tool
from incidents.model.signal import Signal
from web.alerts import alertmanager, cloudwatch, datadog, generic, grafana, ilert, pagerduty, sentry
from web.alerts.received import Received
from web.alerts.sns import SnsMessage


@dataclass(frozen=True)
class Payload:
    """What a tool posts, and how it is read."""

    body: type[BaseModel]
    read: Callable[[Any, Received], list[Signal]]


PAYLOADS = {
    Tool.ALERTMANAGER: Payload(alertmanager.AlertGroup, alertmanager.read),
    Tool.GRAFANA: Payload(grafana.GrafanaGroup, grafana.read),
    Tool.DATADOG: Payload(datadog.DatadogEvent, datadog.read),
    Tool.SENTRY: Payload(sentry.SentryHook, sentry.read),
    Tool.CLOUDWATCH: Payload(SnsMessage, cloudwatch.read),
    Tool.PAGERDUTY: Payload(pagerduty.PagerDutyEvent, pagerduty.read),
    Tool.ILERT: Payload(ilert.IlertEvent, ilert.read),
    Tool.GENERIC: Payload(generic.GenericBody, generic.read),
}
