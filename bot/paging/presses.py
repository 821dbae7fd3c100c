"""What people press on the message that calls them: they come, or they can't."""

import re

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.call import DECLINE, JOIN
from bot.cards.text import channel_link, mention
from incidents.actions.paging import answer_call, decline_call
from incidents.model.escalation import Answer
from incidents.model.refusals import AlertTaken

PRESSED = re.compile(r"call\.([a-z_]+):([0-9]{1,9})")
"""The action ids of what is pressed on calls: the verb, and the number of the call."""


async def carry_out_press(asked: Asked) -> None:
    """Carry out what ``asked.action`` stands for. Raises Refusal, SlackRefused, SlackUnavailable."""
    said = PRESSED.fullmatch(str(asked.action.get("action_id")))
    if said is None:
        return
    await asked.bot.people.must_be_member(asked.by.id)
    if said[1] == JOIN:
        await _join(asked, int(said[2]))
    elif said[1] == DECLINE:
        await decline_call(asked.bot.core, int(said[2]), asked.by)


async def _join(asked: Asked, call: int) -> None:
    """The message itself tells who joined in time; a late answer is told of beside it."""
    try:
        escalation = await answer_call(asked.bot.core, call, asked.by)
    except AlertTaken as taken:
        await asked.answer(done(f"{mention(taken.by)} accepted it before you. Nothing is needed from you."))
        return
    if any(each.id == call and each.answer is Answer.JOINED for each in escalation.calls):
        return
    about = escalation.page.about
    incident = await asked.bot.core.storage.read.incident(about.incident) if about.incident is not None else None
    where = f" → {channel_link(incident.channel.channel)}" if incident and incident.channel else ""
    await asked.answer(done(f"You joined INC-{incident.number}.{where}" if incident else "You accepted it."))
