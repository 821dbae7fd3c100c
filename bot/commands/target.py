"""Which incident a command is about.

The one it names, else the one of this channel, else the only one the person is in; else the latest are offered.
"""

from dataclasses import replace

from bot.asked import Asked
from bot.cards.answers import which_incident
from bot.words import Word
from incidents.model.incident import Incident
from incidents.model.refusals import NoSuchIncident, Refusal
from incidents.model.vocabulary import parse_incident_number
from incidents.ports import IncidentQuery

OFFERED = 5
"""How many of the latest incidents are offered where it is not clear which is meant."""


class NoOpenIncident(Refusal):
    """There is nothing that could be meant."""

    def __init__(self, word: str) -> None:
        super().__init__(f"No incident is open. Name one: /incident {word} INC-n, or declare one: /incident declare.")


def named_in(asked: Asked, word: Word) -> Asked:
    """Take ``INC-n`` out of the text, where it stands first (or last, where the word allows that)."""
    tokens = asked.text.split()
    for place in (0, -1) if word.names_incident_last else (0,):
        number = parse_incident_number(tokens[place]) if tokens and _is_name(tokens[place], word) else None
        if number is not None:
            text = asked.text.strip()
            rest = text[len(tokens[0]) :] if place == 0 else text[: -len(tokens[-1])]
            return replace(asked, named=number, text=rest.strip())
    return asked


def _is_name(token: str, word: Word) -> bool:
    """Whether ``token`` can be meant as an incident: free text may well begin with ``#1``."""
    return word.names_incident_last or not token.startswith("#")


async def find_incident(asked: Asked, word: Word) -> Incident | None:
    """The incident that ``asked`` is about; where several may be, they are offered and None is given.

    Raises NoSuchIncident, NoOpenIncident.
    """
    read = asked.bot.core.storage.read
    if asked.named is not None:
        incident = await read.incident(asked.named)
        if incident is None or not incident.visible_to(asked.by):
            raise NoSuchIncident(asked.named)
        return incident
    here = await read.incident_in(asked.channel) if asked.channel else None
    if here is not None and here.visible_to(asked.by):
        return here
    mine = await read.find(IncidentQuery(viewer=asked.by, mine=True, limit=2))
    if len(mine.incidents) == 1:
        return mine.incidents[0]
    latest = await read.find(IncidentQuery(viewer=asked.by, limit=OFFERED))
    if not latest.incidents:
        raise NoOpenIncident(word.word)
    await asked.answer(which_incident(latest.incidents, word.word, asked.text))
    return None
