"""A sandbox with an app of every scope and event, and Bolt connected to it: clients nobody here wrote."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.deliveries.transport import Timing
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.shapes import misfits

GENERAL, INCIDENTS, PAYMENTS = "C0GENERAL", "C0INCIDENTS", "C0PAYMENTS"
SCOPES = [
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "chat:write.customize",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "metadata.message:read",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
    "users.profile:read",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_created",
    "channel_deleted",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "file_shared",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "subteam_updated",
    "user_change",
]


def manifest(*, without: str = "", socket_mode: bool = True) -> dict[str, Any]:
    """The manifest of an app that may do everything, `without` one scope."""
    return {
        "display_information": {"name": "Trial"},
        "features": {
            "app_home": {"home_tab_enabled": True},
            "bot_user": {"display_name": "trial"},
            "slash_commands": [
                {"command": "/trial", "should_escape": True},
                {"command": "/raw", "should_escape": False},
            ],
            "shortcuts": [
                {"name": "Everywhere", "type": "global", "callback_id": "everywhere"},
                {"name": "On this", "type": "message", "callback_id": "on_this"},
            ],
        },
        "oauth_config": {"scopes": {"bot": [scope for scope in SCOPES if scope != without]}},
        "settings": {
            "event_subscriptions": {"bot_events": EVENTS},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": socket_mode,
        },
    }


@pytest.fixture
def timing() -> Timing:
    """Slack's rules with its waits shortened."""
    return Timing(acknowledge=0.4, retries=(0.0, 0.1, 0.1), trigger=0.4)


@pytest.fixture
async def sandbox(timing: Timing) -> AsyncIterator[Sandbox]:
    """A sandbox all of whose answers and deliveries must look as Slack's, whatever the test does with it."""
    async with running_sandbox(manifest(), timing=timing) as running:
        yield running
        assert misfits(running.workspace.calls) == []


@pytest.fixture
async def web(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)


@pytest.fixture
async def bolt(sandbox: Sandbox, web: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """Bolt over a real socket, its listeners to be added by the test."""
    app = AsyncApp(client=web, token=sandbox.app.bot_token, ignoring_self_events_enabled=False)
    client = AsyncWebClient(base_url=sandbox.api_url)
    handler = AsyncSocketModeHandler(app, sandbox.app.app_token, web_client=client, ping_interval=0.5)
    await handler.connect_async()
    await until(lambda: sandbox.slack.courier.sockets.connected)
    yield app
    await handler.close_async()


class Heard(list[dict[str, Any]]):
    """The events Bolt heard, in order."""

    async def next(self, **wanted: Any) -> dict[str, Any]:
        """The first event with these fields, waited for."""

        def match() -> dict[str, Any] | None:
            return next((e for e in self if all(e.get(k) == v for k, v in wanted.items())), None)

        found = await until(match)
        self.remove(found)
        return found


@pytest.fixture
def heard(bolt: AsyncApp) -> Heard:
    """Every event the app hears."""
    events = Heard()

    async def note(event: dict[str, Any]) -> None:
        events.append(event)

    for name in {e.split(".")[0] for e in EVENTS}:
        bolt.event(name)(note)
    return events


async def until(condition: Callable[[], Any], seconds: float = 3.0) -> Any:
    """The condition's value once it is true. Raises AssertionError when it stays untrue."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come true in time")


def refused(error: str) -> "pytest.RaisesExc[SlackApiError]":
    """The call inside is refused with this error of Slack's."""
    return pytest.raises(SlackApiError, check=lambda problem: problem.response["error"] == error)
