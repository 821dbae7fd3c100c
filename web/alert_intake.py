"""Where monitoring tools post: each source at its own secret address, PagerDuty's and ilert's clients at theirs.

Accepted means committed: 202 is answered once what the tool said is in the database. Keys are never logged.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from incidents.actions.alerts import receive_all
from incidents.actions.keys import source_with_key
from incidents.core import Core
from incidents.gathering import Gathering
from incidents.model.organisation import AlertSource, Tool
from incidents.model.signal import Signal
from web.alerts.ilert import IlertEvent
from web.alerts.pagerduty import PagerDutyEvent
from web.alerts.received import CannotRead, Received
from web.alerts.sns import Certificates, Fetch, NotFromAmazon, SnsMessage
from web.alerts.tools import PAYLOADS
from web.openapi import openapi

log = structlog.get_logger()

LARGEST_BODY = 512 * 1024
"""Bytes; what the tools document stays below: SNS's messages have 256 KiB, PagerDuty's events 512 KiB."""
RETRY_AFTER = 5
"""Seconds after which a tool may try again while the database cannot be used."""
ERRORS_SHOWN = 10
REMEMBERED = 2.0
"""Seconds for which the source of a key is not asked for again: a storm comes with one key."""

UNKNOWN = "There is no alert source at this address. Make a new one: tocsin source-key <source>."


class Problem(Exception):
    """A request that cannot be accepted: the status, and sentences that say what is wrong."""

    def __init__(self, status: int, *sentences: str) -> None:
        super().__init__(*sentences)
        self.status = status
        self.sentences = sentences


Answer = Callable[[int, Sequence[str], Any], web.Response]
"""How a tool is answered: status, sentences where something is wrong, and the body it posted where that was read."""


@dataclass
class Intake:
    """What the routes share: one queue, so that what arrives together is stored together."""

    core: Core
    certificates: Certificates
    _known: dict[str, tuple[float, asyncio.Task[tuple[str, AlertSource] | None]]] = field(default_factory=dict)
    _removed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._waiting = Gathering(self._receive)

    async def take(self, source: tuple[str, AlertSource], body: BaseModel, headers: Mapping[str, str]) -> None:
        """Store what ``body`` says. Raises Problem, and what the database raises."""
        id, settings = source
        if isinstance(body, SnsMessage):
            await self._check(body)
        try:
            signals = PAYLOADS[settings.tool].read(body, Received(headers, settings))
        except CannotRead as error:
            raise Problem(422, str(error)) from error
        except ValidationError as error:
            raise Problem(422, *described(error)) from error
        if signals:
            await self._stored(id, signals)

    async def source(self, key: str) -> tuple[str, AlertSource]:
        """Raises Problem where no source has this key; what was found is believed for `REMEMBERED` seconds."""
        at, asking = self._known.get(key, (0.0, None))
        if asking is None or time.monotonic() - at >= REMEMBERED:
            asking = asyncio.create_task(source_with_key(self.core, key))
            self._known[key] = (time.monotonic(), asking)  # who comes meanwhile waits for the same answer
        try:
            found = await asyncio.shield(asking)
        except Exception:
            self._known.pop(key, None)
            raise
        if found is None:
            self._known.pop(key, None)
            raise Problem(404, UNKNOWN)
        return found

    async def _stored(self, source: str, signals: Sequence[Signal]) -> None:
        await self._waiting.add((source, signals))
        if source in self._removed:
            raise Problem(404, UNKNOWN)

    async def _receive(self, posts: Sequence[tuple[str, Sequence[Signal]]]) -> None:
        said: dict[str, list[Signal]] = {}
        for source, signals in posts:
            said.setdefault(source, []).extend(signals)
        self._removed = await receive_all(self.core, said)

    async def _check(self, message: SnsMessage) -> None:
        """Whether a message is SNS's own; the one that asks to confirm a subscription is confirmed."""
        try:
            await self.certificates.check(message)
            if message.Type == "SubscriptionConfirmation":
                await self.certificates.confirm(message)
        except NotFromAmazon as error:
            raise Problem(403, str(error)) from error
        except (OSError, TimeoutError) as error:
            raise Problem(503, "Amazon could not be asked now. Try again.") from error


def alert_routes(core: Core, fetch: Fetch) -> list[web.RouteDef]:
    """The routes at which tools post; ``fetch`` gets what is at an Amazon address."""
    intake = Intake(core, Certificates(fetch))
    return [
        web.post("/alerts/{source}/{key}", partial(_answered, plain, partial(_at_own_address, intake))),
        web.post("/v2/enqueue", partial(_answered, as_pagerduty, partial(_by_key_within, intake, Tool.PAGERDUTY))),
        web.post("/api/events", partial(_answered, plain, partial(_by_key_within, intake, Tool.ILERT))),
        web.get("/openapi.json", _described_as_openapi),
    ]


async def _described_as_openapi(request: web.Request) -> web.Response:
    return web.json_response(openapi())


async def _at_own_address(intake: Intake, request: web.Request) -> BaseModel:
    source = await intake.source(request.match_info["key"])
    if source[0] != request.match_info["source"]:
        raise Problem(404, UNKNOWN)
    body = await read_body(request, PAYLOADS[source[1].tool].body)
    await intake.take(source, body, _headers(request))
    return body


async def _by_key_within(intake: Intake, tool: Tool, request: web.Request) -> BaseModel:
    """PagerDuty's and ilert's clients send the key in the body, to one address for all."""
    body = await read_body(request, PAYLOADS[tool].body)
    key = body.routing_key if isinstance(body, PagerDutyEvent) else body.apiKey if isinstance(body, IlertEvent) else ""
    source = await intake.source(key)
    if source[1].tool is not tool:
        raise Problem(404, f"This key is for a source of {source[1].tool.value}, not of {tool.value}.")
    await intake.take(source, body, _headers(request))
    return body


async def read_body(request: web.Request, model: type[BaseModel]) -> BaseModel:
    """The body as ``model``, whatever content type it claims: SNS sends JSON as text. Raises Problem."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise Problem(413, f"The body is larger than {LARGEST_BODY:,} bytes.")
    raw = await request.read()
    if len(raw) > LARGEST_BODY:
        raise Problem(413, f"The body is larger than {LARGEST_BODY:,} bytes.")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        not_json = any(fault["type"] == "json_invalid" for fault in error.errors(include_url=False))
        raise Problem(400 if not_json else 422, *described(error)) from error


def described(error: ValidationError) -> list[str]:
    """A sentence for each fault of a body: where, and what is expected there."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return [_described(fault) for fault in faults[:ERRORS_SHOWN]]


def _described(fault: ErrorDetails) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else fault["msg"]


async def _answered(
    answer: Answer, take: Callable[[web.Request], Awaitable[BaseModel]], request: web.Request
) -> web.Response:
    try:
        return answer(202, (), await take(request))
    except Problem as problem:
        return answer(problem.status, problem.sentences, None)
    except web.HTTPRequestEntityTooLarge:
        return answer(413, [f"The body is larger than {LARGEST_BODY:,} bytes."], None)
    except Exception:
        log.exception("alert_not_stored")  # without the address, which holds a key
        return answer(503, ["It could not be stored now. Try again."], None)


def plain(status: int, sentences: Sequence[str], body: Any) -> web.Response:
    """How most tools are answered: they look at the status alone."""
    said: dict[str, Any] = {"status": "accepted"} if status == 202 else {"status": "error", "errors": list(sentences)}
    if isinstance(body, IlertEvent):
        said["alertKey"] = body.alertKey
    return _json(status, said)


def as_pagerduty(status: int, sentences: Sequence[str], body: Any) -> web.Response:
    """PagerDuty's own answers, which its clients read.

    https://developer.pagerduty.com/docs/events-api-v2/overview/#api-response-codes--retry-logic
    """
    if isinstance(body, PagerDutyEvent):
        return _json(status, {"status": "success", "message": "Event processed", "dedup_key": body.dedup_key})
    wrong = 400 if status in (404, 422) else status
    message = "Event object is invalid" if wrong == 400 else "; ".join(sentences)
    return _json(wrong, {"status": "invalid event", "message": message, "errors": list(sentences)})


def _json(status: int, said: Mapping[str, Any]) -> web.Response:
    headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
    return web.Response(status=status, text=json.dumps(said), content_type="application/json", headers=headers)


def _headers(request: web.Request) -> dict[str, str]:
    return {name.casefold(): value for name, value in request.headers.items()}
