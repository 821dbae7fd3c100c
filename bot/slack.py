"""The one door to Slack's Web API: every call waits for its turn, has a time limit, and is tried again where that helps
and does no harm. Whose turn it is, `bot/turns.py` knows; how often, `bot/rates.py`; whether Slack is there at all,
`bot/circuit.py`.

Errors: each method's page at https://docs.slack.dev/reference/methods
"""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient
from structlog.contextvars import bind_contextvars
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from bot.circuit import Circuit
from bot.rates import Limit, Limits, Urgency, as_urgent_as, published, urgency
from bot.refreshes import Draw, Refreshes
from bot.remedies import REMEDIES
from bot.turns import Turns
from incidents.ports import giving_way

log = structlog.get_logger()

TIME_LIMIT = 10
"""Seconds for one call."""

ATTEMPTS = 5
ONCE = {
    "bookmarks.add",
    "chat.postMessage",
    "conversations.create",
    "conversations.setTopic",
    "files.completeUploadExternal",
}
"""Methods that would do it twice: whoever calls them looks first whether it was done."""

TRIGGERED = {"views.open", "views.push"}
TRIGGER_LIVES = 2.5
"""Seconds for which it makes sense to wait with those: what triggers them lives for three.

https://docs.slack.dev/surfaces/modals#trigger_id
"""

RESPONSE_URL = Limit("response_url", None)

UNREADABLE = "the answer is not Slack's"

RETRIED = {
    UNREADABLE,
    "fatal_error",
    "internal_error",
    "org_login_required",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
}
"""The errors after which the same call may succeed; all others say what is wrong with it.

Those of teams and organisations pass with the workspace's migration: https://docs.slack.dev/reference/methods/auth.test#errors
"""

SCOPES: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": (),
    "auth.test": (),
    "bookmarks.add": ("bookmarks:write",),
    "bookmarks.list": ("bookmarks:read",),
    "bots.info": ("users:read",),
    "chat.getPermalink": (),
    "chat.postMessage": ("chat:write", "chat:write.public"),
    "chat.update": ("chat:write",),
    "conversations.create": ("channels:manage", "groups:write"),
    "conversations.history": ("channels:history", "groups:history", "im:history", "metadata.message:read"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.invite": ("channels:manage", "groups:write"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history"),
    "conversations.setTopic": ("channels:manage", "groups:write"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "pins.add": ("pins:write",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""The scopes that each method needs of a bot token, for public and private channels both: the method's own page.

Posting in public channels that the bot has not joined: https://docs.slack.dev/reference/scopes/chat.write.public;
reading the metadata of messages: https://docs.slack.dev/reference/scopes/metadata.message.read.
`apps.connections.open` takes an app-level token, which has scopes of its own.
"""


class SlackRefused(Exception):
    """Slack says no, and would again; ``error`` is Slack's word for why."""

    def __init__(self, method: str, error: str, answer: Mapping[str, Any], request_id: str) -> None:
        self.remedy = REMEDIES.get(error, "")
        """What to do, where that is known: a sentence."""
        super().__init__(f"{method}: {error}. {self.remedy}".removesuffix(". "))
        self.method = method
        self.error = error
        self.answer = answer
        self.request_id = request_id
        _noted(self)

    @property
    def result(self) -> str:
        """What it was, in one word for metrics."""
        return "refused"


class SlackUnavailable(Exception):
    """Slack could not be reached, or was busy, each time it was tried."""

    def __init__(self, method: str, reason: str, request_id: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{method}: {reason}")
        self.method = method
        self.request_id = request_id
        self.retry_after = retry_after
        """The seconds that Slack asked to wait; where it did, it has certainly done nothing."""
        _noted(self)

    @property
    def result(self) -> str:
        """What it was, in one word for metrics."""
        return "unavailable" if self.retry_after is None else "rate_limited"

    @property
    def can_be_repeated(self) -> bool:
        """Whether calling again does no harm, though the call may have had its effect and only its answer be lost."""
        return self.retry_after is not None or self.method not in ONCE


class SlackNotAsked(SlackUnavailable):
    """Slack was not even asked: it is away, or too busy for somebody who waits."""


def _noted(error: SlackRefused | SlackUnavailable) -> None:
    """Have the error's traceback, and the log from here on, tell the id by which Slack's support finds the request."""
    if error.request_id:
        bind_contextvars(request_id=error.request_id)
        error.add_note(f"x-slack-req-id: {error.request_id}")


class Watch:
    """Told of what passes the door; this one keeps nothing."""

    def called(self, method: str, result: str) -> None:
        """One attempt at ``method`` ended: "ok", or the ``result`` of what was raised."""

    def waited(self, method: str, urgency: Urgency, reason: str, seconds: float) -> None:
        """A call of ``method`` waited, or is about to, so many ``seconds`` before it is made."""

    def away(self, away: bool) -> None:
        """Slack can't be reached any more, or can again."""


class Door:
    """Calls to Slack's Web API with one bot token."""

    def __init__(
        self,
        client: AsyncWebClient,
        time_limit: float = TIME_LIMIT,
        watch: Watch | None = None,
        limits: Limits = published,
        turns: Turns | None = None,
    ) -> None:
        self._client = client
        self._time_limit = time_limit
        self._watch = watch or Watch()
        self._limits = limits
        self._turns = turns or Turns()
        self._refreshes = Refreshes()
        self.circuit = Circuit(self._answers, self._watch.away)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call ``method``, one of `SCOPES`. Raises SlackRefused, SlackUnavailable."""

        async def given() -> Mapping[str, Any]:
            return arguments

        answer = await self._answered(method, str(arguments.get("channel", "")), given)
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def show(self, method: str, what: str, draw: Draw, how_urgent: Urgency = Urgency.REFRESH) -> None:
        """Have ``method`` make ``what`` people see true again, with the arguments that ``draw`` gives then.

        At most one such call is under way, and one waits. Raises SlackRefused, SlackUnavailable.
        """
        with as_urgent_as(how_urgent):
            await self._refreshes.show(what, draw, lambda drawn: self._answered(method, "", drawn))

    async def granted_scopes(self) -> set[str]:
        """The scopes of the token, which Slack names with each answer. Raises SlackRefused, SlackUnavailable.

        https://docs.slack.dev/legacy/legacy-authentication/legacy-oauth-scopes
        """

        async def nothing() -> Mapping[str, Any]:
            return {}

        answer = await self._answered("auth.test", "", nothing)
        return {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}

    async def back(self) -> None:
        """Wait until Slack answers. Raises SlackRefused where it wants nothing of the bot any more."""
        while True:
            try:
                await self.call("auth.test")
            except SlackUnavailable:
                await self.circuit.closed()
            else:
                return

    async def _answered(self, method: str, channel: str, draw: Draw) -> AsyncSlackResponse:
        assert method in SCOPES, f"{method} is not in the table of scopes"
        limits = self._limits(method, channel)
        async for attempt in self._retrying():
            with attempt:
                await self._turn(method, limits)
                arguments = await draw()
                async with self._watched(method, limits[-1]):
                    return await self._once(method, arguments)
        raise AssertionError("retrying ends with an answer or an error")

    async def _turn(self, method: str, limits: Sequence[Limit]) -> None:
        """Wait until the call may be made. Raises SlackNotAsked where somebody would wait in vain."""
        while True:
            await self._passage(method)
            await self._place(method, limits)
            if not self.circuit.is_open:
                return

    async def _passage(self, method: str) -> None:
        if not self.circuit.is_open:
            return
        if urgency.get() is Urgency.PERSON:
            raise SlackNotAsked(method, "Slack cannot be reached")
        async with self._timed(method, "away"):
            with giving_way():
                await self.circuit.closed()

    async def _place(self, method: str, limits: Sequence[Limit]) -> None:
        try:
            async with (
                self._timed(method, "rate_limited" if self._turns.are_held(limits) else "rate"),
                asyncio.timeout(TRIGGER_LIVES if method in TRIGGERED else None),
            ):
                await self._turns.take(limits, urgency.get())
        except TimeoutError as error:
            raise SlackNotAsked(method, "Slack takes no more of these at the moment") from error

    @asynccontextmanager
    async def _timed(self, method: str, reason: str) -> AsyncIterator[None]:
        """A call waits in this block."""
        begun = perf_counter()
        try:
            yield
        finally:
            self._watch.waited(method, urgency.get(), reason, perf_counter() - begun)

    async def respond(self, response_url: str, **message: Any) -> None:
        """Answer at a ``response_url``: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses

        Raises SlackRefused, SlackUnavailable.
        """
        webhook = AsyncWebhookClient(response_url, retry_handlers=[])
        async for attempt in self._retrying():
            with attempt:
                await self._turns.take([RESPONSE_URL], urgency.get())
                async with self._watched("response_url", RESPONSE_URL):
                    await self._responded(webhook, message)

    async def _responded(self, webhook: AsyncWebhookClient, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._time_limit):
                answer = await webhook.send_dict(message)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackUnavailable("response_url", _reason(error)) from error
        except UnicodeDecodeError as error:
            raise SlackUnavailable("response_url", UNREADABLE) from error
        if answer.status_code == 429:
            raise SlackUnavailable("response_url", "ratelimited", "", _retry_after(answer.headers))
        if answer.status_code >= 500:
            raise SlackUnavailable("response_url", f"status {answer.status_code}")
        if answer.status_code >= 400:
            raise SlackRefused("response_url", answer.body, {}, "")

    async def upload(self, upload_url: str, content: bytes) -> None:
        """Send a file's bytes to where Slack wants them. Raises SlackUnavailable."""
        async with self._watched("upload"):
            try:
                async with (
                    asyncio.timeout(self._time_limit),
                    aiohttp.ClientSession(raise_for_status=True) as session,
                    session.post(upload_url, data=content),
                ):
                    return
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise SlackUnavailable("upload", _reason(error)) from error

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_exception(_can_be_repeated),
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            before_sleep=self._waits,
            reraise=True,
        )

    def _waits(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, SlackUnavailable) and error.retry_after is None and state.next_action is not None:
            self._watch.waited(error.method, urgency.get(), error.result, state.next_action.sleep)

    @asynccontextmanager
    async def _watched(self, method: str, limit: Limit | None = None) -> AsyncIterator[None]:
        """One attempt at ``method``, of which ``limit`` is what Slack's wish to wait is about."""
        try:
            yield
        except SlackRefused as refused:
            self._watch.called(method, refused.result)
            raise
        except SlackUnavailable as unavailable:
            self._watch.called(method, unavailable.result)
            if limit is not None and unavailable.retry_after is not None:
                await self._turns.hold(limit, unavailable.retry_after)
            raise
        self._watch.called(method, "ok")

    async def _answers(self) -> bool:
        """Whether Slack answers at all."""
        try:
            await self._once("auth.test", {})
        except SlackRefused:
            return True
        except SlackUnavailable as unavailable:
            return unavailable.retry_after is not None
        return True

    async def _once(self, method: str, arguments: Mapping[str, Any]) -> AsyncSlackResponse:
        try:
            answer = await self._sent(method, arguments)
        except SlackUnavailable as unavailable:
            if unavailable.retry_after is None:
                self.circuit.failed()
            else:
                self.circuit.answered()
            raise
        except SlackRefused:
            self.circuit.answered()
            raise
        self.circuit.answered()
        return answer

    async def _sent(self, method: str, arguments: Mapping[str, Any]) -> AsyncSlackResponse:
        try:
            async with asyncio.timeout(self._time_limit):
                return await self._client.api_call(method, data=_form(arguments))
        except SlackApiError as error:
            raise _understood(method, error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackUnavailable(method, _reason(error)) from error
        except (AttributeError, UnicodeDecodeError) as error:
            # slack_sdk takes whatever was answered for a mapping, in UTF-8.
            raise SlackUnavailable(method, UNREADABLE) from error


def _form(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Arguments as every method takes them; reads take no JSON: https://docs.slack.dev/apis/web-api/#posting_json"""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in arguments.items()
        if value is not None
    }


def _reason(error: Exception) -> str:
    """Why there is no answer; without the address that was asked, which may be a secret."""
    match error:
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientResponseError(status=status):
            return f"status {status}"
    return str(error) or type(error).__name__


def _retry_after(headers: Mapping[str, str]) -> float:
    """The seconds that Slack asks to wait; one, where that is no number but a date of something in between.

    https://docs.slack.dev/apis/web-api/rate-limits
    """
    try:
        seconds = float(headers.get("Retry-After", 1))
    except ValueError:
        return 1.0
    return seconds if math.isfinite(seconds) and seconds >= 0 else 1.0


def _understood(method: str, error: SlackApiError) -> SlackRefused | SlackUnavailable:
    answer, headers = error.response, error.response.headers
    request_id = headers.get("x-slack-req-id", "")
    if not isinstance(answer, AsyncSlackResponse) or not isinstance(answer.data, dict):
        return SlackUnavailable(method, UNREADABLE, request_id)
    said = answer.data.get("error", UNREADABLE)
    if answer.status_code == 429 or said in {"ratelimited", "rate_limited"}:
        return SlackUnavailable(method, "ratelimited", request_id, _retry_after(headers))
    if said in RETRIED:
        return SlackUnavailable(method, said, request_id)
    return SlackRefused(method, said, answer.data, request_id)


def _can_be_repeated(error: BaseException) -> bool:
    return isinstance(error, SlackUnavailable) and not isinstance(error, SlackNotAsked) and error.can_be_repeated


_backoff = wait_exponential_jitter(multiplier=0.2, max=10, jitter=0.3)


def _wait(state: RetryCallState) -> float:
    """Seconds before the call stands in line again: none where Slack said how long, since all wait for that there."""
    error = state.outcome.exception() if state.outcome else None
    asked_to = isinstance(error, SlackUnavailable) and error.retry_after is not None
    return 0.0 if asked_to else _backoff(state)
