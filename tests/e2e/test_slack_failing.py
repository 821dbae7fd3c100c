"""When Slack refuses, is away, or we are at fault: one sentence for the person, with a reference that the log has."""

import re
from collections.abc import MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.commands import severity
from sandbox.client import Person
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import Json, Workplace, filled, words

REFERENCE = re.compile(r"Reference ([0-9a-f]+), it is in the log")


def logged(answer: Json | str, logs: list[MutableMapping[str, Any]]) -> MutableMapping[str, Any]:
    """The one line of the log that has the reference in ``answer``."""
    said = answer if isinstance(answer, str) else answer["text"]
    assert "Error" not in said and "Traceback" not in said
    found = REFERENCE.search(said)
    assert found, said
    lines = [line for line in logs if line.get("reference") == found[1]]
    assert len(lines) == 1
    return lines[0]


async def test_a_form_that_slack_refuses_is_told_with_a_reference(workplace: Workplace, ana: Person) -> None:
    await ana.trouble(method="views.open", error="expired_trigger_id")
    with capture_logs() as logs:
        answer = await workplace.typed(ana, workplace.general, "/incident declare")
    line = logged(answer, logs)
    assert line["by"] == "slack:U0ANA" and line["request_id"] and "expired_trigger_id" in line["error"]


async def test_a_form_is_opened_though_the_connection_was_cut_once(workplace: Workplace, ana: Person) -> None:
    await ana.trouble(method="views.open", cut="before")
    await ana.command(workplace.general, "/incident declare")
    await workplace.form(ana, "Declare an incident")


async def test_the_first_command_is_heard_though_slack_cannot_be_asked_who_the_bot_is(
    workplace: Workplace, ana: Person
) -> None:
    await ana.trouble(method="auth.test", cut="before", times=100)
    assert "/incident declare" in words(await workplace.typed(ana, workplace.general, "/incident help"))


async def test_that_slack_is_away_is_told_with_a_reference(workplace: Workplace, ana: Person) -> None:
    await ana.trouble(method="views.open", error="service_unavailable", times=20)
    with capture_logs() as logs:
        answer = await workplace.typed(ana, workplace.general, "/incident declare")
    logged(answer, logs)


async def test_a_fault_of_ours_is_told_with_a_reference_and_changes_nothing(
    workplace: Workplace, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    before = await workplace.timeline(1)
    monkeypatch.setattr(severity, "change_severity", None)
    with capture_logs() as logs:
        answer = await workplace.typed(ana, channel, "/incident severity 1")
    assert answer["text"].startswith("That did not work; nothing was changed.")
    assert logged(answer, logs)["exc_info"]
    await ana.command(channel, "/incident severity")
    form = await workplace.form(ana, "Change the severity")
    with capture_logs() as logs:
        errors = await ana.submit(form["id"], filled(form, severity="SEV1"))
    assert logged(errors["severity"], logs)["exc_info"]
    assert await workplace.timeline(1) == before


@ON_SQLITE
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.invite", "conversations.create", "pins.add"])
@pytest.mark.parametrize("trouble", [{"error": "internal_error"}, {"cut": "before"}, {"cut": "after"}], ids=str)
async def test_a_call_that_fails_once_while_the_channel_opens_leaves_one_of_everything(
    workplace: Workplace, ana: Person, method: str, trouble: dict[str, str]
) -> None:
    await ana.trouble(method=method, **trouble)
    channel = await workplace.declare(ana, "Checkout fails", page=["U0BEN"])
    await workplace.settle()
    opened = workplace.sandbox.workspace.channels[channel]
    assert len([c for c in workplace.sandbox.workspace.channels.values() if c.name.startswith("inc-")]) == 1
    posts = [m for m in await workplace.by_bot(channel) if not m.get("subtype")]
    assert [m.get("metadata", {}).get("event_type") for m in posts].count("incident_card") == 1
    assert len(opened.pins) == len(opened.bookmarks) == 1
    assert {"U0ANA", "U0BEN"} <= set(opened.members)
    announced = await workplace.by_bot(workplace.channel("incidents"))
    assert len([m for m in announced if not m.get("subtype")]) == 1
