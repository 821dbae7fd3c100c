"""*Undo*, the button beside the answer to a change: takes a slip back for some seconds."""

import re

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.cards.signs import severity_sign
from bot.words import incident_word
from incidents.actions.change import undo as take_back
from incidents.model.incident import Incident
from incidents.model.refusals import TooLateToUndo


@incident_word("undo", answers="in_place", listed=False)
async def undo(asked: Asked, incident: Incident) -> Message | None:
    if not re.fullmatch(r"[0-9]{1,9}", asked.text):
        raise TooLateToUndo("only the button beside the change undoes it")
    now = (await take_back(asked.bot.core, incident.number, asked.by, int(asked.text))).incident
    return done(
        f"Taken back. INC-{now.number} is {severity_sign(now.severity)} {now.severity.name}, {now.status.word}."
    )
