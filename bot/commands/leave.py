"""`/incident leave`: to stop working on it. The channel stays open to whoever wants to read."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.words import incident_word
from incidents.actions.respond import leave as leave_incident
from incidents.model.incident import Incident


@incident_word("leave", "", "Stop working on it")
async def leave(asked: Asked, incident: Incident) -> Message | None:
    await leave_incident(asked.bot.core, incident.number, asked.by)
    return done(f"You left INC-{incident.number}. You can still read its channel; leave that in Slack if you want to.")
