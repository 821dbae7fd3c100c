"""Posting once: each message carries metadata that says what it is, so that a second attempt finds the first.

https://docs.slack.dev/messaging/message-metadata
"""

from collections.abc import AsyncIterator
from typing import Any

from bot.cards.message import Message
from bot.channels.listing import pages
from bot.context import Bot, channel
from bot.slack import SlackRefused
from incidents.actions.posts import forget_post
from incidents.model.identity import Channel
from incidents.ports import Job, Post

CLOCKS_DIFFER = 60
"""Seconds by which Slack's clock and ours may differ."""


def marked(kind: str, incident: int, **more: int) -> dict[str, Any]:
    """The metadata of a message: what ``kind`` it is, of which incident."""
    return {"event_type": kind, "event_payload": {"incident": incident, **more}}


async def post_once(
    bot: Bot, job: Job, where: Channel, message: Message, metadata: dict[str, Any]
) -> tuple[Channel, str]:
    """Post ``message`` in ``where`` unless an earlier attempt did; gives the channel and the message's id there.

    Raises SlackRefused, SlackUnavailable.
    """
    return await _posted_by_earlier_attempt(bot, job, where, metadata) or await _post(bot, where, message, metadata)


async def show_once(
    bot: Bot, job: Job, where: Channel, message: Message, metadata: dict[str, Any]
) -> tuple[Channel, str]:
    """The same for a message that is to show how things are: what an earlier attempt posted may be out of date.

    Raises SlackRefused, SlackUnavailable.
    """
    earlier = await _posted_by_earlier_attempt(bot, job, where, metadata)
    if earlier is None:
        return await _post(bot, where, message, metadata)
    place, id = earlier
    await bot.slack.call("chat.update", channel=place.id, ts=id, **message.to_dict())
    return earlier


async def shows_now(bot: Bot, post: Post, message: Message) -> bool:
    """Have ``post`` show ``message``; False for one that somebody deleted, which is forgotten, to be posted anew.

    Raises SlackRefused, SlackUnavailable.
    """
    try:
        await bot.slack.call("chat.update", channel=post.channel.id, ts=post.message, **message.to_dict())
    except SlackRefused as refused:
        if refused.error != "message_not_found":
            raise
        await forget_post(bot.core, post)
        return False
    return True


async def _posted_by_earlier_attempt(
    bot: Bot, job: Job, where: Channel, metadata: dict[str, Any]
) -> tuple[Channel, str] | None:
    if job.attempt > 1:
        async for there in posted_before(bot, job.subject, where, metadata["event_type"]):
            if there["metadata"] == metadata:
                return where, str(there["ts"])
    return None


async def _post(bot: Bot, where: Channel, message: Message, metadata: dict[str, Any]) -> tuple[Channel, str]:
    answer = await bot.slack.call(
        "chat.postMessage", channel=where.id, metadata=metadata, unfurl_links=False, **message.to_dict()
    )
    return channel(answer["channel"]), answer["ts"]


async def posted_before(bot: Bot, incident: int, where: Channel, kind: str) -> AsyncIterator[dict[str, Any]]:
    """The bot's messages of a ``kind`` in ``where`` since the incident was declared, newest first.

    Raises SlackRefused, SlackUnavailable.
    """
    declared = (await bot.core.storage.read.entries(incident, 1, 1))[0]
    bounds = {"oldest": f"{declared.recorded_at.timestamp() - CLOCKS_DIFFER:.6f}", "include_all_metadata": True}
    async for message in pages(bot.slack, "conversations.history", "messages", channel=where.id, **bounds):
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == kind and message.get("bot_id") == bot.identity.bot_id:
            yield message
