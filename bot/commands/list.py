"""`/incident list`: the incidents, most urgent first; its menus and buttons draw it again in place."""

from bot.asked import Asked
from bot.cards.incident_list import incident_list, query_from
from bot.cards.message import Message
from bot.words import word
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation
from incidents.model.parts import Service
from incidents.ports import IncidentQuery

SERVICES_OFFERED = 90
"""Services in the menu of the list."""


@word("list", "[open | resolved | all] [mine]", "The incidents, most urgent first", answers="page")
async def list_incidents(asked: Asked) -> Message:
    return await listed(asked)


async def listed(asked: Asked) -> Message:
    """The list that ``asked.text`` asks for."""
    core = asked.bot.core
    query = query_from(asked.text, asked.by)
    page = await core.storage.read.find(query)
    last = None if page.incidents else await _last_resolved(asked)
    organisation = await core.storage.read.organisation.current()
    return incident_list(page, query, core.clock(), _services(organisation), _owners(organisation), last)


async def _last_resolved(asked: Asked) -> Incident | None:
    found = await asked.bot.core.storage.read.find(IncidentQuery(viewer=asked.by, state="resolved", limit=1))
    return next(iter(found.incidents), None)


def _services(organisation: Organisation) -> list[Service]:
    """The first in the order of their names."""
    named = sorted((service.name, id) for id, service in organisation.services.items())
    return [Service(id, name) for name, id in named[:SERVICES_OFFERED]]


def _owners(organisation: Organisation) -> dict[str, str]:
    """The names of the teams that own any service, by their ids, in the order of the names."""
    owning = {service.owner for service in organisation.services.values()}
    named = sorted((team.name, id) for id, team in organisation.teams.items() if id in owning)
    return {id: name for name, id in named}
