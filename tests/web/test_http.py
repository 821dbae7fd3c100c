"""Alert intake as any HTTP client meets it: which keys open it, what is too much, and that 202 means stored."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from incidents.actions.alerts import receive_all
from incidents.actions.keys import new_key
from incidents.core import Core
from incidents.model.organisation import Tool
from tests.web.intake import Intake
from web import alert_intake

ALERT = {"key": "a", "title": "The backup failed"}


async def test_a_wrong_key_and_an_unknown_source_are_answered_alike(intake: Intake) -> None:
    key = intake.keys[Tool.GENERIC]
    answers = [
        await intake.post_to(path, ALERT)
        for path in (
            "/alerts/generic/wrong",
            "/alerts/nothing/wrong",
            f"/alerts/grafana/{key}",
            f"/alerts/nothing/{key}",
        )
    ]
    assert {(answer.status, json.dumps(answer.body)) for answer in answers} == {
        (404, json.dumps({"status": "error", "errors": [alert_intake.UNKNOWN]}))
    }
    assert await intake.alerts() == []


async def test_a_new_key_opens_and_the_one_before_it_for_a_day(intake: Intake) -> None:
    old = intake.keys[Tool.GENERIC]
    new = await new_key(intake.core, "generic")
    for key in (old, new):
        assert (await intake.post_to(f"/alerts/generic/{key}", ALERT)).status == 202
    intake.clock.pass_by(hours=25)
    await asyncio.sleep(alert_intake.REMEMBERED)
    assert (await intake.post_to(f"/alerts/generic/{old}", ALERT)).status == 404
    assert (await intake.post_to(f"/alerts/generic/{new}", ALERT)).status == 202


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "Invalid JSON"),
        (b"", 400, "Invalid JSON"),
        (b"\xff\xfe", 400, "Invalid JSON"),
        (b"[" * 100_000, 400, "Invalid JSON"),
        (json.dumps({"key": "a", "title": "x" * alert_intake.LARGEST_BODY}).encode(), 413, "larger than 524,288 bytes"),
    ],
    ids=["half", "nothing", "no text", "deep", "large"],
)
async def test_what_cannot_be_read_is_said(intake: Intake, body: bytes, status: int, said: str) -> None:
    answer = await intake.post(Tool.GENERIC, body)
    assert answer.status == status and said in answer.body["errors"][0]
    assert await intake.alerts() == []


async def test_a_large_body_in_pieces_is_too_large_as_well(intake: Intake) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    address = f"{intake.url}/alerts/generic/{intake.keys[Tool.GENERIC]}"
    async with intake.session.post(address, data=pieces()) as answer:
        assert answer.status == 413


async def test_accepted_means_stored_and_while_it_cannot_be_it_is_to_try_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(core: Core, said: Any) -> set[str]:
        raise OSError("the database is away")

    monkeypatch.setattr(alert_intake, "receive_all", away)
    answer = await intake.post(Tool.GENERIC, ALERT)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "away" not in json.dumps(answer.body)
    monkeypatch.setattr(alert_intake, "receive_all", receive_all)
    assert (await intake.post(Tool.GENERIC, ALERT)).status == 202
    assert (await intake.alert()).times == 1


async def test_what_arrives_together_is_stored_together_and_each_is_there(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = 0
    begin = intake.core.storage.transaction

    @asynccontextmanager
    async def counted() -> AsyncIterator[Any]:
        nonlocal transactions
        transactions += 1
        async with begin() as unit:
            yield unit

    monkeypatch.setattr(intake.core.storage, "transaction", counted)
    posts = [intake.post(Tool.GENERIC, {"key": f"k{n % 40}", "title": "x"}) for n in range(120)]
    answers = await asyncio.gather(*posts)
    assert {answer.status for answer in answers} == {202}
    assert [alert.times for alert in await intake.alerts()] == [3] * 40
    assert transactions < 60


async def test_no_key_is_ever_in_the_log(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(core: Core, said: Any) -> set[str]:
        raise OSError("the database is away")

    caplog.set_level(logging.DEBUG)
    key = intake.keys[Tool.GENERIC]
    with capture_logs() as logs:
        await intake.post(Tool.GENERIC, ALERT)
        await intake.post(Tool.GENERIC, b"{")
        await intake.post_to("/v2/enqueue", {"routing_key": key, "event_action": "odd"})
        monkeypatch.setattr(alert_intake, "receive_all", away)
        await intake.post(Tool.GENERIC, ALERT)
    assert [line["event"] for line in logs] == ["alert_not_stored"]
    assert key not in caplog.text + str(logs)
