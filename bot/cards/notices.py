"""Notices: what one person changed, in one line in the incident's channel, or nothing where nothing is different.

Slack notifies whoever a new message refers to as ``<@U1>``, whether in its text or its blocks, so those who act are
written by name only; references are for those who are wanted: the paged, and who is given command.
https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
"""

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.cards.actions import JOIN
from bot.cards.blocks import SECTION_LIMIT, button, section
from bot.cards.effects import effects
from bot.cards.message import Message
from bot.cards.text import by_name, cut, joined, listing, mention
from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import incident_name


def notice(incident: Incident, entries: Sequence[Entry], name_of: Callable[[Person], str]) -> Message | None:
    """What ``entries`` (at least one, all by one person, in order) come to; None where there is nothing to say.

    What was part of the declaration is on the card and told by nobody; whoever it paged is called when the channel
    is attached.
    """
    if any(isinstance(entry.fact, facts.ChannelAttached) for entry in entries):
        return _call(incident) if incident.paged else None
    told = [entry for entry in entries if entry.recorded_at > incident.declared_at]
    write = by_name(name_of)
    clauses = effects(incident, told, write)
    if not clauses:
        return None
    line = cut(f"{write(told[0].by)} {joined(clauses)}.", SECTION_LIMIT)
    pages = any(isinstance(entry.fact, facts.Paged) for entry in told)
    return Message(line, [section(line, _join(incident) if pages else None)])


def farewell(entry: Entry, name_of: Callable[[Person], str]) -> Message:
    """In a channel that ``entry`` detached from its incident."""
    line = (
        f"{by_name(name_of)(entry.by)} detached this channel from {incident_name(entry.incident)}: "
        "what is written here is no longer recorded."
    )
    return Message(line, [section(line)])


def _call(incident: Incident) -> Message:
    wanted = listing([mention(person) for person in incident.paged], SECTION_LIMIT // 2, " ")
    line = f"{wanted}: you are paged for this incident."
    return Message(line, [section(line, _join(incident))])


def _join(incident: Incident) -> ButtonElement:
    return button("Join", JOIN, incident.number)
