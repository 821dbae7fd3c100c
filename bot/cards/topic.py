"""The topic of an incident's channel: severity, status, commander."""

from collections.abc import Callable

from bot.cards.signs import incident_sign
from bot.cards.text import shorten
from incidents.model.identity import Person
from incidents.model.incident import Incident

LIMIT = 250
"""https://docs.slack.dev/reference/methods/conversations.setTopic, which also says that a topic has no markup."""


def topic(incident: Incident, name_of: Callable[[Person], str]) -> str:
    """One line of plain text."""
    commander = f"Commander: {name_of(incident.commander)}" if incident.commander else "No commander yet"
    stands = incident.status.word if incident.is_open else f"was {incident.severity.name}"
    return shorten(f"{incident_sign(incident)} · {stands} · {commander}", LIMIT)
