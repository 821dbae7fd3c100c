"""`/incident status [word]`: where the response stands."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.commands.told import told
from bot.forms.form import Carried
from bot.forms.status import status_form
from bot.words import incident_word
from incidents.actions.change import change_status
from incidents.model.incident import Incident
from incidents.model.vocabulary import Status


@incident_word("status", "[word]", "Investigating, Identified, Monitoring or Resolved")
async def status(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        await asked.show(status_form(incident, Carried.of(asked, incident.number)))
        return None
    wanted = Status.parse(asked.text)
    changed = await change_status(asked.bot.core, incident.number, asked.by, wanted)
    return told(
        changed,
        f"INC-{incident.number} is now {wanted.word}; it was {incident.status.word}.",
        f"INC-{incident.number} is {wanted.word} already.",
    )
