"""Datadog's webhook, with the payload of docs/alerts.md, which Datadog fills in.

https://docs.datadoghq.com/integrations/webhooks/#variables
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from tests.web.intake import Intake

Json = dict[str, Any]
FILLED = {
    "$ID": "7123456789",
    "$ALERT_ID": "42",
    "$AGGREG_KEY": "9bd4ac313a4d1e8fae2482df7b77628",
    "$ALERT_CYCLE_KEY": "13864",
    "$ALERT_TRANSITION": "Triggered",
    "$ALERT_PRIORITY": "P2",
    "$ALERT_TYPE": "error",
    "$EVENT_TITLE": "[Triggered] 5xx on checkout",
    "$EVENT_MSG": "It was 0.1 %.",
    "$LINK": "https://app.datadoghq.com/event/event?id=1",
    "$ALERT_SCOPE": "host:shop-1",
    "$TAGS": "monitor, env:prod, service:checkout",
    "$DATE": "1795402800000",
}


def template() -> Json:
    """The payload that the documentation has people paste."""
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    [pasted] = re.findall(r"```json\n(\{[^`]*\$ALERT_TRANSITION[^`]*\})\n```", page)
    found: Json = json.loads(pasted)
    return found


def event(**more: str) -> Json:
    filled = {**FILLED, **{f"${name}": value for name, value in more.items()}}
    return {field: filled.get(variable, variable) for field, variable in template().items()}


async def test_the_payload_of_the_documentation_is_an_alert(intake: Intake) -> None:
    assert (await intake.post(Tool.DATADOG, event())).status == 202
    found = await intake.alert()
    assert (found.title, found.severity, found.service) == ("[Triggered] 5xx on checkout", Severity.SEV2, "checkout")
    assert found.link == FILLED["$LINK"] and found.details == "It was 0.1 %."
    assert found.labels == {"monitor": "42", "scope": "host:shop-1", "env": "prod", "service": "checkout"}


async def test_it_ends_when_it_recovers_and_the_same_event_twice_is_one(intake: Intake) -> None:
    await intake.post(Tool.DATADOG, event())
    await intake.post(Tool.DATADOG, event())
    assert (await intake.alert()).times == 1
    await intake.post(Tool.DATADOG, event(ID="7123456790", ALERT_TRANSITION="Re-Triggered"))
    assert (await intake.alert()).times == 2
    await intake.post(Tool.DATADOG, event(ID="7123456791", ALERT_TRANSITION="Recovered"))
    assert (await intake.alert()).status is AlertStatus.RESOLVED


@pytest.mark.parametrize(
    ("priority", "kind", "severity"),
    [("P1", "info", Severity.SEV1), ("$ALERT_PRIORITY", "warning", Severity.SEV3), ("", "error", Severity.SEV2)],
)
async def test_a_monitor_without_a_priority_is_as_bad_as_its_kind(
    intake: Intake, priority: str, kind: str, severity: Severity
) -> None:
    await intake.post(Tool.DATADOG, event(ALERT_PRIORITY=priority, ALERT_TYPE=kind))
    assert (await intake.alert()).severity is severity


async def test_what_names_no_monitor_is_told_what_to_paste(intake: Intake) -> None:
    answer = await intake.post(Tool.DATADOG, event(AGGREG_KEY="$AGGREG_KEY", ALERT_ID="", ALERT_SCOPE=""))
    assert answer.status == 422 and "docs/alerts.md" in answer.body["errors"][0]
    assert (await intake.post(Tool.DATADOG, {"title": "x"})).body["errors"] == ["transition: Field required"]
    assert await intake.alerts() == []
