"""Reading back what was said in incidents' channels while the bot was away, edits included; each message lands once.

https://docs.slack.dev/reference/methods/conversations.history and /conversations.replies
"""

from collections.abc import AsyncIterator
from typing import Any

import structlog
from pydantic import ValidationError

from bot.channels.channel_state import noticing_loss
from bot.channels.listing import pages
from bot.channels.mirroring import SlackMessage, edited, moment, written
from bot.context import Bot
from bot.slack import SlackRefused, SlackUnavailable
from incidents.actions.mirror import Delivery, mirror
from incidents.model import facts
from incidents.model.identity import Channel
from incidents.ports import TimelineQuery

log = structlog.get_logger()

LOOKED_BACK = 60 * 60
"""Seconds before the newest message heard that are read again: for edits, and for what a crash left out."""

BATCH = 500
"""Deliveries a transaction."""

KEY_ENTRIES = 100_000
"""More than any timeline has."""


async def catch_up(bot: Bot) -> int:
    """Read back every channel that is an incident's; gives how many messages and edits were new."""
    caught = 0
    for number, where, newest in await bot.core.storage.read.attached_channels():
        try:
            async with noticing_loss(bot, where):
                caught += await _read_back(bot, number, where, newest)
        except (SlackRefused, SlackUnavailable) as error:
            log.warning("not_caught_up", incident=number, error=str(error), request_id=error.request_id)
    if caught:
        log.info("caught_up", messages=caught)
    return caught


async def _read_back(bot: Bot, number: int, where: Channel, newest: str | None) -> int:
    """Slack lists a reply under its thread only, however old that is, so an open incident's channel is read whole.

    Whole means since it was attached: what was said in it before is not the incident's.
    """
    incident = await bot.core.storage.read.incident(number)
    attached = await _attached(bot, number, where)
    heard = max(attached, float(newest) - LOOKED_BACK) if newest else attached
    since = attached if incident is not None and incident.is_open else heard
    deliveries: list[Delivery] = []
    async for message in _messages(bot, "conversations.history", channel=where.id, oldest=f"{since:.6f}"):
        deliveries += _deliveries(bot, where, message, newest)
        if message.latest_reply is not None and float(message.latest_reply) > heard:
            bounds = {"ts": message.ts, "oldest": f"{heard:.6f}"}
            async for reply in _messages(bot, "conversations.replies", channel=where.id, **bounds):
                deliveries += _deliveries(bot, where, reply, newest)
    caught = 0
    deliveries.sort(key=lambda delivery: delivery.at)
    for start in range(0, len(deliveries), BATCH):
        caught += await mirror(bot.core, deliveries[start : start + BATCH])
    return caught


async def _attached(bot: Bot, number: int, where: Channel) -> float:
    """When ``where`` was last attached, in seconds since 1970."""
    told = await bot.core.storage.read.timeline(TimelineQuery(number, limit=KEY_ENTRIES))
    return max(
        entry.recorded_at.timestamp()
        for entry in told.entries
        if isinstance(entry.fact, facts.ChannelAttached) and entry.fact.channel == where
    )


async def _messages(bot: Bot, method: str, **arguments: Any) -> AsyncIterator[SlackMessage]:
    """What ``method`` lists; what has not the form that Slack documents is passed over."""
    async for found in pages(bot.slack, method, "messages", **arguments):
        try:
            yield SlackMessage.model_validate(found)
        except ValidationError as error:
            log.warning("message_misshaped", faults=[".".join(map(str, fault["loc"])) for fault in error.errors()])


def _deliveries(bot: Bot, where: Channel, message: SlackMessage, newest: str | None) -> list[Delivery]:
    """The message; and its edit, where it was heard before it was edited."""
    said = written(where, message, bot.identity, caught_up=True)
    if said is None:
        return []
    edit = message.edited
    if edit is None or newest is None or float(message.ts) > float(newest):
        return [said]
    at = max(moment(message.ts), moment(edit.ts))
    return [said, edited(where, message, edit, at, caught_up=True)]
