"""`/incident channel`: open a channel for an incident that has none."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.words import incident_word
from incidents.actions.channel import ask_for_channel
from incidents.model.incident import Incident


@incident_word("channel", "", "Open a channel for an incident that has none")
async def channel(asked: Asked, incident: Incident) -> Message | None:
    await ask_for_channel(asked.bot.core, incident.number, asked.by)
    return done(f"Opening a channel for INC-{incident.number}; you will be invited to it.")
