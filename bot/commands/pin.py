"""Making a message a key entry: the shortcut *Add to the timeline*, and the buttons that ask to which incident's."""

from pydantic import ValidationError

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.forms.form import CarriedMessage
from bot.words import incident_word
from incidents.actions.mirror import pin
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal


class NoMessage(Refusal):
    """The word was typed, and says of no message that it is the one."""

    def __init__(self) -> None:
        super().__init__("Choose the message first: open its ⋮ menu and take Add to the timeline.")


@incident_word("pin", listed=False, names_incident_last=False)
async def pin_carried(asked: Asked, incident: Incident) -> Message | None:
    try:
        message = CarriedMessage.model_validate_json(asked.text)
    except ValidationError:
        raise NoMessage from None
    return await pin_message(asked, incident, message)


async def pin_message(asked: Asked, incident: Incident, message: CarriedMessage) -> Message:
    """Make ``message`` a key entry of ``incident``; gives what the person is told. Raises NoSuchIncident."""
    await pin(asked.bot.core, incident.number, asked.by, message.pinned())
    return done(f"This message is now a key entry of INC-{incident.number}.")
