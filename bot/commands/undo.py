"""*Undo*, the button beside the answer to a change: takes a slip back for some seconds."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.words import incident_word
from incidents.actions.change import undo as take_back
from incidents.model.incident import Incident


@incident_word("undo", listed=False)
async def undo(asked: Asked, incident: Incident) -> Message | None:
    await take_back(asked.bot.core, incident.number, asked.by, int(asked.text))
    await asked.replace(done("Taken back."))
    return None
