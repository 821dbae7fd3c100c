"""`/incident join`: to work on it, and be brought into its channel."""

from bot.asked import Asked
from bot.cards.answers import done, joined_answer
from bot.cards.message import Message
from bot.cards.text import channel_link
from bot.words import incident_word
from incidents.actions.respond import join as join_incident
from incidents.actions.respond import offers_command
from incidents.model.incident import Incident


@incident_word("join", "", "Work on it")
async def join(asked: Asked, incident: Incident) -> Message | None:
    changed = await join_incident(asked.bot.core, incident.number, asked.by)
    joined = changed.incident
    where = f" → {channel_link(joined.channel.channel)}" if joined.channel else ""
    if changed.entry is None:
        return done(f"You are in INC-{incident.number} already.{where}")
    offered = await offers_command(asked.bot.core, joined, asked.by)
    return joined_answer(joined, f"You joined INC-{incident.number}.{where}", offered)
