"""Sentry's integration platform: metric alerts, issue alerts, and issues that are resolved.

https://docs.sentry.io/integrations/integration-platform/webhooks/
"""

from typing import Any

import pytest

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from tests.web.intake import Intake

Json = dict[str, Any]
METRIC: Json = {
    "action": "critical",
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
    "data": {
        "metric_alert": {
            "id": "4",
            "identifier": "1",
            "title": "Too many errors",
            "status": 20,
            "alert_rule": {"id": "7", "name": "Too many errors"},
        },
        "description_text": "1000 events in the last 10 minutes",
        "description_title": "Critical: Too many errors",
        "web_url": "https://sentry.example/organizations/acme/alerts/4/",
    },
    "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
}
EVENT: Json = {
    "action": "triggered",
    "data": {
        "event": {
            "issue_id": "1170820242",
            "title": "ReferenceError: blooopy is not defined",
            "level": "error",
            "culprit": "?(<anonymous>)",
            "web_url": "https://sentry.example/organizations/acme/issues/1170820242/events/e4874d",
            "environment": "production",
        },
        "triggered_rule": "Very Important Alert Rule!",
    },
}
RESOLVED: Json = {"action": "resolved", "data": {"issue": {"id": "1170820242", "title": "ReferenceError"}}}


def hook(resource: str, request: str = "1") -> dict[str, str]:
    return {"Sentry-Hook-Resource": resource, "Request-ID": request}


async def test_a_metric_alert_fires_gets_better_and_ends(intake: Intake) -> None:
    await intake.post(Tool.SENTRY, METRIC, hook("metric_alert"))
    found = await intake.alert()
    assert (found.title, found.severity) == ("Critical: Too many errors", Severity.SEV1)
    assert found.link == METRIC["data"]["web_url"]
    await intake.post(Tool.SENTRY, {**METRIC, "action": "warning"}, hook("metric_alert", "2"))
    assert (await intake.alert()).severity is Severity.SEV3
    await intake.post(Tool.SENTRY, {**METRIC, "action": "resolved"}, hook("metric_alert", "3"))
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_an_issue_alert_ends_when_its_issue_is_resolved(intake: Intake) -> None:
    await intake.post(Tool.SENTRY, EVENT, hook("event_alert"))
    found = await intake.alert()
    assert (found.title, found.severity) == ("ReferenceError: blooopy is not defined", Severity.SEV2)
    assert found.labels["environment"] == "production"
    await intake.post(Tool.SENTRY, RESOLVED, hook("issue", "2"))
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_the_same_hook_twice_counts_once(intake: Intake) -> None:
    for _ in range(2):
        await intake.post(Tool.SENTRY, EVENT, hook("event_alert", "same"))
    assert (await intake.alert()).times == 1


@pytest.mark.parametrize("resource", ["installation", "comment", "error"])
async def test_what_says_nothing_of_alerts_is_accepted_and_makes_none(intake: Intake, resource: str) -> None:
    assert (await intake.post(Tool.SENTRY, EVENT, hook(resource))).status == 202
    assert await intake.alerts() == []


async def test_an_alert_without_its_data_is_refused(intake: Intake) -> None:
    answer = await intake.post(Tool.SENTRY, {"action": "triggered", "data": {}}, hook("event_alert"))
    assert answer.status == 422 and "data.event" in answer.body["errors"][0]
    wrong = await intake.post(Tool.SENTRY, {"action": "x", "data": {"event": {"title": "y"}}}, hook("event_alert"))
    assert wrong.status == 422 and "issue_id" in wrong.body["errors"][0]
