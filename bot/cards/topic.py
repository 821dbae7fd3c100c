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
    stands = [incident_sign(incident), incident.status.word if incident.is_open else f"was {incident.severity.name}"]
    if incident.commander:
        stands.append(f"Commander: {name_of(incident.commander)}")
    elif incident.is_open:
        stands.append("No commander yet")
    return shorten(" · ".join(stands), LIMIT)
