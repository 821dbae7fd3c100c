"""The facts of an incident as lines: who, what and since when. The card, the panel, Home and the list share them."""

from datetime import datetime

from bot.cards.signs import WORST_FIRST
from bot.cards.text import WritePerson, channel_link, count, duration, escape, listing, slack_date
from incidents.model.incident import Incident
from incidents.model.parts import AffectedService
from incidents.model.vocabulary import incident_name

LINE = 900
"""Characters of one line of facts, so that three fit into a section."""


def standing(incident: Incident, write: WritePerson, now: datetime) -> str:
    """``INC-12 · Investigating · declared by @ana today at 03:12``: true however long ago it was drawn."""
    parts = [f"*{incident_name(incident.number)}*"]
    if incident.is_open:
        parts.append(incident.status.word)
    else:
        parts += [_was(incident), f"took {duration(incident.duration(now))}"]
    parts.append(f"declared by {write(incident.declared_by)} {slack_date(incident.declared_at)}")
    if incident.private:
        parts.append("🔒 private")
    return " · ".join(parts)


def facts(incident: Incident, write: WritePerson) -> str:
    """What is affected and who works on it, a line each; once it is over, only what there was."""
    lines = {
        "Affected": affected(incident) or _so_far(incident, "not said yet"),
        "Commander": write(incident.commander) if incident.commander else _so_far(incident, "nobody yet"),
        "Responders": responders(incident, write),
    }
    return "\n".join(f"*{name}*  {fact}" for name, fact in lines.items() if fact)


def affected(incident: Incident) -> str:
    """``Checkout: partial outage · API: degraded``, the worst first; empty where nothing is named."""
    return listing([f"{escape(each.name)}: {each.impact.word}" for each in _worst_first(incident)], LINE, " · ")


def affected_names(incident: Incident, limit: int) -> str:
    """``Checkout, API``, the worst first, in at most ``limit`` characters; empty where nothing is named."""
    return listing([escape(each.name) for each in _worst_first(incident)], limit)


def responders(incident: Incident, write: WritePerson) -> str:
    """``@ben @cleo joined · @dan paged at 03:09``."""
    parts = []
    if incident.joined:
        parts.append(f"{listing([write(person) for person in incident.joined], LINE // 2, ' ')} joined")
    if incident.paged and incident.is_open:
        since = slack_date(incident.responders[incident.paged[0]].since, "{time}")
        parts.append(f"{listing([write(person) for person in incident.paged], LINE // 2, ' ')} paged at {since}")
    return " · ".join(parts) or "nobody yet"


def responding(incident: Incident) -> str:
    """``3 responding``: counts those who are there."""
    return f"{len(incident.joined)} responding" if incident.joined else "nobody responding yet"


def brief(incident: Incident, now: datetime) -> str:
    """A row's second line: ``Checkout, API · 14 min · 3 responders · Investigating · #inc-12-checkout``."""
    parts = [
        affected_names(incident, 200),
        duration(incident.duration(now)),
        count(len(incident.joined), "responder"),
        incident.status.word if incident.is_open else _was(incident),
        channel_link(incident.channel.channel) if incident.channel else "",
    ]
    return " · ".join(part for part in parts if part)


def _so_far(incident: Incident, nothing: str) -> str:
    return nothing if incident.is_open else ""


def _was(incident: Incident) -> str:
    return f"was {incident.severity.name}"


def _worst_first(incident: Incident) -> list[AffectedService]:
    return sorted(incident.services.values(), key=lambda each: (WORST_FIRST.index(each.impact), each.name))
