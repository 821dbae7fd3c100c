"""`/incident` alone: in an incident's channel its panel, elsewhere the open incidents."""

from bot.asked import Asked
from bot.background import background_of
from bot.cards.message import Message
from bot.cards.panel import panel_view
from bot.commands.list import listed
from bot.words import word
from incidents.model.refusals import NoSuchIncident


@word("panel", listed=False)
async def panel(asked: Asked) -> Message | None:
    read = asked.bot.core.storage.read
    if asked.named is not None:
        incident = await read.incident(asked.named)
        if incident is None or not incident.visible_to(asked.by):
            raise NoSuchIncident(asked.named)
    else:
        incident = await read.incident_in(asked.channel) if asked.channel else None
    if incident is None or not incident.visible_to(asked.by):
        return await listed(asked)
    core = asked.bot.core
    await asked.show(panel_view(incident, asked.by, core.clock(), await background_of(core, incident)))
    return None
