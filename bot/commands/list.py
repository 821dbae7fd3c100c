"""`/incident list`: the incidents, most urgent first; its menus and buttons draw it again in place."""

from bot.asked import Asked
from bot.cards.incident_list import incident_list, query_from
from bot.cards.message import Message
from bot.words import word
from incidents.model.organisation import Organisation
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
    services = await core.storage.read.find_services("", SERVICES_OFFERED)
    last = await core.storage.read.find(IncidentQuery(viewer=asked.by, state="resolved", limit=1))
    teams = _owners(await core.storage.read.organisation.current())
    return incident_list(page, query, core.clock(), services, teams, next(iter(last.incidents), None))


def _owners(organisation: Organisation) -> dict[str, str]:
    """The names of the teams that own any service, by their ids, in the order of the names."""
    owning = {service.owner for service in organisation.services.values()}
    named = sorted((team.name, id) for id, team in organisation.teams.items() if id in owning)
    return {id: name for name, id in named}
