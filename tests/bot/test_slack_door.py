"""Slack's door: tries again what can be tried again, says no at once where Slack does, and never twice what is once."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.manifest import manifest_faults, read_manifest
from bot.slack import ATTEMPTS, SCOPES, Door, SlackRefused, SlackUnavailable
from sandbox.api.registry import METHODS
from sandbox.server import Sandbox
from sandbox.troubles import ApiTrouble

GENERAL = "C0GENERAL"


@pytest.fixture
def door(sandbox: Sandbox) -> Door:
    return Door(
        AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url, retry_handlers=[]), time_limit=0.5
    )


@pytest.fixture
async def nobody() -> AsyncIterator[Door]:
    """A door behind which nobody is."""
    yield Door(AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/", retry_handlers=[]))


def trouble(sandbox: Sandbox, method: str, **what: Any) -> None:
    sandbox.slack.troubles.api.append(ApiTrouble(method, **what))


def asked(sandbox: Sandbox, method: str) -> int:
    return sum(call.name == method for call in sandbox.workspace.calls)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
async def test_a_passing_fault_is_tried_again(sandbox: Sandbox, door: Door, error: str) -> None:
    trouble(sandbox, "auth.test", error=error)

    assert (await door.call("auth.test"))["ok"]
    assert asked(sandbox, "auth.test") == 2


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_connection_is_tried_again(sandbox: Sandbox, door: Door, cut: str) -> None:
    trouble(sandbox, "users.info", cut=cut)

    assert (await door.call("users.info", user="U0ANA"))["user"]["name"] == "ana"


async def test_an_answer_that_takes_too_long_is_given_up_and_tried_again(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "auth.test", delay=2.0)
    began = time.monotonic()

    assert (await door.call("auth.test"))["ok"]
    assert time.monotonic() - began < 2.0


async def test_slacks_wish_to_wait_is_obeyed(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "chat.postMessage", error="ratelimited", retry_after=1)
    began = time.monotonic()

    await door.call("chat.postMessage", channel=GENERAL, text="hello")

    assert time.monotonic() - began >= 1.0
    assert asked(sandbox, "chat.postMessage") == 2


async def test_a_fault_that_lasts_is_an_error_that_names_the_request(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "auth.test", error="internal_error", times=ATTEMPTS)

    with pytest.raises(SlackUnavailable, match=r"auth\.test: internal_error") as raised:
        await door.call("auth.test")
    assert raised.value.request_id in "".join(raised.value.__notes__)
    assert raised.value.request_id
    assert asked(sandbox, "auth.test") == ATTEMPTS


async def test_a_no_is_told_at_once_in_slacks_words(sandbox: Sandbox, door: Door) -> None:
    with pytest.raises(SlackRefused, match=r"conversations\.info: channel_not_found") as raised:
        await door.call("conversations.info", channel="C0NONE")

    assert (raised.value.method, raised.value.error) == ("conversations.info", "channel_not_found")
    assert raised.value.request_id
    assert asked(sandbox, "conversations.info") == 1


@pytest.mark.parametrize("trouble_", [{"cut": "after"}, {"error": "internal_error"}, {"delay": 1.0}])
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.create", "bookmarks.add"])
async def test_what_would_be_done_twice_is_left_to_who_can_look(
    sandbox: Sandbox, door: Door, method: str, trouble_: dict[str, Any]
) -> None:
    arguments = {
        "chat.postMessage": {"channel": GENERAL, "text": "hello"},
        "conversations.create": {"name": "room"},
        "bookmarks.add": {"channel_id": GENERAL, "title": "x", "type": "link", "link": "https://x"},
    }
    trouble(sandbox, method, **trouble_)

    with pytest.raises(SlackUnavailable):
        await door.call(method, **arguments[method])
    assert asked(sandbox, method) == 1


async def test_where_nobody_answers_the_error_says_so(nobody: Door) -> None:
    with pytest.raises(SlackUnavailable, match=r"auth\.test: .*127\.0\.0\.1"):
        await nobody.call("auth.test")


async def test_no_error_holds_the_token_or_what_was_written(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "chat.postMessage", cut="after")

    with pytest.raises(SlackUnavailable) as raised:
        await door.call("chat.postMessage", channel=GENERAL, text="our secret")
    assert "secret" not in str(raised.value)
    assert sandbox.app.bot_token not in str(raised.value)


async def test_an_answer_at_a_response_url_that_is_over_is_refused(sandbox: Sandbox, door: Door) -> None:
    with pytest.raises(SlackRefused, match="response_url"):
        await door.respond(f"{sandbox.url}/commands/T0SANDBOX/nothing", text="late")


async def test_a_method_that_is_not_in_the_table_is_a_mistake_of_ours(door: Door) -> None:
    with pytest.raises(AssertionError):
        await door.call("chat.delete")


def test_every_method_of_the_table_is_one_of_slacks_and_the_manifest_has_its_scopes() -> None:
    assert set(SCOPES) <= set(METHODS)
    assert manifest_faults(read_manifest()) == []
