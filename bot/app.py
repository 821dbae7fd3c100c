"""Bolt's app: what Slack delivers is first heard by the middleware, then tried against the listeners.

Each delivery is counted, timed and named in the log here, and what is under way when the bot stops is known here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from time import perf_counter
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

import bot.commands  # noqa: F401  (registers the words)
from bot import listeners
from bot.channels.hearing import HEARD, hearing
from bot.context import Bot

ACKNOWLEDGE = 1.0
"""Seconds for what was delivered before the bot stops to be acknowledged."""
FINISH = 2.0
"""Seconds for what was asked before the bot stops to be done."""

EVENTS = {"message", "app_home_opened", *HEARD}
INTERACTIONS = {"block_actions", "block_suggestion", "message_action", "shortcut", "view_closed", "view_submission"}
SOCKET_MODE = "socket_mode"
"""What Bolt calls it."""
LONGEST_NAME = 80
"""Characters of a delivery's name in the log; Slack's are shorter."""


class App(AsyncApp):
    """Bolt's app, for one bot at work."""

    def __init__(self, at_work: Bot, client: AsyncWebClient, signing_secret: str) -> None:
        authorized = AuthorizeResult(
            enterprise_id=None,
            team_id=at_work.identity.team_id,
            bot_user_id=at_work.identity.user_id,
            bot_id=at_work.identity.bot_id,
            bot_token=client.token,
        )

        async def authorize() -> AuthorizeResult:
            """Who the bot is was asked when it started: Slack need not be reached again to hear a delivery."""
            return authorized

        self._hear = hearing(at_work)

        async def hear_over_http(body: Mapping[str, Any], next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
            """A middleware, after Bolt's check of the signature:
            https://docs.slack.dev/tools/bolt-python/concepts/global-middleware
            """
            return await self._hear(body) or await next()

        tokenless = copy(client)  # Bolt warns of a token that it has no use for
        tokenless.token = None
        super().__init__(
            client=tokenless,
            signing_secret=signing_secret or None,
            before_authorize=hear_over_http,
            authorize=authorize,
        )
        self.listener_runner.listener_start_handler = _Begins(self)
        self._metrics = at_work.metrics
        self._closed = False
        self._arriving: set[asyncio.Task[Any]] = set()
        self.working: set[asyncio.Task[Any]] = set()
        """What works on deliveries, acknowledged or not."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer a delivery; after `close` it is not acknowledged, so that Slack delivers it to another, or again."""
        if self._closed:
            return BoltResponse(status=503)
        answering = asyncio.create_task(self._answered(req))
        _keep(self._arriving, answering)
        return await answering

    async def close(self) -> None:
        """Take nothing more, and wait until what came before is acknowledged."""
        self._closed = True
        await _ended(self._arriving, ACKNOWLEDGE)

    async def finish(self) -> None:
        """Wait until what people asked for is done."""
        await _ended(self.working, FINISH)

    def begins(self, task: asyncio.Task[Any]) -> None:
        """``task`` works on a delivery, which may be acknowledged long before that ends."""
        _keep(self.working, task)

    async def _answered(self, req: AsyncBoltRequest) -> BoltResponse:
        """Over Socket Mode none but Slack speaks: events are heard without Bolt's middleware, which takes time."""
        begun = perf_counter()
        structlog.contextvars.bind_contextvars(**_name(req.body))
        heard = await self._hear(req.body) if req.mode == SOCKET_MODE else None
        response = heard or await super().async_dispatch(req)
        self._metrics.delivered(kind_of(req.body), response.status, perf_counter() - begun)
        return response


class _Begins(AsyncListenerStartHandler):
    """Bolt runs each listener in a task of its own, and says so here."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._app.begins(task)


def build_app(at_work: Bot, client: AsyncWebClient, signing_secret: str) -> App:
    """The app that answers for ``at_work``; ``signing_secret`` matters where Slack calls over HTTP."""
    app = App(at_work, client, signing_secret)
    listeners.register(app, at_work)
    return app


def kind_of(body: Mapping[str, Any]) -> str:
    """What was delivered, in Slack's words; "other" for what nobody listens to, so that strangers can make up none."""
    if body.get("type") == "event_callback":
        event = body.get("event")
        kind = event.get("type") if isinstance(event, dict) else None
        return kind if isinstance(kind, str) and kind in EVENTS else "other"
    if "command" in body:
        return "slash_command"
    kind = body.get("type")
    return kind if isinstance(kind, str) and kind in INTERACTIONS else "other"


def _name(body: Mapping[str, Any]) -> dict[str, str]:
    """The name of a delivery, as it stands in the log: an event's id, or what lets an interaction open a form."""
    name = body.get("event_id") or body.get("trigger_id")
    return {"delivery": str(name)[:LONGEST_NAME]} if name else {}


def _keep(tasks: set[asyncio.Task[Any]], task: asyncio.Task[Any]) -> None:
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _ended(tasks: set[asyncio.Task[Any]], seconds: float) -> None:
    """Wait so many ``seconds`` for ``tasks`` to end, and end those that did not."""
    await asyncio.sleep(0)  # one that was made just now has not begun
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
