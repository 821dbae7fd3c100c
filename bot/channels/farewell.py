"""Saying in a channel that it is no longer the incident's, so that nobody thinks what they write is recorded."""

from bot.cards.notices import farewell
from bot.channels.channel_state import CHANNEL_ERRORS
from bot.channels.posting import marked, post_once
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.model import facts
from incidents.ports import Job


async def say_farewell(bot: Bot, job: Job) -> None:
    """Tell the channel that somebody detached it; one that was lost has nobody to tell."""
    entry = (await bot.core.storage.read.entries(job.subject, job.first, job.first))[0]
    if not isinstance(entry.fact, facts.ChannelDetached) or entry.fact.reason:
        return
    names = await bot.people.names([entry.by])
    metadata = marked("incident_farewell", job.subject, entry=entry.number)
    try:
        await post_once(bot, job, entry.fact.channel, farewell(entry, names.__getitem__), metadata)
    except SlackRefused as refused:
        if refused.error not in CHANNEL_ERRORS:
            raise
