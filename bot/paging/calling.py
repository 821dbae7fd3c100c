"""Calling somebody: their direct message is there, once, and shows how the call stands."""

from functools import partial

import structlog

from bot.cards.call import call_message
from bot.cards.message import Message
from bot.channels.posting import Spot, conversation_with, marked, posted_by_earlier_attempt, show_once, shows_now
from bot.context import Bot
from bot.paging.views import call_view
from bot.rates import Urgency
from bot.slack import SlackRefused
from incidents.actions.paging import could_not_call
from incidents.actions.posts import remember_post
from incidents.model.escalation import Answer
from incidents.ports import Job, Post, Purpose

log = structlog.get_logger()


async def call(bot: Bot, job: Job) -> None:
    """Have the person's message show how the call ``job`` is about stands; the first time, that calls them.

    Whom Slack does not let us write to can't answer, so the escalation goes on at once.
    """
    escalation = await bot.core.storage.read.paging.escalation_of_call(job.subject)
    made = next((call for call in escalation.calls if call.id == job.subject), None) if escalation else None
    if escalation is None or made is None:
        return
    posts = await bot.core.storage.read.posts(made.id, Purpose.CALL)
    try:
        if posts and await shows_now(bot, posts[0], partial(_drawn, bot, made.id), Urgency.PAGE):
            return
        spot, marks = Spot(await conversation_with(bot, job, made.person), made.called_at), marked("call", call=made.id)
        # Who has answered meanwhile may have been called by an attempt of which Slack did not say so.
        if made.answer is Answer.WAITING or await posted_by_earlier_attempt(bot, job, spot, marks):
            message = call_message(await call_view(bot, escalation, made))
            place, id = await show_once(bot, job, spot, message, marks)
            await remember_post(bot.core, Post(made.id, Purpose.CALL, place, id))
    except SlackRefused as refused:
        if made.answer is Answer.WAITING:
            log.warning("could_not_call", call=made.id, person=made.person, error=refused.error)
            await could_not_call(bot.core, made.id)


async def _drawn(bot: Bot, id: int) -> Message:
    """The message as it is to be by now."""
    escalation = await bot.core.storage.read.paging.escalation_of_call(id)
    assert escalation is not None
    made = next(call for call in escalation.calls if call.id == id)
    return call_message(await call_view(bot, escalation, made))
