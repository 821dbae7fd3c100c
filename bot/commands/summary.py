"""`/incident summary`: what is known."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.commands.told import told
from bot.forms.form import Carried
from bot.forms.summary import summary_form
from bot.typed import plain
from bot.words import incident_word
from incidents.actions.change import change_summary
from incidents.model.incident import Incident


@incident_word("summary", "[text]", "What is known", names_incident_last=False)
async def summary(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        await asked.show(summary_form(incident, Carried.of(asked, incident.number)))
        return None
    changed = await change_summary(asked.bot.core, incident.number, asked.by, plain(asked.text))
    return told(changed, f"The summary of INC-{incident.number} is changed.", "The summary says that already.")
