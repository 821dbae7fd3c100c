"""The modal after the declare form was submitted: what was declared, and the way into its channel."""

from typing import Any

from bot.cards.actions import CHANNEL, OPEN
from bot.cards.blocks import button, link_button, modal, row, section
from bot.cards.rows import incident_line
from bot.cards.text import channel_link, escape
from incidents.model.incident import Incident
from incidents.model.vocabulary import incident_name


def declaring_view(incident: Incident) -> dict[str, Any]:
    """At once, while the channel is being opened (or where none is wanted)."""
    return _view(incident, [section(f"{_what(incident)}\nOpening its channel…")])


def declared_view(incident: Incident, team_id: str) -> dict[str, Any]:
    """Once there is a channel: the way into it. Links: https://docs.slack.dev/interactivity/deep-linking"""
    if incident.channel is None:
        return _view(incident, [section(_what(incident))])
    place = incident.channel.channel
    url = f"slack://channel?team={team_id}&id={place.id}"
    go = link_button("Go to the channel", url, OPEN)
    return _view(incident, [section(f"{_what(incident)}\nIts channel: {channel_link(place)}"), row([go])])


def could_not_open_view(incident: Incident, why: str) -> dict[str, Any]:
    """The incident stands, its channel does not; ``why`` is plain text."""
    said = section(f"{_what(incident)}\nIts channel could not be opened: {escape(why)}")
    return _view(incident, [said, row([button("Try again", CHANNEL, incident.number)])])


def _what(incident: Incident) -> str:
    return f"Declared: {incident_line(incident)}"


def _view(incident: Incident, blocks: list[Any]) -> dict[str, Any]:
    return modal(f"{incident_name(incident.number)} declared", blocks)
