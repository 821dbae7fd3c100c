"""`/incident lead [@user]`: who is the Incident Commander; without a name, you."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.text import mention
from bot.commands.told import told
from bot.context import person
from bot.typed import mentioned_user
from bot.words import incident_word
from incidents.actions.respond import lead as set_commander
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal


class NotAPerson(Refusal):
    """Somebody was named in a way that is not a mention."""

    def __init__(self, typed: str) -> None:
        super().__init__(f'"{typed[:40]}" names nobody here. Mention the person: /incident lead @name.')


@incident_word("lead", "[@user]", "Take command, or hand it over")
async def lead(asked: Asked, incident: Incident) -> Message | None:
    commander = _named(asked)
    if commander != asked.by:
        await asked.bot.people.must_be_member(commander.id)
    changed = await set_commander(asked.bot.core, incident.number, asked.by, commander)
    who = "You are" if commander == asked.by else f"{mention(commander)} is"
    return told(
        changed,
        f"{who} now the commander of INC-{incident.number}.",
        f"{who} the commander of INC-{incident.number} already.",
    )


def _named(asked: Asked) -> Person:
    if not asked.text:
        return asked.by
    user = mentioned_user(asked.text)
    if user is None:
        raise NotAPerson(asked.text)
    return person(user)
