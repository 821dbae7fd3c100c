"""One message for each alert, in its source's channel, once, and true."""

import json
from collections.abc import AsyncIterator

import pytest

from incidents.actions.alert_response import accept_alert, escalate_alert, resolve_alert
from incidents.actions.alerts import receive
from sandbox import messages
from sandbox.things import Message
from tests.bot.alerting import ALERTS, SOURCE, fire, has, organisation, resolve, tell
from tests.bot.floor import ANA, BEN, Floor


@pytest.fixture
async def alerted(floor: Floor) -> AsyncIterator[Floor]:
    """The bot, where a tool is a source of alerts."""
    await has(floor, organisation())
    yield floor


def shown(floor: Floor) -> Message:
    [message] = floor.posts(ALERTS)
    return message


async def test_an_alert_is_one_message_with_what_one_must_know(alerted: Floor) -> None:
    await tell(
        alerted,
        fire(
            details="502s since the deploy", link="https://prom.example/graph?a=1&b=2", runbook="https://wiki.example/r"
        ),
    )

    said = json.dumps(shown(alerted).blocks, ensure_ascii=False)
    for fact in (
        "🟠 *SEV2 firing*",
        "Checkout 5xx at 12 %",
        "Prometheus",
        "Checkout",
        "since",
        "502s since the deploy",
    ):
        assert fact in said
    assert "<https://prom.example/graph?a=1&amp;b=2|Open in Prometheus>" in said
    assert "<https://wiki.example/r|Runbook>" in said
    assert "SEV2" in shown(alerted).text and "Nobody" in shown(alerted).text


async def test_what_fires_again_edits_its_message(alerted: Floor) -> None:
    await tell(alerted, fire())
    await tell(alerted, fire(), fire(title="Checkout 5xx at 40 %"))

    said = json.dumps(shown(alerted).blocks)
    assert "40 %" in said and "3 times" in said


async def test_it_says_who_did_what(alerted: Floor) -> None:
    await tell(alerted, fire())
    await escalate_alert(alerted.bot.core, 1, ANA)
    await accept_alert(alerted.bot.core, 1, BEN)
    await alerted.settled()

    said = json.dumps(shown(alerted).blocks)
    assert "<@U0BEN>* is on it" in said
    assert "<@U0ANA> escalated" in said


async def test_several_changes_make_one_edit(alerted: Floor) -> None:
    await tell(alerted, fire())
    before = len(alerted.calls("chat.update"))
    for _ in range(5):
        await receive(alerted.bot.core, SOURCE, [fire()])
    await alerted.settled()

    assert len(alerted.calls("chat.update")) - before <= 2
    assert "6 times" in json.dumps(shown(alerted).blocks)


async def test_a_resolved_one_is_quiet(alerted: Floor) -> None:
    await tell(alerted, fire())
    await resolve_alert(alerted.bot.core, 1, ANA)
    await alerted.settled()

    said = json.dumps(shown(alerted).blocks, ensure_ascii=False)
    assert "✅ *Resolved*" in said and "resolved by <@U0ANA>" in said
    assert not [block for block in shown(alerted).blocks or [] if block["type"] == "actions"]


async def test_the_tool_that_resolves_is_named(alerted: Floor) -> None:
    await tell(alerted, fire())
    await tell(alerted, resolve())

    assert "resolved by Prometheus" in json.dumps(shown(alerted).blocks)


async def test_what_fires_after_that_is_a_new_message(alerted: Floor) -> None:
    await tell(alerted, fire())
    await tell(alerted, resolve())
    await tell(alerted, fire())

    assert len(alerted.posts(ALERTS)) == 2


async def test_a_new_message_notifies_nobody(alerted: Floor) -> None:
    await tell(alerted, fire())
    await accept_alert(alerted.bot.core, 1, BEN)
    messages.delete(alerted.sandbox.workspace, alerted.channel(ALERTS), shown(alerted), ANA.id)
    await alerted.settled()
    await resolve_alert(alerted.bot.core, 1, ANA)
    await alerted.settled()

    posted = [asked for _, asked in alerted.calls("chat.postMessage") if asked["channel"] == "general"]
    assert len(posted) == 2 and "<@" not in json.dumps(posted)


async def test_only_addresses_of_the_web_are_links(alerted: Floor) -> None:
    await tell(alerted, fire(link="javascript:alert(1)", runbook="file:///etc/passwd"))

    said = json.dumps(shown(alerted).blocks)
    assert "javascript" not in said and "passwd" not in said


async def test_a_tools_text_calls_nobody(alerted: Floor) -> None:
    await tell(alerted, fire(title="<!channel> & <@U0ANA>", details="<!here>", service="<!everyone>"))

    said = json.dumps(shown(alerted).blocks) + shown(alerted).text
    assert "<!channel>" not in said and "<@U0ANA>" not in said and "<!here>" not in said and "<!everyone>" not in said


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_makes_no_second_message(alerted: Floor, cut: str) -> None:
    alerted.trouble("chat.postMessage", cut=cut)
    await tell(alerted, fire())

    assert len(alerted.posts(ALERTS)) == 1
    await tell(alerted, resolve())
    assert "Resolved" in json.dumps(shown(alerted).blocks)
    assert await alerted.parked() == []


async def test_a_missing_channel_says_what_to_do(floor: Floor) -> None:
    await has(floor, organisation(channel="no-such-channel"))
    await tell(floor, fire())

    [why] = {parked.reason for parked in await floor.parked()}
    assert "Alerts of Prometheus cannot be shown in no-such-channel (channel_not_found)" in why


async def test_it_is_shown_once_the_channel_is_there(floor: Floor) -> None:
    await has(floor, organisation(channel="no-such-channel"))
    await tell(floor, fire())
    made = await floor.person("ana").create("no-such-channel")
    await tell(floor, fire())

    [message] = floor.posts(made)
    assert "2 times" in json.dumps(message.blocks)
