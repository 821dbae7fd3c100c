"""`/incident services`: what is affected, and how badly."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.text import escape
from bot.commands.told import told
from bot.forms.form import Carried
from bot.forms.services import services_form, services_of
from bot.words import incident_word
from incidents.actions.change import change_services
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal, UnknownWord
from incidents.model.vocabulary import Impact


class NotSaidHow(Refusal):
    """A service was named without what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(
            "Say how each is affected: /incident services checkout=degraded. Or type nothing more, for a form."
        )


@incident_word("services", "", "What is affected, and how badly", names_incident_last=False)
async def services(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        await asked.show(services_form(services_of(incident), Carried.of(asked, incident.number)))
        return None
    changed = await change_services(asked.bot.core, incident.number, asked.by, _impacts(asked.text))
    affected = changed.incident.services.values()
    listed = ", ".join(f"{escape(each.name)} ({each.impact.word})" for each in affected) or "nothing"
    return told(
        changed, f"Affected by INC-{incident.number}: {listed}.", "Nothing was changed.", undo=len(changed.entries) == 1
    )


def _impacts(text: str) -> dict[str, Impact]:
    """Reads ``checkout=degraded api=major_outage``, or ``none``. Raises UnknownWord."""
    if text.strip().casefold() == "none":
        return {}
    pairs = [part.partition("=") for part in text.split()]
    if not all(equals for _, equals, _ in pairs):
        raise NotSaidHow
    return {service: _impact(word) for service, _, word in pairs}


def _impact(word: str) -> Impact:
    try:
        return Impact(word.casefold())
    except ValueError:
        raise UnknownWord("impact", word, [f"checkout={impact}" for impact in Impact]) from None
