"""Writing a note on the timeline from anywhere; it is posted in the channel once."""

from incidents.actions.change import Changed
from incidents.core import Core
from incidents.model.identity import Person


async def comment(core: Core, number: int, by: Person, text: str, origin: str | None = None) -> Changed:
    """A delivery (``origin``) that comes twice leaves one note. Raises NoSuchIncident, TextMissing, TextTooLong."""
    async with core.changing(number, by) as (unit, incident):
        if origin is None or await unit.entry_from(origin) is None:
            incident.comment(text, core.act(by, origin))
        return Changed.of(incident)
