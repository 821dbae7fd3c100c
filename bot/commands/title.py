"""`/incident title`: what is broken, in a line."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.text import escape
from bot.commands.told import told
from bot.forms.form import Carried
from bot.forms.title import title_form
from bot.typed import plain
from bot.words import incident_word
from incidents.actions.change import change_title
from incidents.model.incident import Incident


@incident_word("title", "[new title]", "What is broken, in a line", names_incident_last=False)
async def title(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        await asked.show(title_form(incident, Carried.of(asked, incident.number)))
        return None
    changed = await change_title(asked.bot.core, incident.number, asked.by, plain(asked.text))
    now = escape(changed.incident.title)
    return told(changed, f"INC-{incident.number} is now called: {now}", "It is called that already.")
