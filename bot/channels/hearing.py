"""The middleware that hears Slack's events first: each is on record before it is acknowledged.

Bolt acknowledges an event before its listener has finished, so what must not be lost is done here, ahead of Bolt's
listeners, which also spares the hot path their matching: https://docs.slack.dev/tools/bolt-python/concepts/global-middleware.
An event that could not be recorded is not acknowledged, and Slack delivers it again:
https://docs.slack.dev/apis/events-api/#retries
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from bot.channels.membership import HEARD
from bot.channels.mirroring import read_event
from bot.channels.recorder import Recorder
from bot.context import Bot
from incidents.model.refusals import Refusal

log = structlog.get_logger()

Middleware = Callable[..., Awaitable[BoltResponse]]


def hearing(bot: Bot) -> Middleware:
    """The middleware for ``bot``."""
    recorder = Recorder(bot.core)

    async def hear(body: Mapping[str, Any], next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        event = body.get("event")
        if body.get("type") != "event_callback" or not isinstance(event, dict):
            return await next()
        kind = event.get("type")
        if kind != "message" and kind not in HEARD:
            return await next()
        try:
            await _take(bot, recorder, event)
        except Exception:
            log.exception("event_not_recorded", event_id=body.get("event_id"), event=kind)
            return BoltResponse(status=503)
        return BoltResponse(status=200)

    return hear


async def _take(bot: Bot, recorder: Recorder, event: dict[str, Any]) -> None:
    try:
        if event["type"] == "message":
            delivery = read_event(event, bot.identity)
            if delivery is not None:
                await recorder.record(delivery)
        else:
            await HEARD[event["type"]](bot, event)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as misshaped:
        log.warning(
            "event_misshaped", event=event["type"], subtype=event.get("subtype"), fault=type(misshaped).__name__
        )
    except Refusal as refusal:
        log.info("event_passed_over", event=event["type"], why=refusal.sentence)
