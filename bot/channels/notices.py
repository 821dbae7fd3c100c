"""Saying in the channel what somebody changed, once they have stopped changing it for some seconds."""

from collections.abc import Callable

from bot.cards.notices import HISTORY, notice
from bot.cards.sentences import named_in
from bot.channels.channel_state import noticing_loss, open_channel_of
from bot.channels.posting import marked, post_once, posted_before
from bot.context import Bot
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.timeline import Entry
from incidents.ports import Job

NOTICE = "incident_notice"
"""The `event_type` of a notice's metadata."""


async def give_notice(bot: Bot, job: Job) -> None:
    """Post the net effect of what one person did in the job's entries; nothing where there is none."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    async with noticing_loss(bot, where):
        spanned = await bot.core.storage.read.entries(job.subject, job.first, job.last)
        told = await _told_before(bot, job, where) if job.attempt > 1 else 0
        entries = [entry for entry in spanned if entry.by == spanned[0].by and entry.number > told]
        history = await bot.core.storage.read.entries_of(job.subject, HISTORY)
        message = notice(incident, entries, history, await _names(bot, [*entries, *history])) if entries else None
        if message is not None:
            metadata = marked(NOTICE, job.subject, first=job.first, last=job.last)
            await post_once(bot, job, where, message, metadata)


async def _told_before(bot: Bot, job: Job, where: Channel) -> int:
    """The last entry that an earlier attempt told of; while the job waited, it may have taken in more."""
    async for there in posted_before(bot, job.subject, where, NOTICE):
        told = there["metadata"]["event_payload"]
        if told["incident"] == job.subject and told["first"] == job.first:
            return int(told["last"])
    return 0


async def _names(bot: Bot, entries: list[Entry]) -> Callable[[Person], str]:
    people = [named for named in named_in(entries) if isinstance(named, Person)]
    return (await bot.people.names([TOCSIN, *people])).__getitem__
