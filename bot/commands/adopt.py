"""`/incident adopt`: make the channel one is in the incident's."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.channels.adopting import adopt_channel
from bot.words import incident_word
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal


class NotInAChannel(Refusal):
    """There is no channel here to adopt."""

    def __init__(self) -> None:
        super().__init__("Type this in the channel that is to become the incident's.")


@incident_word("adopt", "INC-n", "Make this channel the incident's")
async def adopt(asked: Asked, incident: Incident) -> Message | None:
    if asked.channel is None or asked.channel.id.startswith("D"):
        raise NotInAChannel
    await adopt_channel(asked.bot, incident, asked.by, asked.channel)
    return done(f"This channel is now the one of INC-{incident.number}; what is written here goes onto its timeline.")
