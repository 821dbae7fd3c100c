"""`/incident join`: to work on it, and be brought into its channel."""

from bot.asked import Asked
from bot.cards.answers import done, joined_answer
from bot.cards.message import Message
from bot.cards.text import channel_link
from bot.words import incident_word
from incidents.actions.respond import join as join_incident
from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.incident import Incident


@incident_word("join", "", "Work on it")
async def join(asked: Asked, incident: Incident) -> Message | None:
    changed = await join_incident(asked.bot.core, incident.number, asked.by)
    joined = changed.incident
    where = f" → {channel_link(joined.channel.channel)}" if joined.channel else ""
    if changed.entry is None:
        return done(f"You are in INC-{incident.number} already.{where}")
    offered = await offers_command(asked.bot.core, joined, asked.by)
    return joined_answer(joined, f"You joined INC-{incident.number}.{where}", offered)


async def offers_command(core: Core, incident: Incident, person: Person) -> bool:
    """Whether ``person``, who has just joined, is the first to do so while nobody leads; the next are not asked."""
    if incident.commander is not None or not incident.is_open:
        return False
    entries = await core.storage.read.entries_of(incident.number, [facts.CommanderChanged, facts.ResponderJoined])
    came: list[Person] = []
    for entry in entries:
        match entry.fact:
            case facts.CommanderChanged():
                came = []
            case facts.ResponderJoined(person=someone, via_channel=False) if someone != incident.declared_by:
                came.append(someone)
    return came[:1] == [person]
