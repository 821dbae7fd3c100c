"""`/incident resolve`: it is over."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.text import duration
from bot.commands.told import told
from bot.words import incident_word
from incidents.actions.change import change_status
from incidents.model.incident import Incident
from incidents.model.vocabulary import Status


@incident_word("resolve", "", "It is over")
async def resolve(asked: Asked, incident: Incident) -> Message | None:
    changed = await change_status(asked.bot.core, incident.number, asked.by, Status.RESOLVED)
    lasted = duration(changed.incident.duration(asked.bot.core.clock()))
    return told(
        changed,
        f"INC-{incident.number} is resolved, after {lasted}.",
        f"INC-{incident.number} is resolved already.",
    )
