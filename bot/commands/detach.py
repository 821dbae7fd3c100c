"""`/incident detach`: the channel is no longer the incident's; the mirroring stops, the history stays."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.words import incident_word
from incidents.actions.channel import detach_channel
from incidents.model.incident import Incident


@incident_word("detach", "", "Stop mirroring the incident's channel")
async def detach(asked: Asked, incident: Incident) -> Message:
    await detach_channel(asked.bot.core, incident.number, asked.by)
    return done(f"INC-{incident.number} has no channel any more. What was written stays on its timeline.")
