"""`/incident unsubscribe [@user | team]…`: told no more."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.commands.watchers import called, watchers
from bot.words import incident_word
from incidents.actions.subscribe import unsubscribe as let_go
from incidents.model.incident import Incident
from incidents.model.vocabulary import incident_name


@incident_word("unsubscribe", "[@user | team]…", "Be told no more")
async def unsubscribe(asked: Asked, incident: Incident) -> Message | None:
    targets = await watchers(asked)
    for target in targets:
        await let_go(asked.bot.core, incident.number, asked.by, target)
    organisation = await asked.bot.core.storage.read.organisation.current()
    return done(
        f"{called(asked, organisation, targets)} will not be told of {incident_name(incident.number)} any more."
    )
