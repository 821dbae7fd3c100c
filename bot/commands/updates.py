"""`/incident updates`: what customers were told, and what waits for approval."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.update_history import history
from bot.words import incident_word
from incidents.model.incident import Incident


@incident_word("updates", "", "What customers were told")
async def updates(asked: Asked, incident: Incident) -> Message | None:
    return history(incident)
