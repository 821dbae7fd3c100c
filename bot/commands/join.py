"""`/incident join`: to work on it, and be brought into its channel."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.cards.text import channel_link
from bot.words import incident_word
from incidents.actions.respond import join as join_incident
from incidents.model.incident import Incident


@incident_word("join", "", "Work on it")
async def join(asked: Asked, incident: Incident) -> Message | None:
    changed = await join_incident(asked.bot.core, incident.number, asked.by)
    joined = changed.incident
    where = f" → {channel_link(joined.channel.channel)}" if joined.channel else ""
    if changed.entry is None:
        return done(f"You are in INC-{incident.number} already.{where}")
    lead = "" if joined.commander else f" Nobody leads it yet: /incident lead INC-{incident.number} takes command."
    return done(f"You joined INC-{incident.number}.{where}{lead}")
