"""Slack's door: what is tried again and what is not, how long it waits, and what an error tells."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import ATTEMPTS, ONCE, RETRIED, Door, SlackRefused, SlackUnavailable
from sandbox.client import Person
from sandbox.server import Sandbox
from web.server import serving, take_address

GENERAL = "C0GENERAL"
POST: dict[str, Any] = {"channel": GENERAL, "text": "Hello"}


@asynccontextmanager
async def served(*routes: web.RouteDef) -> AsyncIterator[int]:
    """The port at which ``routes`` are served."""
    address = take_address("127.0.0.1", 0)
    async with serving(address, routes):
        yield address.getsockname()[1]


@pytest.fixture
def door(sandbox: Sandbox) -> Door:
    return Door(
        AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url, retry_handlers=[]), time_limit=0.5
    )


@pytest.fixture
def ana(sandbox: Sandbox) -> Person:
    return sandbox.person("ana")


def asked(sandbox: Sandbox, method: str) -> int:
    """How often ``method`` was called."""
    return sum(call.name == method for call in sandbox.workspace.calls)


async def posts(ana: Person) -> list[str]:
    return [message["text"] for message in await ana.messages(GENERAL) if message["text"] == "Hello"]


@pytest.mark.parametrize("error", sorted(RETRIED & {"internal_error", "fatal_error", "service_unavailable"}))
async def test_what_may_pass_is_tried_again(door: Door, ana: Person, sandbox: Sandbox, error: str) -> None:
    await ana.trouble(method="auth.test", error=error, times=2)
    assert (await door.call("auth.test"))["user_id"] == sandbox.app.bot_user_id
    assert asked(sandbox, "auth.test") == 3


async def test_in_the_end_it_gives_up_and_says_why(door: Door, ana: Person, sandbox: Sandbox) -> None:
    await ana.trouble(method="auth.test", error="internal_error", times=99)
    with pytest.raises(SlackUnavailable, match=r"auth\.test: internal_error"):
        await door.call("auth.test")
    assert asked(sandbox, "auth.test") == ATTEMPTS


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "missing_scope", "restricted_action"])
async def test_what_slack_would_refuse_again_is_not_tried_again(
    door: Door, ana: Person, sandbox: Sandbox, error: str
) -> None:
    await ana.trouble(method="chat.update", error=error)
    with pytest.raises(SlackRefused) as refused:
        await door.call("chat.update", channel=GENERAL, ts="1.2", text="Hello")
    assert (refused.value.method, refused.value.error) == ("chat.update", error)
    assert asked(sandbox, "chat.update") == 1


@pytest.mark.parametrize("method", ["chat.postMessage", "users.info"])
async def test_it_waits_as_long_as_slack_asks(door: Door, ana: Person, sandbox: Sandbox, method: str) -> None:
    """A call that was limited did nothing, so it is repeated whatever it is."""
    await ana.trouble(method=method, error="ratelimited", retry_after=1)
    began = time.monotonic()
    await door.call(method, **(POST if method == "chat.postMessage" else {"user": "U0ANA"}))
    assert time.monotonic() - began >= 1.0
    assert asked(sandbox, method) == 2


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_post_whose_answer_is_lost_is_not_repeated(door: Door, ana: Person, sandbox: Sandbox, cut: str) -> None:
    await ana.trouble(method="chat.postMessage", cut=cut)
    with pytest.raises(SlackUnavailable) as lost:
        await door.call("chat.postMessage", **POST)
    assert lost.value.can_be_repeated is False
    assert asked(sandbox, "chat.postMessage") == 1
    assert len(await posts(ana)) == (1 if cut == "after" else 0)


@pytest.mark.parametrize("method", sorted(ONCE))
async def test_what_would_be_done_twice_is_asked_once(door: Door, ana: Person, sandbox: Sandbox, method: str) -> None:
    await ana.trouble(method=method, error="internal_error")
    with pytest.raises(SlackUnavailable):
        await door.call(method)
    assert asked(sandbox, method) == 1


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_broken_connection_is_tried_again_where_that_does_no_harm(
    door: Door, ana: Person, sandbox: Sandbox, cut: str
) -> None:
    await ana.trouble(method="users.info", cut=cut)
    assert (await door.call("users.info", user="U0ANA"))["user"]["id"] == "U0ANA"
    assert asked(sandbox, "users.info") == 2


async def test_a_call_that_is_not_answered_ends_in_time(door: Door, ana: Person) -> None:
    await ana.trouble(method="chat.postMessage", delay=5)
    began = time.monotonic()
    with pytest.raises(SlackUnavailable, match="no answer in time"):
        await door.call("chat.postMessage", **POST)
    assert time.monotonic() - began < 5


async def test_errors_carry_slacks_request_id(door: Door, ana: Person) -> None:
    await ana.trouble(method="chat.postMessage", error="channel_not_found")
    with pytest.raises(SlackRefused) as refused:
        await door.call("chat.postMessage", **POST)
    await ana.trouble(method="chat.postMessage", error="internal_error")
    with pytest.raises(SlackUnavailable) as away:
        await door.call("chat.postMessage", **POST)
    for error in (refused.value, away.value):
        assert len(error.request_id) == 32
        assert f"x-slack-req-id: {error.request_id}" in "".join(traceback.format_exception(error))


async def test_a_refusal_keeps_what_slack_said_about_it(door: Door) -> None:
    with pytest.raises(SlackRefused) as refused:
        await door.call("chat.postMessage", channel=GENERAL, blocks=[{"type": "nothing"}])
    assert refused.value.error == "invalid_blocks"
    assert refused.value.answer["response_metadata"]["messages"]


async def test_arguments_go_as_slack_takes_them(door: Door, sandbox: Sandbox) -> None:
    await door.call(
        "conversations.list", types="public_channel", limit=1, exclude_archived=True, cursor=None, team_id="T0SANDBOX"
    )
    [call] = [call for call in sandbox.workspace.calls if call.name == "conversations.list"]
    assert call.arguments == {
        "types": "public_channel",
        "limit": "1",
        "exclude_archived": "true",
        "team_id": "T0SANDBOX",
    }


async def test_the_tokens_scopes_are_known(door: Door, sandbox: Sandbox) -> None:
    assert await door.granted_scopes() == sandbox.app.scopes


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<html>Log in to the guest network"),
        (200, "text/plain", "ok"),
        (200, "application/json", "{"),
        (200, "application/json", "[]"),
        (200, "application/json", "null"),
        (404, "text/html", "Not found"),
        (502, "text/plain", "Bad gateway"),
        (503, "text/html", ""),
    ],
)
async def test_an_answer_that_is_not_slacks_is_slack_being_away(status: int, kind: str, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=kind)

    async with served(web.post("/api/chat.postMessage", answer)) as port:
        client = AsyncWebClient(token="xoxb-1", base_url=f"http://127.0.0.1:{port}/api/", retry_handlers=[])
        with pytest.raises(SlackUnavailable, match=r"chat\.postMessage: "):
            await Door(client).call("chat.postMessage", **POST)


class ResponseUrl:
    """A response_url that answers as a test wants, and counts."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.said: list[Any] = []

    async def receive(self, request: web.Request) -> web.Response:
        self.said.append(await request.json())
        await asyncio.sleep(0)
        return self.answers.pop(0) if self.answers else web.Response(text="ok")


@pytest.fixture
def response_url() -> ResponseUrl:
    return ResponseUrl()


@pytest.fixture
async def its_address(response_url: ResponseUrl) -> AsyncIterator[str]:
    async with served(web.post("/commands/1", response_url.receive)) as port:
        yield f"http://127.0.0.1:{port}/commands/1"


async def test_an_answer_is_given_once(door: Door, response_url: ResponseUrl, its_address: str) -> None:
    await door.respond(its_address, text="Done")
    assert [said["text"] for said in response_url.said] == ["Done"]


@pytest.mark.parametrize("first", [web.Response(status=500), web.Response(status=429, headers={"Retry-After": "0"})])
async def test_an_answer_that_did_not_get_through_is_given_again(
    door: Door, response_url: ResponseUrl, its_address: str, first: web.Response
) -> None:
    response_url.answers = [first]
    await door.respond(its_address, text="Done")
    assert len(response_url.said) == 2


async def test_an_answer_that_comes_too_late_is_refused(
    door: Door, response_url: ResponseUrl, its_address: str
) -> None:
    response_url.answers = [web.Response(status=404, text="used_url")]
    with pytest.raises(SlackRefused, match="used_url"):
        await door.respond(its_address, text="Done")
    assert len(response_url.said) == 1


async def test_an_answer_to_nobody_gives_up(door: Door) -> None:
    with pytest.raises(SlackUnavailable, match="Cannot connect"):
        await door.respond("http://127.0.0.1:1/commands/1", text="Done")


async def test_where_a_file_goes_is_told_to_nobody_though_it_does_not_get_there(door: Door) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=502)

    async with served(web.post("/upload/v1/secret", answer)) as port:
        with pytest.raises(SlackUnavailable) as lost:
            await door.upload(f"http://127.0.0.1:{port}/upload/v1/secret", b"x")
    assert str(lost.value) == "upload: status 502"
