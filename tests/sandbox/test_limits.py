"""Slack's rate limits, as slack_sdk meets them: 429 and Retry-After, counted a method, and a channel for posting."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.api.registry import METHODS
from sandbox.limits import MODES, POSTING, RATE_OF, RATES
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, manifest, refused


@pytest.fixture
async def harsh() -> AsyncIterator[Sandbox]:
    async with running_sandbox(manifest(), limits="harsh") as running:
        yield running


def client(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)


def test_every_method_has_its_tier() -> None:
    assert {*RATE_OF, POSTING} >= set(METHODS)
    assert set(MODES) == set(RATES)


async def test_one_message_a_second_and_channel(harsh: Sandbox) -> None:
    web = client(harsh)
    await web.chat_postMessage(channel=GENERAL, text="one")
    with refused("ratelimited") as caught:
        await web.chat_postMessage(channel="#general", text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    await web.chat_postMessage(channel=INCIDENTS, text="elsewhere")
    await asyncio.sleep(1.1)
    await web.chat_postMessage(channel=GENERAL, text="two")


async def test_a_person_and_their_direct_messages_are_one_place(harsh: Sandbox) -> None:
    web = client(harsh)
    posted = await web.chat_postMessage(channel="U0ANA", text="one")
    with refused("ratelimited"):
        await web.chat_postMessage(channel=posted["channel"], text="two")


async def test_the_sdks_handler_waits_as_it_is_told(harsh: Sandbox) -> None:
    web = client(harsh)
    web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    for text in ("one", "two"):
        await web.chat_postMessage(channel=GENERAL, text=text)
    texts = [message.text for message in harsh.workspace.channels[GENERAL].messages.values()]
    assert texts[-2:] == ["one", "two"]


async def test_a_tier_is_counted_for_each_method_apart() -> None:
    async with running_sandbox(manifest(), limits="real") as sandbox:
        web = client(sandbox)
        for _ in range(20):
            await web.users_list(limit=1)
        with refused("ratelimited") as caught:
            await web.users_list(limit=1)
        assert 50 <= int(caught.value.response.headers["Retry-After"]) <= 60
        await web.usergroups_list()
        for _ in range(5):
            await web.chat_postMessage(channel=GENERAL, text="a short burst")
        with refused("ratelimited"):
            await web.chat_postMessage(channel=GENERAL, text="too long a burst")


async def test_limits_are_off_unless_asked_for(sandbox: Sandbox, web: AsyncWebClient) -> None:
    for _ in range(30):
        await web.conversations_list()
    sandbox.slack.limits.mode = "harsh"
    with pytest.raises(SlackApiError, match="ratelimited"):
        for _ in range(3):
            await web.conversations_list()
