"""Posting once: each message carries metadata that says what it is, so that a second attempt finds the first.

https://docs.slack.dev/messaging/message-metadata
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cards.message import Message
from bot.channels.listing import pages
from bot.context import Bot, channel
from bot.rates import Urgency
from bot.slack import SlackRefused
from incidents.actions.posts import forget_post
from incidents.model.identity import Channel, Person
from incidents.ports import Job, Post

CLOCKS_DIFFER = 60
"""Seconds by which Slack's clock and ours may differ."""


@dataclass(frozen=True)
class Spot:
    """Where a message goes that is not about an incident: into a channel, or a thread there.

    Nothing like it was posted before ``since``.
    """

    channel: Channel
    since: datetime
    thread: str | None = None


def marked(kind: str, incident: int | None = None, **more: int | str) -> dict[str, Any]:
    """The metadata of a message: what ``kind`` it is, of which incident, or of what else that ``more`` names."""
    about = more if incident is None else {"incident": incident, **more}
    return {"event_type": kind, "event_payload": about}


async def post_once(
    bot: Bot, job: Job, where: Channel | Spot, message: Message, metadata: dict[str, Any]
) -> tuple[Channel, str]:
    """Post ``message`` in ``where`` unless an earlier attempt did; gives the channel and the message's id there.

    A channel alone is meant for the incident that ``job`` is about. Raises SlackRefused, SlackUnavailable.
    """
    spot = await _spot(bot, job, where)
    return await posted_by_earlier_attempt(bot, job, spot, metadata) or await _post(bot, spot, message, metadata)


async def show_once(
    bot: Bot, job: Job, where: Channel | Spot, message: Message, metadata: dict[str, Any]
) -> tuple[Channel, str]:
    """The same for a message that is to show how things are: what an earlier attempt posted may be out of date.

    Raises SlackRefused, SlackUnavailable.
    """
    spot = await _spot(bot, job, where)
    earlier = await posted_by_earlier_attempt(bot, job, spot, metadata)
    if earlier is None:
        return await _post(bot, spot, message, metadata)
    place, id = earlier
    await bot.slack.call("chat.update", channel=place.id, ts=id, **message.to_dict())
    return earlier


async def shows_now(
    bot: Bot, post: Post, draw: Callable[[], Awaitable[Message]], how_urgent: Urgency = Urgency.REFRESH
) -> bool:
    """Have ``post`` show what ``draw`` gives when the turn of that has come.

    False for one that somebody deleted, which is forgotten, to be posted anew.

    Raises SlackRefused, SlackUnavailable.
    """

    async def drawn() -> Mapping[str, Any]:
        return {"channel": post.channel.id, "ts": post.message, **(await draw()).to_dict()}

    try:
        await bot.slack.show("chat.update", f"{post.channel.id}/{post.message}", drawn, how_urgent)
    except SlackRefused as refused:
        if refused.error != "message_not_found":
            raise
        await forget_post(bot.core, post)
        return False
    return True


async def conversation_with(bot: Bot, job: Job, person: Person) -> Channel:
    """Where to write to somebody: at first to the person, which opens the conversation; to look there, by its own id.

    https://docs.slack.dev/reference/methods/chat.postMessage#channels. Raises SlackRefused, SlackUnavailable.
    """
    return channel(person.id) if job.attempt == 1 else await opened_with(bot, person)


async def opened_with(bot: Bot, person: Person) -> Channel:
    """The conversation with somebody, by its own id. Raises SlackRefused, SlackUnavailable."""
    opened = await bot.slack.call("conversations.open", users=person.id)
    return channel(opened["channel"]["id"])


async def posted_before(bot: Bot, incident: int, where: Channel, kind: str) -> AsyncIterator[dict[str, Any]]:
    """The bot's messages of a ``kind`` in ``where`` since the incident was declared, newest first.

    Raises SlackRefused, SlackUnavailable.
    """
    async for message in posted_at(bot, Spot(where, await _declared(bot, incident)), kind):
        yield message


async def posted_by_earlier_attempt(
    bot: Bot, job: Job, spot: Spot, metadata: dict[str, Any]
) -> tuple[Channel, str] | None:
    """The message that says in its ``metadata`` what it is, where an earlier attempt at ``job`` posted it.

    Raises SlackRefused, SlackUnavailable.
    """
    if job.attempt > 1:
        async for there in posted_at(bot, spot, metadata["event_type"]):
            if there["metadata"] == metadata:
                return spot.channel, str(there["ts"])
    return None


async def _post(bot: Bot, spot: Spot, message: Message, metadata: dict[str, Any]) -> tuple[Channel, str]:
    said = {"metadata": metadata, "unfurl_links": False, **message.to_dict()}
    answer = await bot.slack.call("chat.postMessage", channel=spot.channel.id, thread_ts=spot.thread, **said)
    return channel(answer["channel"]), answer["ts"]


async def posted_at(bot: Bot, spot: Spot, kind: str) -> AsyncIterator[dict[str, Any]]:
    """The bot's messages of a ``kind`` in ``spot``."""
    method = "conversations.replies" if spot.thread else "conversations.history"
    bounds = {"oldest": f"{spot.since.timestamp() - CLOCKS_DIFFER:.6f}", "include_all_metadata": True}
    async for message in pages(bot.slack, method, "messages", channel=spot.channel.id, ts=spot.thread, **bounds):
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == kind and message.get("bot_id") == bot.identity.bot_id:
            yield message


async def _spot(bot: Bot, job: Job, where: Channel | Spot) -> Spot:
    if isinstance(where, Spot):
        return where
    return Spot(where, await _declared(bot, job.subject) if job.attempt > 1 else bot.core.clock())


async def _declared(bot: Bot, incident: int) -> datetime:
    return (await bot.core.storage.read.entries(incident, 1, 1))[0].recorded_at
