"""Grafana Alerting's webhook, with the body that its documentation shows.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from typing import Any

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from tests.web.intake import Intake

Json = dict[str, Any]


def body(status: str = "firing", **more: Any) -> Json:
    return {
        "receiver": "My Super Webhook",
        "status": status,
        "orgId": 1,
        "alerts": [
            {
                "status": status,
                "labels": {"alertname": "High memory usage", "team": "blue", "zone": "us-1"},
                "annotations": {
                    "description": "The system has high memory usage",
                    "runbook_url": "https://myrunbook.com/runbook/1234",
                    "summary": "This alert was triggered for zone us-1",
                },
                "startsAt": "2021-10-12T09:51:03.157076+02:00",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://play.grafana.org/alerting/1afz29v7z/edit",
                "fingerprint": "c6eadffa33fcdf37",
                "silenceURL": "https://play.grafana.org/alerting/silence/new",
                "dashboardURL": "",
                "panelURL": "",
                "values": {"B": 44.23943737541908, "C": 1},
                **more,
            }
        ],
        "groupLabels": {},
        "commonLabels": {"team": "blue"},
        "commonAnnotations": {},
        "externalURL": "https://play.grafana.org/",
        "version": "1",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "title": "[FIRING:1]  (blue)",
        "state": "alerting",
        "message": "**Firing**",
    }


async def test_the_documented_body_is_an_alert(intake: Intake) -> None:
    assert (await intake.post(Tool.GRAFANA, body())).status == 202
    found = await intake.alert()
    assert found.title == "High memory usage — This alert was triggered for zone us-1"
    assert (found.severity, found.labels) == (Severity.SEV3, {"team": "blue", "zone": "us-1"})
    assert found.link == "https://play.grafana.org/alerting/1afz29v7z/edit"
    assert found.runbook == "https://myrunbook.com/runbook/1234"


async def test_the_panel_is_the_first_link(intake: Intake) -> None:
    await intake.post(Tool.GRAFANA, body(panelURL="https://play.grafana.org/d/1?viewPanel=2"))
    assert (await intake.alert()).link == "https://play.grafana.org/d/1?viewPanel=2"


async def test_it_is_one_alert_until_it_is_resolved(intake: Intake) -> None:
    await intake.post(Tool.GRAFANA, body())
    await intake.post(Tool.GRAFANA, body())
    assert (await intake.alert()).times == 2
    await intake.post(Tool.GRAFANA, body("resolved"))
    await intake.post(Tool.GRAFANA, body("resolved"))
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_a_wrong_status_is_refused(intake: Intake) -> None:
    answer = await intake.post(Tool.GRAFANA, body("odd"))
    assert answer.status == 422 and "alerts.0.status" in answer.body["errors"][0]
    assert await intake.alerts() == []
