"""Hears Slack's events before anybody else: each is on record before it is acknowledged.

Bolt acknowledges an event before its listener has finished, so what must not be lost is done here, ahead of Bolt's
listeners, which also spares the hot path their matching; `bot/app.py` says where.
An event that could not be recorded is not acknowledged, and Slack delivers it again:
https://docs.slack.dev/apis/events-api/#retries
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from slack_bolt.response import BoltResponse

from bot.channels import membership
from bot.channels.mirroring import read_event
from bot.channels.pinning import Reaction, reacted
from bot.channels.recorder import recorder_of
from bot.context import Bot
from incidents.actions.mirror import Delivery
from incidents.gathering import Gathering
from incidents.model.refusals import Refusal
from incidents.ports.news import Topic

log = structlog.get_logger()

Hear = Callable[[Mapping[str, Any]], Awaitable[BoltResponse | None]]
"""Takes what was delivered; gives its answer, or None where it is for Bolt's listeners."""
Work = Callable[[], Awaitable[None]]
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Heard(Generic[Shape]):
    """How an event is read, and what is done about it."""

    shape: type[Shape]
    act: Callable[[Bot, Shape], Awaitable[None]]


HEARD: dict[str, Heard[Any]] = {
    "member_joined_channel": Heard(membership.Joined, membership.joined),
    "member_left_channel": Heard(membership.Left, membership.left),
    "channel_archive": Heard(membership.OfChannel, membership.archived),
    "group_archive": Heard(membership.OfChannel, membership.archived),
    "channel_rename": Heard(membership.Renamed, membership.renamed),
    "group_rename": Heard(membership.Renamed, membership.renamed),
    "channel_deleted": Heard(membership.OfChannel, membership.deleted),
    "group_deleted": Heard(membership.OfChannel, membership.deleted),
    "channel_left": Heard(membership.OfChannel, membership.bot_removed),
    "group_left": Heard(membership.OfChannel, membership.bot_removed),
    "reaction_added": Heard(Reaction, reacted),
    "user_change": Heard(membership.ProfileChanged, membership.profile_changed),
}
"""All but messages, which are recorded together."""

LIMITED = "app_rate_limited"
"""Slack says so of its own accord where it leaves out what is more than 30,000 events an hour:
https://docs.slack.dev/reference/events/app_rate_limited"""


def hearing(bot: Bot) -> Hear:
    """What hears events for ``bot``; it trusts that they are Slack's."""
    recorder = recorder_of(bot)
    bot.core.storage.news.when(Topic.PERSON, bot.people.forget)
    in_turn = asyncio.Lock()

    async def hear(body: Mapping[str, Any]) -> BoltResponse | None:
        if body.get("type") == LIMITED:
            log.warning("events_left_out", hint="Slack delivers 30,000 an hour; what is missing is read back.")
            bot.missed.set()
            return BoltResponse(status=200)
        event = body.get("event")
        if body.get("type") != "event_callback" or not isinstance(event, dict):
            return None
        kind = event.get("type")
        if not isinstance(kind, str) or (kind != "message" and kind not in HEARD):
            return None
        about = {"heard": kind}
        try:
            work = _understood(bot, recorder, event)
            if kind == "message":
                await work()
            else:
                async with in_turn:  # who comes and goes at once comes first
                    await work()
        except _Misshaped as misshaped:
            log.warning("event_misshaped", **about, faults=misshaped.faults)
        except Refusal as refusal:
            log.info("event_passed_over", **about, why=refusal.sentence)
        except Exception:
            log.exception("event_not_recorded", **about)
            bot.missed.set()  # Slack delivers it again, but not for ever
            return BoltResponse(status=503)
        return BoltResponse(status=200)

    return hear


class _Misshaped(Exception):
    """An event has not the form that Slack documents; ``faults`` names the fields, without what is in them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults)
        self.faults = faults


def _understood(bot: Bot, recorder: Gathering[Delivery], event: dict[str, Any]) -> Work:
    """What ``event`` asks for. Raises _Misshaped."""
    try:
        if event["type"] != "message":
            heard = HEARD[event["type"]]
            return partial(heard.act, bot, heard.shape.model_validate(event))
        delivery = read_event(event, bot.identity)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors()]
        raise _Misshaped(faults) from None
    return partial(recorder.add, delivery) if delivery is not None else _nothing


async def _nothing() -> None:
    """Nothing is asked for."""
