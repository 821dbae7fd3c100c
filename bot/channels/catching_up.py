"""Reading back what was said in incidents' channels while the bot was away, edits included; each message lands once.

https://docs.slack.dev/reference/methods/conversations.history and /conversations.replies
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog
from pydantic import ValidationError

from bot.channels.channel_state import noticing_loss
from bot.channels.listing import pages
from bot.channels.mirroring import SlackMessage, edited, moment, written
from bot.context import Bot
from bot.slack import SlackRefused, SlackUnavailable
from incidents.actions.mirror import Delivery, message_origin, mirror
from incidents.model import facts
from incidents.model.identity import Channel
from incidents.ports import TimelineQuery

log = structlog.get_logger()

BATCH = 500
"""Deliveries a transaction."""

KEY_ENTRIES = 100_000
"""More than any timeline has."""

AGAIN_AFTER = 60
"""Seconds until channels that could not be read are tried again."""


class NotCaughtUp(Exception):
    """Some channels could not be read back."""


async def keep_caught_up(bot: Bot, connected: asyncio.Event) -> None:
    """Catch up each time that ``connected`` says that Slack is heard again: what was said before may not have been."""
    while True:
        await connected.wait()
        connected.clear()
        try:
            await catch_up(bot)
        except NotCaughtUp:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, connected.set)


async def catch_up(bot: Bot) -> int:
    """Read back every channel that is an incident's; gives how many messages and edits were new.

    Raises NotCaughtUp where a channel could not be read; the others have been.
    """
    caught, failed = 0, []
    for number, where in await bot.core.storage.read.attached_channels():
        try:
            async with noticing_loss(bot, where):
                caught += await _read_back(bot, number, where)
        except (SlackRefused, SlackUnavailable) as error:
            log.warning("not_caught_up", incident=number, error=str(error), request_id=error.request_id)
            failed.append(number)
        except Exception:
            log.exception("not_caught_up", incident=number)
            failed.append(number)
    if caught:
        log.info("caught_up", messages=caught)
    if failed:
        raise NotCaughtUp(failed)
    return caught


async def _read_back(bot: Bot, number: int, where: Channel) -> int:
    """The channel is read whole since it was attached: what is missing may be anywhere, under an old thread too.

    What was said in it before is not the incident's.
    """
    oldest = f"{await _attached(bot, number, where):.6f}"
    found = [message async for message in _messages(bot, "conversations.history", channel=where.id, oldest=oldest)]
    known = await _known(bot, where, [ts for message in found for ts in (message.ts, message.latest_reply) if ts])
    for thread in [message.ts for message in found if message.latest_reply and message.latest_reply not in known]:
        bounds = {"ts": thread, "oldest": oldest}
        replies = [reply async for reply in _messages(bot, "conversations.replies", channel=where.id, **bounds)]
        known |= await _known(bot, where, [reply.ts for reply in replies])
        found += replies
    deliveries = [delivery for message in found if (delivery := _delivery(bot, where, message, message.ts in known))]
    deliveries.sort(key=lambda delivery: delivery.at)
    return sum(
        [await mirror(bot.core, deliveries[start : start + BATCH]) for start in range(0, len(deliveries), BATCH)]
    )


async def _known(bot: Bot, where: Channel, messages: Sequence[str]) -> set[str]:
    """Those of ``messages`` that are on the timeline."""
    origins = {message_origin(where, ts): ts for ts in messages}
    async with bot.core.storage.transaction() as unit:
        return {origins[origin] for origin in await unit.known_origins(origins)}


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


def _delivery(bot: Bot, where: Channel, message: SlackMessage, known: bool) -> Delivery | None:
    """The message; or its last edit, where the message itself is known."""
    said = written(where, message, bot.identity, caught_up=True)
    if said is None or not known:
        return said
    if message.edited is None:
        return None
    at = max(moment(message.ts), moment(message.edited.ts))
    return edited(where, message, message.edited, at, caught_up=True)
