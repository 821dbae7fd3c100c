"""`/incident reopen`: it was not over; it asks why."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.commands.told import told
from bot.forms.form import Carried
from bot.forms.reopen import reopen_form
from bot.typed import plain
from bot.words import incident_word
from incidents.actions.change import reopen as reopen_incident
from incidents.model.incident import Incident
from incidents.model.refusals import IncidentNotResolved


@incident_word("reopen", "[reason]", "It was not over after all", names_incident_last=False)
async def reopen(asked: Asked, incident: Incident) -> Message | None:
    if incident.is_open:
        raise IncidentNotResolved(incident.number)
    if not asked.text:
        await asked.show(reopen_form(Carried.of(asked, incident.number)))
        return None
    changed = await reopen_incident(asked.bot.core, incident.number, asked.by, plain(asked.text))
    return told(changed, f"INC-{incident.number} is open again.", "", undo=False)
