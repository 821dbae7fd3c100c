"""Saying in the channel what somebody changed, once they have stopped changing it for some seconds."""

from bot.cards.notices import notice
from bot.cards.sentences import named_in
from bot.channels.channel_state import noticing_loss
from bot.channels.posting import marked, post_once
from bot.context import Bot
from incidents.model.identity import Person
from incidents.ports import Job


async def give_notice(bot: Bot, job: Job) -> None:
    """Post the net effect of what one person did in the job's entries; nothing where there is none."""
    incident = await bot.core.storage.read.incident(job.incident)
    if incident is None or incident.channel is None or incident.channel.archived:
        return
    spanned = await bot.core.storage.read.entries(job.incident, job.first_entry, job.last_entry)
    entries = [entry for entry in spanned if entry.by == spanned[0].by]
    people = [named for named in named_in(entries) if isinstance(named, Person)]
    names = await bot.people.names([spanned[0].by, *people])
    message = notice(incident, entries, names.__getitem__)
    if message is None:
        return
    where = incident.channel.channel
    async with noticing_loss(bot, where):
        metadata = marked("incident_notice", job.incident, first=job.first_entry, last=job.last_entry)
        await post_once(bot, job, where, message, metadata)
