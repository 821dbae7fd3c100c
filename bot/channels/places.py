"""Channels that somebody named, by id or name: finding them, and going in where one must look.

Posting takes names too, and no membership in public channels, so that nothing is asked while people wait:
https://docs.slack.dev/reference/methods/chat.postMessage
"""

from collections.abc import Collection

from bot.channels.listing import pages
from bot.context import Bot, channel
from bot.slack import SlackRefused
from incidents.model.identity import Channel


async def places(bot: Bot, wanted: Collection[str], looking: bool) -> dict[str, Channel]:
    """The ``wanted`` channels by their configured name; by their id where one is ``looking`` into them.

    Raises SlackRefused, SlackUnavailable.
    """
    named = {name: channel(name) for name in wanted}
    if looking:
        types = "public_channel,private_channel"
        async for found in pages(bot.slack, "conversations.list", "channels", types=types, exclude_archived=True):
            if found["name"] in named:
                named[found["name"]] = channel(found["id"])
    return named


async def enter(bot: Bot, where: Channel) -> None:
    """Looking what was posted takes membership; nobody joins a private channel by themselves.

    https://docs.slack.dev/reference/methods/conversations.history, https://docs.slack.dev/reference/methods/conversations.join
    Raises SlackRefused, SlackUnavailable.
    """
    try:
        await bot.slack.call("conversations.join", channel=where.id)
    except SlackRefused as refused:
        if refused.error != "method_not_supported_for_channel_type":
            raise
