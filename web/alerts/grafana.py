"""Grafana Alerting's webhook notifier: Alertmanager's groups, with links to panels.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from pydantic import BaseModel

from incidents.model.signal import Signal
from web.alerts.alertmanager import GroupedAlert
from web.alerts.received import Received


class GrafanaAlert(GroupedAlert):
    """One alert of a group."""

    dashboardURL: str = ""
    panelURL: str = ""


class GrafanaGroup(BaseModel):
    """The body of the webhook. Its ``version`` is that of Grafana's payload, "1"."""

    externalURL: str = ""
    alerts: list[GrafanaAlert]


def read(group: GrafanaGroup, received: Received) -> list[Signal]:
    """A signal for each alert of the group."""
    return [
        alert.signal(alert.panelURL or alert.dashboardURL or alert.generatorURL or group.externalURL)
        for alert in group.alerts
    ]
