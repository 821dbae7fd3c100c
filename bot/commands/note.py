"""`/incident note <text>`: a line for the timeline, from anywhere."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.forms.form import Carried
from bot.forms.note import note_form
from bot.typed import markup
from bot.words import incident_word
from incidents.actions.comment import comment
from incidents.model.incident import Incident


@incident_word("note", "<text>", "Write something on the timeline", names_incident_last=False)
async def note(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        await asked.show(note_form(Carried.of(asked, incident.number)))
        return None
    await comment(asked.bot.core, incident.number, asked.by, markup(asked.text), asked.origin)
    return done(f"Noted on the timeline of INC-{incident.number}.")
