"""`/incident list`: the incidents, most urgent first; its menus and buttons draw it again in place."""

from bot.asked import Asked
from bot.cards.incident_list import incident_list, query_from
from bot.cards.message import Message
from bot.words import word
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
    return incident_list(page, query, core.clock(), services, next(iter(last.incidents), None))
