"""PagerDuty's Events API v2: its clients find what they know, at another address.

https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
"""

from typing import Any

import pytest

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from tests.web.intake import Answer, Intake

Json = dict[str, Any]
PAYLOAD: Json = {
    "summary": "DISK at 99% on machine prod-datapipe03.example.com",
    "timestamp": "2026-07-17T08:42:58.315+0000",
    "severity": "critical",
    "source": "prod-datapipe03.example.com",
    "component": "checkout",
    "group": "prod-datapipe",
    "class": "disk",
    "custom_details": {"free space": "1%", "ping time": "1500ms"},
}


async def enqueue(intake: Intake, action: str = "trigger", **more: Any) -> Answer:
    event = {
        "routing_key": intake.keys[Tool.PAGERDUTY],
        "event_action": action,
        "dedup_key": "samplekeyhere",
        "client": "Sample Monitoring Service",
        "client_url": "https://monitoring.example.com",
        "links": [{"href": "https://runbooks.example/disk", "text": "Runbook"}],
        **({"payload": PAYLOAD} if action == "trigger" else {}),
        **more,
    }
    return await intake.post_to("/v2/enqueue", {name: value for name, value in event.items() if value is not None})


async def test_an_event_is_answered_as_pagerduty_does_and_is_an_alert(intake: Intake) -> None:
    answer = await enqueue(intake)
    assert (answer.status, answer.body) == (
        202,
        {"status": "success", "message": "Event processed", "dedup_key": "samplekeyhere"},
    )
    found = await intake.alert()
    assert (found.title, found.severity, found.service) == (PAYLOAD["summary"], Severity.SEV1, "checkout")
    assert found.details == "free space: 1%\nping time: 1500ms"
    assert (found.link, found.runbook) == ("https://monitoring.example.com", "https://runbooks.example/disk")


async def test_acknowledging_accepts_and_resolving_ends_it(intake: Intake) -> None:
    await enqueue(intake)
    await enqueue(intake, "acknowledge")
    assert (await intake.alert()).status is AlertStatus.ACCEPTED
    await enqueue(intake, "resolve")
    await enqueue(intake, "resolve")
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_a_key_is_made_where_there_is_none(intake: Intake) -> None:
    answer = await enqueue(intake, dedup_key=None)
    assert (await intake.alert()).key == answer.body["dedup_key"]


async def test_what_cannot_be_is_answered_as_pagerduty_does(intake: Intake) -> None:
    answer = await enqueue(intake, payload=None)
    assert (answer.status, answer.body["status"], answer.body["message"]) == (
        400,
        "invalid event",
        "Event object is invalid",
    )
    assert "payload" in answer.body["errors"][0]
    assert (await enqueue(intake, "resolve", dedup_key=None)).status == 400
    assert (await enqueue(intake, "snooze")).status == 400
    assert (await enqueue(intake, routing_key="not-a-key")).status == 400
    assert (await intake.post_to("/v2/enqueue", b"{")).status == 400
    assert await intake.alerts() == []


async def test_a_key_of_another_tools_source_is_refused(intake: Intake) -> None:
    answer = await enqueue(intake, routing_key=intake.keys[Tool.GRAFANA])
    assert answer.status == 400 and "of grafana, not of pagerduty" in answer.body["errors"][0]


@pytest.mark.parametrize(
    ("written", "severity"),
    [("critical", Severity.SEV1), ("error", Severity.SEV2), ("warning", Severity.SEV3), ("info", Severity.SEV5)],
)
async def test_its_four_severities(intake: Intake, written: str, severity: Severity) -> None:
    await enqueue(intake, payload={**PAYLOAD, "severity": written})
    assert (await intake.alert()).severity is severity


async def test_the_sources_own_address_takes_events_too(intake: Intake) -> None:
    event = {"event_action": "trigger", "dedup_key": "a", "payload": PAYLOAD}
    assert (await intake.post(Tool.PAGERDUTY, event)).status == 202
    assert (await intake.alert()).key == "a"
