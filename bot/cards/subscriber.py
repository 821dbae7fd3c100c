"""What somebody who watches an incident is told: where it stands now, what of that is new, and how to stop it."""

from collections.abc import Sequence

from bot.cards.actions import UNSUBSCRIBE
from bot.cards.blocks import button, context, section
from bot.cards.customer_text import as_slack
from bot.cards.message import Message
from bot.cards.rows import incident_line
from bot.cards.text import WritePerson, channel_link, cut, duration, escape, joined
from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Status, incident_name

STATUS: tuple[type[Fact], ...] = (facts.StatusChanged, facts.Resolved, facts.Reopened)
TOLD: tuple[type[Fact], ...] = (facts.SeverityChanged, *STATUS, facts.UpdatePublished)
"""The kinds of entries that those who watch are told of."""

PUBLISHED = 600
"""Characters of what customers were told."""
REASON = 300
"""Characters of why it was reopened."""


def subscriber_message(
    incident: Incident, entries: Sequence[Entry], reader: Person, write: WritePerson, team: str
) -> Message | None:
    """What ``entries`` (of the kinds `TOLD`, in order) come to for ``reader``; None where that is nothing new to them.

    What they changed last themselves is nothing new. ``team`` is the name of the team with which they watch.
    """
    changes = [*_severity(entries, reader), *_status(incident, entries, reader), *_published(entries, reader)]
    if not changes:
        return None
    by = joined(list(dict.fromkeys(write(entry.by) for entry, _ in changes)))
    where = f" {channel_link(incident.channel.channel)}" if incident.channel and not incident.channel.archived else ""
    said = f"{incident_line(incident)}\n{_capital(', '.join(what for _, what in changes))} ({by}).{where}"
    stop = None if team else button("Unsubscribe", UNSUBSCRIBE, incident.number)
    return Message(said, [section(said, stop), context(_why(incident, team))])


def _severity(entries: Sequence[Entry], reader: Person) -> list[tuple[Entry, str]]:
    """The last change of severity, and in words what all of them come to."""
    changes = [(entry, entry.fact) for entry in entries if isinstance(entry.fact, facts.SeverityChanged)]
    if not changes:
        return []
    (_, first), (last, latest) = changes[0], changes[-1]
    old, new = first.old, latest.new
    if old == new or last.by == reader:
        return []
    return [(last, f"severity {'raised' if new < old else 'lowered'} from {old.name} to {new.name}")]


def _status(incident: Incident, entries: Sequence[Entry], reader: Person) -> list[tuple[Entry, str]]:
    changes = [entry for entry in entries if isinstance(entry.fact, STATUS)]
    if not changes or changes[-1].by == reader:
        return []
    old, last = _before(changes[0].fact), changes[-1]
    match last.fact:
        case facts.Resolved() if old is not Status.RESOLVED:
            return [(last, f"resolved after {duration(last.happened_at - incident.declared_at)}")]
        case facts.Reopened(reason=reason) if old is Status.RESOLVED:
            return [(last, f"reopened: “{cut(escape(reason), REASON)}”")]
        case facts.StatusChanged(new=new) | facts.Reopened(new=new) if old is not new:
            return [(last, f"status now {new.word}, was {old.word}")]
    return []


def _published(entries: Sequence[Entry], reader: Person) -> list[tuple[Entry, str]]:
    """The last thing that customers were told."""
    told = [(entry, entry.fact) for entry in entries if isinstance(entry.fact, facts.UpdatePublished)]
    if not told or told[-1][0].by == reader:
        return []
    entry, fact = told[-1]
    said = cut(as_slack(fact.text.body), PUBLISHED)
    return [(entry, f"customers were told, {fact.text.status.word}: “{said}”")]


def _before(fact: Fact) -> Status:
    match fact:
        case facts.StatusChanged(old=old) | facts.Resolved(old=old):
            return old
    return Status.RESOLVED


def _why(incident: Incident, team: str) -> str:
    """For what reason they are told, and how to stop that."""
    name = incident_name(incident.number)
    if team:
        return (
            f"{escape(team)} watches {name}. To stop that for all of you: `/incident unsubscribe {name} {escape(team)}`"
        )
    return f"You watch {name}. To stop: *Unsubscribe*, or `/incident unsubscribe {name}`"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
