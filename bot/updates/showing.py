"""The cards of status updates: each once in the incident's channel, and kept true in place."""

from functools import partial

from bot.cards.draft import draft_message
from bot.cards.message import Message
from bot.channels.channel_state import incident_now, noticing_loss, open_channel_of
from bot.channels.posting import marked, show_once, shows_now
from bot.context import Bot
from bot.updates.views import draft_view
from incidents.actions.posts import remember_post
from incidents.model.identity import Channel
from incidents.ports import Job, Post, Purpose


async def show_draft(bot: Bot, job: Job) -> None:
    """Have the card of the status update ``job.detail`` show how it stands; newly posted, it calls who can approve."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    update = incident.updates.get(int(job.detail))
    async with noticing_loss(bot, where):
        post = await _post(bot, update.number, incident.number, where)
        if post is not None and await shows_now(bot, post, partial(_drawn, bot, job)):
            return
        view = await draft_view(bot, incident, update)
        marks = marked("status_update", incident.number, update=update.number)
        place, id = await show_once(bot, job, where, draft_message(view, calls=True), marks)
        await remember_post(bot.core, Post(incident.number, Purpose.DRAFT, place, id, update.number))


async def show_draft_again(bot: Bot, job: Job) -> None:
    """Have the card of a draft say what has become true without it; one that is not up yet will say it."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    update = incident.updates.get(int(job.detail))
    post = await _post(bot, update.number, incident.number, where)
    if post is not None and update.is_open:
        async with noticing_loss(bot, where):
            await shows_now(bot, post, partial(_drawn, bot, job))


async def _post(bot: Bot, update: int, incident: int, where: Channel) -> Post | None:
    posts = await bot.core.storage.read.posts(incident, Purpose.DRAFT)
    return next((each for each in posts if each.part == update and each.channel == where), None)


async def _drawn(bot: Bot, job: Job) -> Message:
    """The card as it is to be by now."""
    incident = await incident_now(bot, job.subject)
    return draft_message(await draft_view(bot, incident, incident.updates.get(int(job.detail))))
