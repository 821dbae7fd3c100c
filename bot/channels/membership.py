"""Who comes into an incident's channel and goes, and what becomes of the channel itself.

https://docs.slack.dev/reference/events
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.context import Bot, channel, person
from incidents.actions.channel import channel_archived, channel_lost
from incidents.actions.mirror import pin_mirrored
from incidents.actions.respond import came_into_channel, left_channel
from incidents.model.identity import TOCSIN

PIN = "pushpin"
"""The reaction that makes a message a key entry."""

Event = Mapping[str, Any]


async def joined(bot: Bot, event: Event) -> None:
    """Somebody came, or was brought in by a colleague; whom the bot invites was called, and is not there yet."""
    user, inviter = event["user"], event.get("inviter")
    if user == bot.identity.user_id or inviter == bot.identity.user_id:
        return
    if (await bot.people.get(user)).is_member:
        await came_into_channel(bot.core, channel(event["channel"]), person(user), person(inviter or user))


async def left(bot: Bot, event: Event) -> None:
    """Somebody left, or was removed."""
    await left_channel(bot.core, channel(event["channel"]), person(event["user"]))


async def archived(bot: Bot, event: Event) -> None:
    """The channel was archived."""
    await channel_archived(bot.core, channel(event["channel"]), person(event["user"]) if event.get("user") else TOCSIN)


async def deleted(bot: Bot, event: Event) -> None:
    """The channel was deleted."""
    await channel_lost(bot.core, channel(event["channel"]), TOCSIN, "it was deleted")


async def bot_removed(bot: Bot, event: Event) -> None:
    """The bot was removed from the channel, and hears nothing of it any more."""
    await channel_lost(bot.core, channel(event["channel"]), TOCSIN, "the bot was removed from it")


async def reacted(bot: Bot, event: Event) -> None:
    """A message was marked as important."""
    if event["reaction"] == PIN and event["item"].get("type") == "message":
        await pin_mirrored(bot.core, person(event["user"]), channel(event["item"]["channel"]), event["item"]["ts"])


async def profile_changed(bot: Bot, event: Event) -> None:
    """Somebody's name or account changed."""
    bot.people.forget(event["user"]["id"])


HEARD: dict[str, Callable[[Bot, Event], Awaitable[None]]] = {
    "member_joined_channel": joined,
    "member_left_channel": left,
    "channel_archive": archived,
    "group_archive": archived,
    "channel_deleted": deleted,
    "group_deleted": deleted,
    "channel_left": bot_removed,
    "group_left": bot_removed,
    "reaction_added": reacted,
    "user_change": profile_changed,
}
