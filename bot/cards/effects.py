"""What several entries by one person come to, as clauses of one sentence: there and back again is nothing."""

from collections.abc import Sequence

from bot.cards.text import WritePerson, cut, duration, escape, listing, mention
from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Impact, Status

TEXT = 300
"""Characters of somebody's text within a notice."""
TITLES = 600
"""Characters that name alerts."""

_STATUS_FACTS = (facts.StatusChanged, facts.Resolved, facts.Reopened)


def effects(incident: Incident, entries: Sequence[Entry], write: WritePerson) -> list[str]:
    """``raised the severity from SEV3 to SEV1``, ``took command``…, in the order of importance."""
    if not entries:
        return []
    by, happened = entries[0].by, [entry.fact for entry in entries]
    alerts = _alerts(happened)
    clauses = [
        _status(incident, entries),
        alerts.pop("resolved", "") if _resolves(happened) else "",
        _severity(happened),
        *alerts.values(),
        *_updates(incident, happened),
        *_responders(happened, by, write),
        _commander(happened, by, write),
        _title(happened),
        _summary(happened),
        _services(happened),
    ]
    return [clause for clause in clauses if clause]


def _updates(incident: Incident, happened: Sequence[Fact]) -> list[str]:
    """Whose draft was sent back is called: it is theirs to mend."""
    clauses = []
    for fact in happened:
        match fact:
            case facts.UpdatePublished(update=update, text=text, corrects=None):
                clauses.append(f"published status update {update} ({text.status.word})")
            case facts.UpdatePublished(corrects=corrects):
                clauses.append(f"published a correction of status update {corrects}")
            case facts.UpdateRejected(update=update, reason=reason):
                author = mention(incident.updates.get(update).author)
                clauses.append(f"sent status update {update} back to {author}: “{cut(escape(reason), TEXT)}”")
            case facts.UpdateHeldBack(update=update, reason=reason):
                clauses.append(f"held status update {update} back, which waits for approval again: “{escape(reason)}”")
    return clauses


def _severity(happened: Sequence[Fact]) -> str:
    changes = [fact for fact in happened if isinstance(fact, facts.SeverityChanged)]
    if not changes or changes[0].old == changes[-1].new:
        return ""
    old, new = changes[0].old, changes[-1].new
    return f"{'raised' if new < old else 'lowered'} the severity from {old.name} to {new.name}"


def _status(incident: Incident, entries: Sequence[Entry]) -> str:
    changes = [entry for entry in entries if isinstance(entry.fact, _STATUS_FACTS)]
    if not changes:
        return ""
    old, new = _status_before(changes[0].fact), _status_after(changes[-1].fact)
    if old == new:
        return ""
    if new is Status.RESOLVED:
        return f"resolved the incident after {duration(changes[-1].happened_at - incident.declared_at)}"
    if old is Status.RESOLVED:
        reasons = [entry.fact.reason for entry in changes if isinstance(entry.fact, facts.Reopened)]
        return f"reopened the incident: “{cut(escape(reasons[-1]), TEXT)}”"
    return f"set the status to {new.word}"


def _status_before(fact: Fact) -> Status | None:
    match fact:
        case facts.StatusChanged(old=old) | facts.Resolved(old=old):
            return old
        case facts.Reopened():
            return Status.RESOLVED
    return None


def _status_after(fact: Fact) -> Status:
    match fact:
        case facts.StatusChanged(new=new) | facts.Reopened(new=new):
            return new
    return Status.RESOLVED


def _responders(happened: Sequence[Fact], by: Person, write: WritePerson) -> list[str]:
    """Who came and went; not those who joined or left the channel itself, which everybody saw."""
    moves: dict[Person, list[bool]] = {}
    for fact in happened:
        match fact:
            case facts.ResponderJoined(person=person, via_channel=False):
                moves.setdefault(person, []).append(True)
            case facts.ResponderLeft(person=person, via_channel=False):
                moves.setdefault(person, []).append(False)
    handed_command = _new_commander(happened)
    clauses = []
    for person, came in moves.items():
        there_and_back = came[0] != came[-1]
        said_with_command = came[-1] and person == handed_command and person != by
        if not there_and_back and not said_with_command:
            clauses.append(_moved(person, by, came[-1], write))
    return clauses


def _alerts(happened: Sequence[Fact]) -> dict[str, str]:
    """Which alerts were linked, unlinked and resolved, by the word; one that is accepted shows in its own place."""
    linked: dict[int, str] = {}
    unlinked: dict[int, str] = {}
    resolved: dict[int, str] = {}
    for fact in happened:
        match fact:
            case facts.AlertLinked(alert=alert, title=title) if unlinked.pop(alert, None) is None:
                linked[alert] = title
            case facts.AlertUnlinked(alert=alert, title=title) if linked.pop(alert, None) is None:
                unlinked[alert] = title
            case facts.AlertResolved(alert=alert, title=title):
                resolved[alert] = title
    told = {"linked": linked, "unlinked": unlinked, "resolved": resolved}
    return {did: f"{did} {_alerts_called(list(titles.values()))}" for did, titles in told.items() if titles}


def _alerts_called(titles: Sequence[str]) -> str:
    """``the alert “HighErrorRate”``, ``2 alerts (“HighErrorRate”, “PodCrashLooping”)``."""
    quoted = alert_titles(titles)
    return f"the alert {quoted}" if len(titles) == 1 else f"{len(titles)} alerts ({quoted})"


def alert_titles(titles: Sequence[str]) -> str:
    """Alerts by name, as many as fit: ``“HighErrorRate”, “PodCrashLooping”``."""
    return listing([f"“{cut(escape(title), TEXT)}”" for title in titles], TITLES)


def _resolves(happened: Sequence[Fact]) -> bool:
    """Whether that is what they come to."""
    changes = [fact for fact in happened if isinstance(fact, _STATUS_FACTS)]
    return bool(changes) and _status_after(changes[-1]) is Status.RESOLVED is not _status_before(changes[0])


def _moved(person: Person, by: Person, came: bool, write: WritePerson) -> str:
    if person == by:
        return "joined" if came else "left"
    return f"brought in {write(person)}" if came else f"took {write(person)} off the incident"


def _commander(happened: Sequence[Fact], by: Person, write: WritePerson) -> str:
    changes = [fact for fact in happened if isinstance(fact, facts.CommanderChanged)]
    if not changes or changes[0].old == changes[-1].new:
        return ""
    old, new = changes[0].old, changes[-1].new
    if new == by:
        return f"took command from {write(old)}" if old else "took command"
    if new is not None:
        return f"gave command to {mention(new)}"
    return f"relieved {write(old)} of command" if old and old != by else "gave up command"


def _new_commander(happened: Sequence[Fact]) -> Person | None:
    changes = [fact.new for fact in happened if isinstance(fact, facts.CommanderChanged)]
    return changes[-1] if changes else None


def _title(happened: Sequence[Fact]) -> str:
    changes = [fact for fact in happened if isinstance(fact, facts.TitleChanged)]
    if not changes or changes[0].old == changes[-1].new:
        return ""
    return f"changed the title to “{cut(escape(changes[-1].new), TEXT)}”"


def _summary(happened: Sequence[Fact]) -> str:
    changes = [fact for fact in happened if isinstance(fact, facts.SummaryChanged)]
    if not changes or changes[0].old == changes[-1].new:
        return ""
    if not changes[-1].new:
        return "removed the summary"
    return "changed the summary" if changes[0].old else "wrote a summary"


def _services(happened: Sequence[Fact]) -> str:
    """``changed what is affected (Checkout: degraded → partial outage)``."""
    before: dict[str, Impact | None] = {}
    after: dict[str, tuple[str, Impact | None]] = {}
    for fact in happened:
        match fact:
            case facts.ServiceAffected(service=service, name=name, impact=impact):
                before.setdefault(service, None)
                after[service] = (name, impact)
            case facts.ImpactChanged(service=service, name=name, old=old, new=new):
                before.setdefault(service, old)
                after[service] = (name, new)
            case facts.ServiceCleared(service=service, name=name, old=old):
                before.setdefault(service, old)
                after[service] = (name, None)
    changed = [
        f"{escape(name)}: {_impact(before[service])} → {_impact(impact)}"
        for service, (name, impact) in after.items()
        if before[service] != impact
    ]
    return f"changed what is affected ({listing(changed, 1_000)})" if changed else ""


def _impact(impact: Impact | None) -> str:
    return impact.word if impact else "not affected"
