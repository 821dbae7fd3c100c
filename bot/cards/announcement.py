"""The announcement of a public incident: one line elsewhere, edited in place, for people who are not in its channel."""

from datetime import datetime

from bot.cards.actions import JOIN, SUBSCRIBE
from bot.cards.blocks import button, row, section
from bot.cards.facts import responding
from bot.cards.message import Message
from bot.cards.signs import incident_sign
from bot.cards.text import channel_link, cut, duration, escape, slack_date
from incidents.model.incident import Incident
from incidents.model.vocabulary import incident_name


def announcement(incident: Incident, now: datetime) -> Message:
    """``🔴 SEV1 INC-12 Checkout fails — Investigating, 3 responding, since 03:12. #inc-12-…`` [Join] [Subscribe]"""
    line = f"{_what(incident)} — {_state(incident, now)}.{_where(incident)}"
    presses = [button("Join", JOIN, incident.number), button("Subscribe", SUBSCRIBE, incident.number)]
    return Message(line, [section(line), *([row(presses)] if incident.is_open else [])])


def _what(incident: Incident) -> str:
    return f"{incident_sign(incident)} *{incident_name(incident.number)}* {cut(escape(incident.title), 1_000)}"


def _state(incident: Incident, now: datetime) -> str:
    if incident.is_open:
        since = slack_date(incident.declared_at, "since {date_short_pretty} at {time}")
        return f"{incident.status.word}, {responding(incident)}, {since}"
    return f"was {incident.severity.name}, took {duration(incident.duration(now))}"


def _where(incident: Incident) -> str:
    return f" {channel_link(incident.channel.channel)}" if incident.channel and not incident.channel.archived else ""
