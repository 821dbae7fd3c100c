"""`/incident update [public status]`: tell customers, once somebody has approved it."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.updates.writing import open_form
from bot.words import incident_word
from incidents.model.incident import Incident
from incidents.model.refusals import UnknownWord
from incidents.model.vocabulary import PublicStatus


@incident_word("update", "[public status]", "Tell customers: a draft that somebody approves")
async def update(asked: Asked, incident: Incident) -> Message | None:
    await open_form(asked, incident, _status(asked.text) if asked.text else None)
    return None


def _status(text: str) -> PublicStatus:
    """Raises UnknownWord."""
    try:
        return PublicStatus(text.strip().casefold())
    except ValueError:
        raise UnknownWord("public status", text, [status.word for status in PublicStatus]) from None
