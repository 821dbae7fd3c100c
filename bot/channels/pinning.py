"""A message that somebody marks with :pushpin: becomes a key entry of the timeline."""

from pydantic import BaseModel, Field

from bot.channels.mirroring import ChannelId, SlackMessage, Ts, moment, written
from bot.context import Bot, channel, person
from incidents.actions.mirror import PinnedMessage, pin, pin_mirrored
from incidents.model import facts
from incidents.model.identity import Channel, Person

PIN = "pushpin"


class Item(BaseModel):
    """What a reaction was added to; only a message has all of it."""

    type: str = ""
    channel: ChannelId | None = None
    ts: Ts | None = None


class Reaction(BaseModel):
    """https://docs.slack.dev/reference/events/reaction_added"""

    user: str = Field(min_length=1)
    reaction: str
    item: Item


async def reacted(bot: Bot, event: Reaction) -> None:
    """A message was marked by somebody who may command."""
    item = event.item
    if event.reaction != PIN or item.type != "message" or item.channel is None or item.ts is None:
        return
    if (await bot.people.get(event.user)).is_member:
        by, where = person(event.user), channel(item.channel)
        if not await pin_mirrored(bot.core, by, where, item.ts):
            await _pin_unheard(bot, by, where, item.ts)


async def _pin_unheard(bot: Bot, by: Person, where: Channel, ts: str) -> None:
    """Pin what was written before the channel became the incident's; nothing for the bot's own words.

    Any one message can be read so, a reply or not: https://docs.slack.dev/reference/methods/conversations.replies
    """
    incident = await bot.core.storage.read.incident_in(where)
    if incident is None:
        return
    answer = await bot.slack.call(
        "conversations.replies", channel=where.id, ts=ts, oldest=ts, latest=ts, inclusive=True
    )
    for found in answer["messages"]:
        message = SlackMessage.model_validate(found)
        if message.ts == ts and written(where, message, bot.identity) is not None:
            text, files = message.said()
            fact = facts.MessagePinned(channel=where, message=ts, author=message.author(), text=text, files=files)
            await pin(bot.core, incident.number, by, PinnedMessage(fact, moment(ts)))
