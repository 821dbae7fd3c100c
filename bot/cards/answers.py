"""What one person is told after asking for something: done, refused, failed, or asked back."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.actions import LEAD, UNDO
from bot.cards.blocks import VALUE_LIMIT, button, row, section
from bot.cards.message import Message
from bot.cards.rows import incident_line
from bot.cards.text import escape, slack_date
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import incident_name


def done(sentence: str, undo: Entry | None = None) -> Message:
    """One line that says what is now true (markup); with [Undo] where ``undo`` is the entry of the change."""
    take_back = button("Undo", UNDO, undo.incident, str(undo.number)) if undo else None
    return Message(sentence, [section(sentence, take_back)])


def joined_answer(incident: Incident, sentence: str, offers_command: bool) -> Message:
    """To somebody who joined (``sentence`` is markup): the first while nobody leads is offered to take command."""
    if not offers_command:
        return done(sentence)
    said = f"{sentence}\nNobody leads yet. Will you?"
    return Message(said, [section(said, button("Take command", LEAD, incident.number))])


def refused(sentence: str) -> Message:
    """Why it was not done, and what to do: plain text, which may quote people."""
    return Message(escape(sentence), [section(escape(sentence))])


def failed(reference: str) -> Message:
    """It was our fault; ``reference`` is in the log."""
    return refused(f"That did not work; nothing was changed. Reference {reference}, it is in the log.")


def unanswered(asked_at: datetime) -> Message:
    """To somebody whose question could not be answered when it was asked."""
    return done(
        f"What you asked of me {slack_date(asked_at)} could not be answered: Slack was away. It may be done or not. "
        "Look before you ask again: `/incident`."
    )


def which_incident(incidents: Sequence[Incident], word: str, text: str = "") -> Message:
    """Asks which of ``incidents`` (one to five) was meant by ``/incident <word> <text>``; a press carries it out."""
    named = f"`/incident {word} {incident_name(incidents[0].number)}`"
    carries = len(text) <= VALUE_LIMIT
    ask = f"Which incident do you mean? {'Next time name it' if carries else 'Type it again with its name'}: {named}"
    lines = [incident_line(incident) for incident in incidents]
    blocks = [section(ask), section("\n".join(lines))]
    if carries:
        blocks.append(row([button(incident_name(each.number), word, each.number, text) for each in incidents]))
    return Message("\n".join([ask, *lines]), blocks)
