"""ilert's events API: its integrations find what they know, at another address.

https://docs.ilert.com/developer-docs/rest-api/api-reference/events
"""

from typing import Any

import pytest

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from tests.web.intake import Answer, Intake


async def event(intake: Intake, kind: str = "ALERT", **more: Any) -> Answer:
    said = {
        "apiKey": intake.keys[Tool.ILERT],
        "eventType": kind,
        "alertKey": "Host-1/Disk",
        "summary": "Disk is full",
        "details": "99 % on /data",
        "services": [{"alias": "checkout-api"}],
        "labels": {"env": "prod"},
        "links": [{"href": "https://monitoring.example/host-1", "text": "Host"}],
        "customDetails": {"free": 1},
        **more,
    }
    return await intake.post_to("/api/events", {name: value for name, value in said.items() if value is not None})


async def test_an_alert_with_all_that_it_tells(intake: Intake) -> None:
    answer = await event(intake, severity=2)
    assert (answer.status, answer.body["alertKey"]) == (202, "Host-1/Disk")
    found = await intake.alert()
    assert (found.title, found.severity, found.service) == ("Disk is full", Severity.SEV2, "checkout")
    assert (found.details, found.link) == ("99 % on /data\nfree: 1", "https://monitoring.example/host-1")


async def test_its_key_is_the_same_in_any_case(intake: Intake) -> None:
    await event(intake)
    await event(intake, alertKey="HOST-1/disk")
    assert (await intake.alert()).times == 2
    await event(intake, "ACCEPT", alertKey="host-1/DISK")
    assert (await intake.alert()).status is AlertStatus.ACCEPTED
    await event(intake, "COMMENT", summary="still full")
    await event(intake, "RESOLVE", alertKey="host-1/disk")
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_what_ends_nothing_makes_nothing(intake: Intake) -> None:
    for kind in ("ACCEPT", "RESOLVE", "COMMENT"):
        assert (await event(intake, kind)).status == 202
    assert await intake.alerts() == []


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ({"severity": 1}, Severity.SEV1),
        ({"severity": 5}, Severity.SEV5),
        ({"priority": "HIGH"}, Severity.SEV2),
        ({"priority": "LOW"}, Severity.SEV4),
        ({}, Severity.SEV3),
    ],
)
async def test_how_bad_it_is(intake: Intake, more: dict[str, Any], severity: Severity) -> None:
    await event(intake, **more)
    assert (await intake.alert()).severity is severity


@pytest.mark.parametrize(
    "wrong",
    [{"severity": 0}, {"severity": 6}, {"severity": "2"}, {"severity": 2.5}, {"summary": " "}, {"eventType": "alert"}],
)
async def test_what_cannot_be_is_refused(intake: Intake, wrong: dict[str, Any]) -> None:
    answer = await event(intake, **wrong)
    assert answer.status == 422 and answer.body["errors"]
    assert await intake.alerts() == []


async def test_a_key_that_is_none_is_not_found_and_the_older_name_is_understood(intake: Intake) -> None:
    assert (await event(intake, apiKey="wrong")).status == 404
    assert (await event(intake, apiKey=None, integrationKey=intake.keys[Tool.ILERT])).status == 202
    assert (await event(intake, apiKey=None, alertKey=None)).status == 404
