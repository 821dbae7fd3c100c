"""Delivery to a request URL: Slack's signature, forms and JSON, retries, three seconds."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web as http
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.deliveries.transport import Timing
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, manifest, until


class Endpoint:
    """An app that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], str]] = []
        self.answer: Callable[[], http.Response] = http.Response
        self.delay = 0.0
        self.url = ""

    async def take(self, request: http.Request) -> http.Response:
        self.got.append((dict(request.headers), await request.text()))
        await asyncio.sleep(self.delay)
        return self.answer()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    app, endpoint = http.Application(), Endpoint()
    app.router.add_post("/slack/events", endpoint.take)
    runner = http.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = http.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield endpoint
    await runner.cleanup()


@pytest.fixture
async def reached(endpoint: Endpoint, timing: Timing) -> AsyncIterator[Sandbox]:
    """A sandbox whose app, in #general, is reached at `endpoint`."""
    async with running_sandbox(manifest(), request_url=endpoint.url, timing=timing) as sandbox:
        client = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        await client.conversations_join(channel=GENERAL)
        await until(lambda: len(endpoint.got) == 2)
        endpoint.got.clear()
        yield sandbox


async def test_events_are_signed_json(reached: Sandbox, endpoint: Endpoint) -> None:
    ts = await reached.person("ana").say(GENERAL, "hello")
    [(headers, body)] = await until(lambda: endpoint.got)
    assert headers["Content-Type"] == "application/json"
    assert SignatureVerifier(reached.app.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)
    outer = json.loads(body)
    assert (outer["type"], outer["event"]["ts"]) == ("event_callback", ts)


async def test_an_event_not_acknowledged_comes_three_times_more(reached: Sandbox, endpoint: Endpoint) -> None:
    endpoint.answer = lambda: http.Response(status=500)
    await reached.person("ana").say(GENERAL, "hello")
    await until(lambda: len(endpoint.got) == 4)
    await asyncio.sleep(0.2)
    retries = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in endpoint.got]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in endpoint.got}) == 1


async def test_an_app_that_wants_no_retry_gets_none(reached: Sandbox, endpoint: Endpoint) -> None:
    endpoint.answer = lambda: http.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await reached.person("ana").say(GENERAL, "once")
    await until(lambda: endpoint.got)
    endpoint.answer = http.Response
    await reached.person("ana").say(GENERAL, "after")
    await until(lambda: len(endpoint.got) == 2)
    await asyncio.sleep(0.1)
    assert [json.loads(body)["event"]["text"] for _, body in endpoint.got] == ["once", "after"]


async def test_redirects_are_followed_twice(reached: Sandbox, endpoint: Endpoint) -> None:
    def elsewhere() -> http.Response:
        return http.Response(status=307, headers={"Location": endpoint.url})

    endpoint.answer = elsewhere
    await reached.person("ana").say(GENERAL, "hello")
    await until(lambda: len(endpoint.got) > 3)
    assert [headers.get("X-Slack-Retry-Reason") for headers, _ in endpoint.got[:4]] == [None] * 3 + [
        "too_many_redirects"
    ]


def test_slack_tries_again_at_once_after_a_minute_and_after_five() -> None:
    assert (Timing().acknowledge, Timing().retries) == (3, (0, 60, 300))


async def test_an_event_taken_at_the_second_try_comes_no_more(reached: Sandbox, endpoint: Endpoint) -> None:
    endpoint.delay = 0.5
    await reached.person("ana").say(GENERAL, "hello")
    await until(lambda: endpoint.got)
    endpoint.delay = 0.0
    await until(lambda: len(endpoint.got) == 2)
    await asyncio.sleep(0.3)
    assert [h.get("X-Slack-Retry-Reason") for h, _ in endpoint.got] == [None, "http_timeout"]


async def test_a_command_is_a_form_and_its_answer_a_message(reached: Sandbox, endpoint: Endpoint) -> None:
    said = {"text": "Declared", "response_type": "in_channel"}
    endpoint.answer = lambda: http.json_response(said)
    ana = reached.person("ana")
    await ana.command(GENERAL, "/trial now")
    [(headers, body)] = endpoint.got[:1]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "command=%2Ftrial&text=now" in body
    assert (await ana.messages(GENERAL))[-1]["text"] == "Declared"


async def test_a_slow_or_absent_app_is_named_to_the_person(reached: Sandbox, endpoint: Endpoint) -> None:
    endpoint.delay = 0.6
    with pytest.raises(RefusedError, match="operation_timeout"):
        await reached.person("ana").shortcut("everywhere")
    endpoint.delay, endpoint.answer = 0.0, lambda: http.Response(status=404)
    with pytest.raises(RefusedError, match="http_service_error"):
        await reached.person("ana").shortcut("everywhere")
    assert len(endpoint.got) == 2
