"""Announcing a public incident: one message in each announcement channel, kept true in place."""

from collections.abc import Collection
from functools import partial

from bot.cards.announcement import announcement
from bot.cards.message import Message
from bot.channels.channel_state import CHANNEL_ERRORS, incident_now
from bot.channels.places import enter, places
from bot.channels.posting import marked, show_once, shows_now
from bot.channels.taking_back import after_undo
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.posts import remember_post
from incidents.consequences import UPDATE_ANNOUNCEMENT
from incidents.model.identity import Channel
from incidents.model.incident import Incident
from incidents.ports import CannotSucceed, Job, Post, Purpose


async def announce(bot: Bot, job: Job) -> None:
    """Have each announcement show the incident as it is. Raises CannotSucceed where a channel is not there."""
    incident = await bot.core.storage.read.incident(job.subject)
    if incident is None or incident.private:
        return
    posts = await bot.core.storage.read.posts(incident.number, Purpose.ANNOUNCEMENT)
    if posts:
        await after_undo(bot, job, UPDATE_ANNOUNCEMENT)
    kept = [post for post in posts if await _edited(bot, incident.number, post)]
    wanted = await bot.announces_in()
    if len(kept) < len(wanted):
        await _announce(bot, job, incident, wanted, {post.channel for post in kept})


async def _edited(bot: Bot, incident: int, post: Post) -> bool:
    """Whether the announcement is there; one in a channel that is closed or gone stays as it is."""
    try:
        return await shows_now(bot, post, partial(_drawn, bot, incident))
    except SlackRefused as refused:
        if refused.error not in CHANNEL_ERRORS:
            raise
    return True


async def _drawn(bot: Bot, number: int) -> Message:
    """The announcement as it is to be by now."""
    return announcement(await incident_now(bot, number), bot.core.clock())


async def _announce(
    bot: Bot, job: Job, incident: Incident, wanted: Collection[str], there: Collection[Channel]
) -> None:
    """One channel that refuses keeps no other from being told."""
    refusals: dict[str, SlackRefused] = {}
    looking = bool(there) or job.attempt > 1
    for name, where in (await places(bot, wanted, looking)).items():
        if where not in there:
            try:
                await _announce_in(bot, job, incident, where)
            except SlackRefused as refused:
                refusals[name] = refused
    if refusals:
        why = ", ".join(f"{name} ({refused.error})" for name, refused in refusals.items())
        raise CannotSucceed(
            f"INC-{incident.number} could not be announced in {why}. Make that channel and let the bot in, "
            "or name another: Home, Settings."
        )


async def _announce_in(bot: Bot, job: Job, incident: Incident, where: Channel) -> None:
    message = announcement(incident, bot.core.clock())
    if job.attempt > 1:
        await enter(bot, where)
    place, id = await show_once(bot, job, where, message, marked("incident_announcement", incident.number))
    await remember_post(bot.core, Post(incident.number, Purpose.ANNOUNCEMENT, place, id))
