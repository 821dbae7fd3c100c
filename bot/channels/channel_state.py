"""An incident and its channel as they are now, and what it means when Slack says that the channel is archived, gone, or
closed to the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.channel import channel_archived, channel_lost
from incidents.model.identity import TOCSIN, Channel
from incidents.model.incident import Incident
from incidents.ports import Job

ARCHIVED = {"is_archived", "is_inactive"}
"""An edit in an archived channel is refused in its own word: https://docs.slack.dev/reference/methods/chat.update"""

LOST = {
    "channel_not_found": "it was deleted, or the bot was removed from it",
    "not_in_channel": "the bot was removed from it",
}
CHANNEL_ERRORS = {*ARCHIVED, *LOST}
"""The errors that speak of the channel, whatever was to be done in it."""


async def open_channel_of(bot: Bot, job: Job) -> tuple[Incident, Channel] | None:
    """The incident of ``job`` as it is now, and its channel; None where there is none in which anything can be done."""
    incident = await bot.core.storage.read.incident(job.subject)
    if incident is None or incident.channel is None or incident.channel.archived:
        return None
    return incident, incident.channel.channel


async def incident_now(bot: Bot, number: int) -> Incident:
    """An incident that is on record, as it is when something of it is drawn."""
    incident = await bot.core.storage.read.incident(number)
    assert incident is not None
    return incident


@asynccontextmanager
async def noticing_loss(bot: Bot, channel: Channel) -> AsyncIterator[None]:
    """Work on ``channel`` in the block; that it is archived or lost is put on record, and ends the work quietly."""
    try:
        yield
    except SlackRefused as refused:
        if refused.error in ARCHIVED:
            await channel_archived(bot.core, channel, TOCSIN)
        elif refused.error in LOST:
            await _note_loss(bot, channel, LOST[refused.error])
        else:
            raise


async def _note_loss(bot: Bot, channel: Channel, reason: str) -> None:
    """Archiving takes bots out of a channel, so the archived one answers like one that the bot was removed from."""
    try:
        answer = await bot.slack.call("conversations.info", channel=channel.id)
    except SlackRefused:
        await channel_lost(bot.core, channel, TOCSIN, reason)
        return
    if answer["channel"].get("is_archived"):
        await channel_archived(bot.core, channel, TOCSIN)
    else:
        await channel_lost(bot.core, channel, TOCSIN, reason)
