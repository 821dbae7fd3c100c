"""Who comes into an incident's channel and goes, and what becomes of the channel itself.

https://docs.slack.dev/reference/events
"""

from pydantic import BaseModel, Field

from bot.channels.mirroring import ChannelId
from bot.context import Bot, channel, person
from incidents.actions.channel import channel_archived, channel_lost, channel_renamed
from incidents.actions.respond import came_into_channel, left_channel
from incidents.model.identity import TOCSIN
from incidents.ports.news import Topic


class Joined(BaseModel):
    """https://docs.slack.dev/reference/events/member_joined_channel"""

    channel: ChannelId
    user: str = Field(min_length=1)
    inviter: str | None = None


class Left(BaseModel):
    """https://docs.slack.dev/reference/events/member_left_channel"""

    channel: ChannelId
    user: str = Field(min_length=1)


class OfChannel(BaseModel):
    """Something that happened to a whole channel, and who did it, where Slack says."""

    channel: ChannelId
    user: str | None = None
    actor_id: str | None = None


class Named(BaseModel):
    id: ChannelId
    name: str = Field(min_length=1)


class Renamed(BaseModel):
    """https://docs.slack.dev/reference/events/channel_rename, which does not say who did it"""

    channel: Named


class Profile(BaseModel):
    id: str


class ProfileChanged(BaseModel):
    """https://docs.slack.dev/reference/events/user_change"""

    user: Profile


async def joined(bot: Bot, event: Joined) -> None:
    """Somebody came, or was brought in by a colleague; whom the bot invites was called, and is not there yet."""
    me = bot.identity.user_id
    if event.user == me or event.inviter == me:
        return
    if (await bot.people.get(event.user)).is_member:
        by = person(event.inviter or event.user)
        await came_into_channel(bot.core, channel(event.channel), person(event.user), by)


async def left(bot: Bot, event: Left) -> None:
    """Somebody left, or was removed; `channel_left`, which tells the bot of itself, is sometimes withheld."""
    if event.user == bot.identity.user_id:
        await _removed(bot, event.channel)
    else:
        await left_channel(bot.core, channel(event.channel), person(event.user))


async def archived(bot: Bot, event: OfChannel) -> None:
    """The channel was archived."""
    await channel_archived(bot.core, channel(event.channel), person(event.user) if event.user else TOCSIN)


async def renamed(bot: Bot, event: Renamed) -> None:
    """The channel got another name."""
    await channel_renamed(bot.core, channel(event.channel.id), event.channel.name)


async def deleted(bot: Bot, event: OfChannel) -> None:
    """The channel was deleted."""
    by = person(event.actor_id) if event.actor_id else TOCSIN
    await channel_lost(bot.core, channel(event.channel), by, "it was deleted")


async def bot_removed(bot: Bot, event: OfChannel) -> None:
    """The bot was removed from the channel, and hears nothing of it any more."""
    await _removed(bot, event.channel)


async def profile_changed(bot: Bot, event: ProfileChanged) -> None:
    """Somebody's name or account changed, which Slack tells one process only."""
    await bot.core.storage.news.tell(Topic.PERSON, event.user.id)


async def _removed(bot: Bot, slack_channel: str) -> None:
    await channel_lost(bot.core, channel(slack_channel), TOCSIN, "the bot was removed from it")
