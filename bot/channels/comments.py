"""Posting in the channel what somebody noted elsewhere, once."""

from bot.cards.comment import comment_message
from bot.channels.channel_state import noticing_loss, open_channel_of
from bot.channels.posting import marked, post_once
from bot.context import Bot
from incidents.model import facts
from incidents.ports import Job


async def post_comment(bot: Bot, job: Job) -> None:
    """Post the note that the job's entry holds."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    _, where = here
    entry = (await bot.core.storage.read.entries(job.subject, job.first, job.first))[0]
    assert isinstance(entry.fact, facts.Comment)
    names = await bot.people.names([entry.by])
    async with noticing_loss(bot, where):
        message = comment_message(names[entry.by], entry.fact.text)
        await post_once(bot, job, where, message, marked("incident_comment", job.subject, entry=entry.number))
