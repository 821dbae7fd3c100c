"""Reading back what was said in incidents' channels while the bot was away, edits included; each message lands once.

https://docs.slack.dev/reference/methods/conversations.history and /conversations.replies
"""

import structlog

from bot.channels.channel_state import noticing_loss
from bot.channels.listing import pages
from bot.channels.mirroring import SlackMessage, edited, written
from bot.context import Bot
from bot.slack import SlackRefused, SlackUnavailable
from incidents.actions.mirror import Delivery, mirror
from incidents.model.identity import Channel

log = structlog.get_logger()

LOOKED_BACK = 60 * 60
"""Seconds before the newest message heard that are read again: for edits, and for what a crash left out."""

BATCH = 500
"""Deliveries a transaction."""


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
    """Slack lists a reply under its thread only, however old that is, so an open incident's channel is read whole."""
    deliveries: list[Delivery] = []
    oldest = f"{float(newest) - LOOKED_BACK:.6f}" if newest else None
    incident = await bot.core.storage.read.incident(number)
    since = None if incident is not None and incident.is_open else oldest
    async for found in pages(bot.slack, "conversations.history", "messages", channel=where.id, oldest=since):
        message = SlackMessage.model_validate(found)
        deliveries += _deliveries(bot, where, message, newest)
        if message.latest_reply is not None and (oldest is None or message.latest_reply > oldest):
            replies = pages(
                bot.slack, "conversations.replies", "messages", channel=where.id, ts=message.ts, oldest=oldest
            )
            async for reply in replies:
                deliveries += _deliveries(bot, where, SlackMessage.model_validate(reply), newest)
    caught = 0
    deliveries.sort(key=lambda delivery: delivery.at)
    for start in range(0, len(deliveries), BATCH):
        caught += await mirror(bot.core, deliveries[start : start + BATCH])
    return caught


def _deliveries(bot: Bot, where: Channel, message: SlackMessage, newest: str | None) -> list[Delivery]:
    """The message; and its edit, where it was heard before it was edited."""
    said = written(where, message, bot.identity, caught_up=True)
    if said is None:
        return []
    heard = newest is not None and message.ts <= newest
    return [said, edited(where, message, message.edited, caught_up=True)] if heard and message.edited else [said]
