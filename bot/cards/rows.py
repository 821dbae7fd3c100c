"""One incident by its name: as the headline of its card, as a line, and as a row of a list with the way in."""

from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.cards.actions import JOIN, PANEL
from bot.cards.blocks import HEADER_LIMIT, button, header, section
from bot.cards.facts import brief
from bot.cards.signs import incident_sign
from bot.cards.text import cut, escape
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.vocabulary import incident_name


def headline(incident: Incident) -> list[Block]:
    """What is broken, large; below it in full where it is too long for that."""
    line = f"{incident_sign(incident)}  {incident.title}"
    whole = [section(escape(incident.title))] if len(line) > HEADER_LIMIT else []
    return [header(line), *whole]


def incident_row(incident: Incident, viewer: Person, now: datetime) -> Block:
    """Two lines; [Join] for whoever may still come, else [Open], which shows the panel."""
    can_join = incident.is_open and viewer not in incident.joined
    way_in = button("Join", JOIN, incident.number) if can_join else button("Open", PANEL, incident.number)
    return section(f"{incident_line(incident)}\n{brief(incident, now)}", way_in)


def incident_line(incident: Incident) -> str:
    """``🔴 SEV1 INC-12 Checkout fails for card payments``."""
    return f"{incident_sign(incident)} *{incident_name(incident.number)}* {cut(escape(incident.title), 200)}"
