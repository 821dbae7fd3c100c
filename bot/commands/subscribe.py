"""`/incident subscribe [@user | team]…`: told of severity and status by direct message, without working on it."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.commands.watchers import called, watchers
from bot.words import incident_word
from incidents.actions.subscribe import subscribe as let_watch
from incidents.model.incident import Incident
from incidents.model.vocabulary import incident_name


@incident_word("subscribe", "[@user | team]…", "Be told of severity and status, without working on it")
async def subscribe(asked: Asked, incident: Incident) -> Message | None:
    core, name = asked.bot.core, incident_name(incident.number)
    targets = await watchers(asked)
    new = [target for target in targets if (await let_watch(core, incident.number, asked.by, target)).entry]
    organisation = await core.storage.read.organisation.current()
    if not new:
        return done(f"{called(asked, organisation, targets)} will be told of {name} already.")
    who = called(asked, organisation, new)
    return done(f"{who} will be told of changes to the severity and status of {name}, by direct message.")
