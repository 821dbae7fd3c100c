"""Any JSON: in the documented schema, or in a tool's own, which the source's mapping reads."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from storage.storage import SqlStorage
from tests.web.intake import Intake, intake_on

Json = dict[str, Any]
ALERT: Json = {"key": "backup/shop", "title": "The backup failed", "severity": "SEV2", "service": "Checkout"}


@asynccontextmanager
async def mapped(address: str, mapping: Mapping[str, str]) -> AsyncIterator[Intake]:
    storage = await SqlStorage.open(address)
    try:
        async with intake_on(storage, mapping=mapping) as intake:
            yield intake
    finally:
        await storage.close()


async def test_the_documented_schema(intake: Intake) -> None:
    more = {
        "details": "exit code 1",
        "link": "https://ci.example/1",
        "runbook": "https://runbooks.example/backup",
        "labels": {"host": "shop-1"},
        "began_at": "2026-11-23T03:05:00Z",
    }
    assert (await intake.post(Tool.GENERIC, ALERT | more)).status == 202
    found = await intake.alert()
    assert (found.title, found.severity, found.service) == ("The backup failed", Severity.SEV2, "checkout")
    assert (found.link, found.labels) == ("https://ci.example/1", {"host": "shop-1"})


async def test_its_statuses_and_several_at_once(intake: Intake) -> None:
    await intake.post(Tool.GENERIC, [ALERT, ALERT | {"key": "b"}])
    await intake.post(Tool.GENERIC, {"key": "b", "status": "accepted"})
    await intake.post(Tool.GENERIC, {"key": "backup/shop", "status": "OK"})
    assert [alert.status for alert in await intake.alerts()] == [AlertStatus.RESOLVED, AlertStatus.ACCEPTED]


async def test_a_delivery_that_comes_twice_counts_once(intake: Intake) -> None:
    for _ in range(2):
        await intake.post(Tool.GENERIC, ALERT | {"delivery": "1"})
    assert (await intake.alert()).times == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"title": "x"}, "key: "),
        ({"key": "a"}, "title is missing"),
        ({"key": "a", "title": "x", "status": "odd"}, 'status is "odd"; write firing'),
        ({"key": "a", "title": "x", "labels": {"a": [1]}}, "labels.a: "),
        ({"key": "a", "title": "x", "began_at": "yesterday"}, "began_at: "),
        ("words", "the body: "),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_stored(intake: Intake, body: Any, said: str) -> None:
    answer = await intake.post(Tool.GENERIC, [ALERT, body])
    assert answer.status == 422 and answer.body["errors"][0].startswith(said)
    assert await intake.alerts() == []


async def test_a_mapping_reads_a_body_of_any_form(sqlite_address: str) -> None:
    mapping = {
        "alerts": "checks[?state != 'fine']",
        "key": "id",
        "title": "join(': ', [name, problem])",
        "severity": "level",
        "status": "state",
        "labels": "{host: host, tries: tries}",
    }
    body = {
        "checks": [
            {"id": 7, "name": "disk", "problem": "full", "level": 1, "state": "down", "host": "shop-1", "tries": 3},
            {"id": 8, "name": "cpu", "problem": "", "level": 3, "state": "fine"},
        ]
    }
    async with mapped(sqlite_address, mapping) as intake:
        assert (await intake.post(Tool.GENERIC, body)).status == 202
        found = await intake.alert()
    assert (found.key, found.title, found.severity) == ("7", "disk: full", Severity.SEV1)
    assert found.labels == {"host": "shop-1", "tries": "3"}


async def test_a_mapping_that_does_not_fit_says_so(sqlite_address: str) -> None:
    async with mapped(sqlite_address, {"key": "id", "title": "length(name)"}) as intake:
        answer = await intake.post(Tool.GENERIC, {"id": "a", "name": 7})
        assert answer.status == 422 and 'The mapping of title, "length(name)"' in answer.body["errors"][0]
        missing = await intake.post(Tool.GENERIC, {"name": "x"})
        assert missing.status == 422 and "The source's mapping reads it." in missing.body["errors"][0]
