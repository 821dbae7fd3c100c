"""Prometheus Alertmanager's webhook, version 4: a group of alerts, each firing or resolved.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from incidents.model.signal import Signal, SignalKind
from web.alerts.received import Received
from web.alerts.severities import severity_of

SHOWN_APART = frozenset({"alertname", "severity", "service"})
"""Labels that a signal has fields for."""


class GroupedAlert(BaseModel):
    """One alert of a group. `endsAt` of what is firing is the year 1, or a guess; nothing follows from it."""

    status: Literal["firing", "resolved"]
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    startsAt: AwareDatetime
    generatorURL: str = ""
    fingerprint: str = ""

    @property
    def key(self) -> str:
        """What identifies the alert: the hash of its labels, made here for versions that send none."""
        written = json.dumps(dict(self.labels), sort_keys=True)
        return self.fingerprint or hashlib.sha256(written.encode()).hexdigest()[:16]

    def signal(self, link: str) -> Signal:
        """What it says; ``link`` is where the tool shows it."""
        name = self.labels.get("alertname", "")
        summary = self.annotations.get("summary", "")
        return Signal(
            kind=SignalKind.FIRE if self.status == "firing" else SignalKind.RESOLVE,
            key=self.key[:500],
            title=" — ".join(part for part in (name, summary) if part) or "An alert without a name",
            severity=severity_of(self.labels.get("severity")),
            details=self.annotations.get("description") or self.annotations.get("message", ""),
            service=self.labels.get("service", ""),
            link=link,
            runbook=self.annotations.get("runbook_url", ""),
            labels={name: value for name, value in self.labels.items() if name not in SHOWN_APART},
            began_at=self.startsAt,
            episode=self.startsAt.isoformat(),
        )


class AlertGroup(BaseModel):
    """The body of the webhook."""

    version: Literal["4"] = "4"
    externalURL: str = ""
    alerts: list[GroupedAlert]


def read(group: AlertGroup, received: Received) -> list[Signal]:
    """A signal for each alert of the group."""
    return [alert.signal(alert.generatorURL or group.externalURL) for alert in group.alerts]
