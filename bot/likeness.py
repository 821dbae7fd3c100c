"""Noticing that an incident like this one is open already, before a second is declared."""

from rapidfuzz import fuzz, utils

from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.ports import IncidentQuery

LOOKED_AT = 20
"""The most urgent open incidents whose titles are compared."""

ALIKE = 80
"""From 0 to 100; words in another order or left out still count as alike."""


async def like_open_incident(core: Core, viewer: Person, title: str) -> Incident | None:
    """The open incident whose title is most like ``title``, as far as ``viewer`` may know; None where none is."""
    page = await core.storage.read.find(IncidentQuery(viewer=viewer, limit=LOOKED_AT))
    scored = [(_likeness(incident.title, title), incident.number, incident) for incident in page.incidents]
    best = max(scored, default=None)
    return best[2] if best is not None and best[0] >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one, other, processor=utils.default_process)
