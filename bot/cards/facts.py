"""The facts of an incident as lines: who, what and since when. The card, the panel, Home and the list share them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.signs import WORST_FIRST
from bot.cards.text import WritePerson, channel_link, count, cut, duration, escape, listing, slack_date
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import TargetKind
from incidents.model.parts import AffectedService
from incidents.model.vocabulary import PublicStatus, incident_name

LINE = 750
"""Characters of what is affected and of those who work on it; with the other lines they fit into a section."""

SHORT = 250
"""Characters of one of the other lines."""

TITLE = 100
"""Characters of an alert's title, of which several fit."""


@dataclass(frozen=True)
class Background:
    """What is known of an incident beside itself."""

    paged_by: Mapping[Person, str] = field(default_factory=dict)
    """By what each was paged last, as people call it; empty where just they were."""
    teams: Sequence[str] = ()
    """The names of the teams that own what is affected."""
    watching: Sequence[str] = ()
    """The names of the teams that are subscribed."""
    hurts_customers: bool = False
    """Whether it is bad for a service that a status page shows."""


NOTHING_ELSE = Background()


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


def facts(incident: Incident, write: WritePerson, background: Background) -> str:
    """What is affected, who works on it and what machines say, a line each; once it is over, only what there was."""
    lines = {
        "Affected": affected(incident) or _so_far(incident, "not said yet"),
        "Owned by": listing(map(escape, background.teams), SHORT) if incident.is_open else "",
        "Commander": write(incident.commander) if incident.commander else _so_far(incident, "nobody yet"),
        "Responders": responders(incident, write, background.paged_by),
        "Alerts": alerts(incident),
        "Customers": customers(incident, background),
    }
    return "\n".join(f"*{name}*  {fact}" for name, fact in lines.items() if fact)


def affected(incident: Incident) -> str:
    """``Checkout: partial outage · API: degraded``, the worst first; empty where nothing is named."""
    return listing([f"{escape(each.name)}: {each.impact.word}" for each in _worst_first(incident)], LINE, " · ")


def affected_names(incident: Incident, limit: int) -> str:
    """``Checkout, API``, the worst first, in at most ``limit`` characters; empty where nothing is named."""
    return listing([escape(each.name) for each in _worst_first(incident)], limit)


def responders(incident: Incident, write: WritePerson, paged_by: Mapping[Person, str]) -> str:
    """``@ben @cleo joined · @dan paged at 03:09 (Payments) · @eve can't join``."""
    parts = []
    if incident.joined:
        parts.append(f"{listing(map(write, incident.joined), LINE // 2, ' ')} joined")
    if incident.is_open:
        parts += _paged(incident, write, paged_by)
    if incident.declined and incident.is_open:
        parts.append(f"{listing(map(write, incident.declined), SHORT, ' ')} can't join")
    return " · ".join(parts) or "nobody yet"


def _paged(incident: Incident, write: WritePerson, paged_by: Mapping[Person, str]) -> list[str]:
    """Who was called and has not answered, together where the same called them."""
    together: dict[str, list[Person]] = {}
    for person in incident.paged:
        together.setdefault(paged_by.get(person, ""), []).append(person)
    parts = []
    for name, people in together.items():
        since = slack_date(incident.responders[people[0]].since, "{time}")
        by_what = f" ({escape(name)})" if name else ""
        parts.append(f"{listing(map(write, people), SHORT, ' ')} paged at {since}{by_what}")
    return [listing(parts, LINE // 2, " · ")] if parts else []


def subscribers(incident: Incident, write: WritePerson, background: Background) -> str:
    """``@dan, Payments``: who is told of changes."""
    people = [write(Person(each.id)) for each in incident.subscribers if each.kind is TargetKind.PERSON]
    return listing([*people, *map(escape, background.watching)], LINE) or "nobody yet"


def alerts(incident: Incident) -> str:
    """``2 open: HighErrorRate checkout, PodCrashLooping api · 1 resolved``, the worst first; empty for none."""
    alerting = sorted((alert for alert in incident.alerts.values() if alert.is_open), key=lambda each: each.severity)
    over = len(incident.alerts) - len(alerting)
    titles = listing([cut(escape(alert.title), TITLE) for alert in alerting], 2 * SHORT)
    parts = [f"{len(alerting)} open: {titles}" if alerting else "", f"{over} resolved" if over else ""]
    return " · ".join(part for part in parts if part)


def customers(incident: Incident, background: Background) -> str:
    """``told at 03:12: Investigating``; empty where there is nothing that they would have to be told."""
    latest = incident.updates.latest
    if latest is not None and latest.published_at is not None:
        waits = latest.text.next_at if latest.text.status is not PublicStatus.RESOLVED else None
        promised = f" · next update promised by {slack_date(waits, '{time}')}" if waits else ""
        return f"told {slack_date(latest.published_at)}: {latest.text.status.word}{promised}"
    return "*not told yet*" if incident.is_open and background.hurts_customers else ""


def responding(incident: Incident) -> str:
    """``3 responding``: counts those who are there."""
    return f"{len(incident.joined)} responding" if incident.joined else "nobody responding yet"


def brief(incident: Incident, now: datetime) -> str:
    """A row's second line: ``Checkout, API · 14 min · 3 responders · 2 alerts · Investigating · #inc-12-checkout``."""
    parts = [
        affected_names(incident, 200),
        duration(incident.duration(now)),
        count(len(incident.joined), "responder"),
        count(len(incident.alerts), "alert") if incident.alerts else "",
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
