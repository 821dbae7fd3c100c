"""`/incident severity [1–5]`: how bad it is."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.signs import severity_sign
from bot.commands.told import told
from bot.forms.form import Carried
from bot.forms.severity import severity_form
from bot.words import incident_word
from incidents.actions.change import change_severity
from incidents.model.incident import Incident
from incidents.model.vocabulary import Severity


@incident_word("severity", "[1–5]", "How bad it is: 1 critical … 5 informational")
async def severity(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        await asked.show(severity_form(incident, Carried.of(asked, incident.number)))
        return None
    wanted = Severity.parse(asked.text)
    changed = await change_severity(asked.bot.core, incident.number, asked.by, wanted)
    sign = severity_sign(wanted)
    return told(
        changed,
        f"INC-{incident.number} is now {sign} {wanted.name}; it was {incident.severity.name}.",
        f"INC-{incident.number} is {sign} {wanted.name} already.",
    )
