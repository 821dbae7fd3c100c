"""The modal after the declare form was submitted: what was declared, and the way into its channel."""

from typing import Any

from slack_sdk.models.blocks import Block

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
    return _view(incident, [section(_what(incident)), *_way_in(incident, team_id)])


def belongs_view(incident: Incident, team_id: str) -> dict[str, Any]:
    """The alert from which somebody wanted to declare belongs to this incident, which another declared meanwhile."""
    said = f"Nothing was declared: this alert belongs to {incident_line(incident)}"
    return modal(incident_name(incident.number), [section(said), *_way_in(incident, team_id)])


def could_not_open_view(incident: Incident, why: str) -> dict[str, Any]:
    """The incident stands, its channel does not; ``why`` is plain text."""
    said = section(f"{_what(incident)}\nIts channel could not be opened: {escape(why)}")
    return _view(incident, [said, row([button("Try again", CHANNEL, incident.number)])])


def _way_in(incident: Incident, team_id: str) -> list[Block]:
    if incident.channel is None:
        return []
    place = incident.channel.channel
    go = link_button("Go to the channel", f"slack://channel?team={team_id}&id={place.id}", OPEN)
    return [section(f"Its channel: {channel_link(place)}"), row([go])]


def _what(incident: Incident) -> str:
    return f"Declared: {incident_line(incident)}"


def _view(incident: Incident, blocks: list[Any]) -> dict[str, Any]:
    return modal(f"{incident_name(incident.number)} declared", blocks)
