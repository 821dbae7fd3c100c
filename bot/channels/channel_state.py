"""What it means when Slack says that an incident's channel is archived, gone, or closed to the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.channel import channel_archived, channel_lost
from incidents.model.identity import TOCSIN, Channel

LOST = {
    "channel_not_found": "it was deleted, or the bot was removed from it",
    "not_in_channel": "the bot was removed from it",
}
CHANNEL_ERRORS = {"is_archived", *LOST}
"""The errors that speak of the channel, whatever was to be done in it."""


@asynccontextmanager
async def noticing_loss(bot: Bot, channel: Channel) -> AsyncIterator[None]:
    """Work on ``channel`` in the block; that it is archived or lost is put on record, and ends the work quietly."""
    try:
        yield
    except SlackRefused as refused:
        if refused.error == "is_archived":
            await channel_archived(bot.core, channel, TOCSIN)
        elif refused.error in LOST:
            await channel_lost(bot.core, channel, TOCSIN, LOST[refused.error])
        else:
            raise
