"""The incident: decides what may happen to it and records what did.

Each public method is one thing a person does. It raises a refusal, or records facts and applies them, the same
way a replay of the timeline applies them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import (
    Act,
    AffectedService,
    Declaration,
    IncidentChannel,
    LinkedAlert,
    Responder,
    Response,
    Service,
)
from incidents.model.refusals import (
    HasChannel,
    IncidentNotResolved,
    IncidentResolved,
    NoChannel,
    NotAResponder,
    NotASubscriber,
    TooLateToUndo,
)
from incidents.model.status_update import StatusUpdates
from incidents.model.text import (
    COMMENT_LIMIT,
    REASON_LIMIT,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    one_line,
    optional,
    required,
)
from incidents.model.timeline import Entry, Head
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status


@dataclass
class Incident:
    """The coordination record. Only its own methods change it."""

    number: int
    title: str
    severity: Severity
    status: Status
    summary: str
    private: bool
    declared_by: Person
    declared_at: datetime
    head: Head
    resolved_at: datetime | None = None
    commander: Person | None = None
    channel: IncidentChannel | None = None
    services: dict[str, AffectedService] = field(default_factory=dict)
    responders: dict[Person, Responder] = field(default_factory=dict)
    subscribers: list[Target] = field(default_factory=list)
    alerts: dict[int, LinkedAlert] = field(default_factory=dict)
    updates: StatusUpdates = field(default_factory=StatusUpdates)
    new_entries: list[Entry] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def declare(cls, number: int, declaration: Declaration, act: Act) -> "Incident":
        """Begin incident ``number``; whoever declares it joins it. Raises TextMissing, TextTooLong."""
        declared = facts.Declared(
            title=one_line("title", declaration.title, TITLE_LIMIT),
            severity=declaration.severity,
            summary=optional("summary", declaration.summary, SUMMARY_LIMIT),
            private=declaration.private,
        )
        incident = cls._begun(number, declared, act.by, act.at)
        incident._seal(declared, act)
        and_then = Act(act.by, act.at)
        if act.by != TOCSIN:
            incident.join(act.by, and_then)
        incident.change_services(declaration.services, and_then)
        return incident

    @classmethod
    def replay(cls, entries: Iterable[Entry]) -> "Incident":
        """Rebuild an incident from its whole timeline (in order, at least the declaration)."""
        remaining = iter(entries)
        first = next(remaining)
        if not isinstance(first.fact, facts.Declared):
            raise ValueError(f"a timeline begins with a declaration, not {first.fact.kind}")
        incident = cls._begun(first.incident, first.fact, first.by, first.happened_at)
        incident.head = Head(first.incident, first.number, first.hash)
        for entry in remaining:
            incident._apply(entry.fact, entry.happened_at)
            incident.head = Head(entry.incident, entry.number, entry.hash)
        return incident

    @classmethod
    def _begun(cls, number: int, declared: facts.Declared, by: Person, at: datetime) -> "Incident":
        return cls(
            number=number,
            title=declared.title,
            severity=declared.severity,
            status=Status.DECLARED,
            summary=declared.summary,
            private=declared.private,
            declared_by=by,
            declared_at=at,
            head=Head(number),
        )

    # What it is

    @property
    def is_open(self) -> bool:
        return self.status is not Status.RESOLVED

    @property
    def joined(self) -> list[Person]:
        """The responders who are there, in the order in which they came."""
        return self._responding(Response.JOINED)

    @property
    def paged(self) -> list[Person]:
        """Those called who have not come yet."""
        return self._responding(Response.PAGED)

    @property
    def declined(self) -> list[Person]:
        """Those called who said that they can't come."""
        return self._responding(Response.DECLINED)

    def duration(self, now: datetime) -> timedelta:
        """From the declaration to the resolution, or to ``now`` while it is open."""
        return (self.resolved_at or now) - self.declared_at

    def visible_to(self, person: Person) -> bool:
        """Whether ``person`` may know of it: everybody of a public one, of a private one its people."""
        if not self.private or person in (TOCSIN, self.declared_by):
            return True
        return person in self.responders or Target.of(TargetKind.PERSON, person) in self.subscribers

    # What it is about

    def change_title(self, title: str, act: Act) -> None:
        """Raises TextMissing, TextTooLong."""
        new = one_line("title", title, TITLE_LIMIT)
        if new != self.title:
            self._record(facts.TitleChanged(old=self.title, new=new), act)

    def change_summary(self, summary: str, act: Act) -> None:
        """Raises TextTooLong."""
        new = optional("summary", summary, SUMMARY_LIMIT)
        if new != self.summary:
            self._record(facts.SummaryChanged(old=self.summary, new=new), act)

    def change_severity(self, severity: Severity, act: Act) -> None:
        if severity != self.severity:
            self._record(facts.SeverityChanged(old=self.severity, new=severity), act)

    def change_services(self, impacts: Mapping[Service, Impact], act: Act) -> None:
        """Make ``impacts`` the whole of what is affected; services left out are cleared."""
        wanted = {service.id: (service.name, impact) for service, impact in impacts.items()}
        for service, affected in list(self.services.items()):
            if service not in wanted:
                cleared = facts.ServiceCleared(service=service, name=affected.name, old=affected.impact)
                self._record(cleared, act)
        for service, (name, impact) in wanted.items():
            before = self.services.get(service)
            if before is None:
                self._record(facts.ServiceAffected(service=service, name=name, impact=impact), act)
            elif before.impact != impact:
                changed = facts.ImpactChanged(service=service, name=name, old=before.impact, new=impact)
                self._record(changed, act)

    # Where it stands

    def change_status(self, status: Status, act: Act) -> None:
        """Resolving is a change of status too. Raises IncidentResolved: from there the one way is `reopen`."""
        if status == self.status:
            return
        if not self.is_open:
            raise IncidentResolved(self.number)
        if status is Status.RESOLVED:
            self._record(facts.Resolved(old=self.status), act)
        else:
            self._record(facts.StatusChanged(old=self.status, new=status), act)

    def reopen(self, reason: str, act: Act) -> None:
        """Raises IncidentNotResolved, TextMissing, TextTooLong."""
        if self.is_open:
            raise IncidentNotResolved(self.number)
        self._record(facts.Reopened(reason=required("reason", reason, REASON_LIMIT)), act)

    # Who works on it

    def must_be_open(self) -> None:
        """Raises IncidentResolved: nobody is called for what is over."""
        if not self.is_open:
            raise IncidentResolved(self.number)

    def record_paging(self, told: Iterable[facts.PagingFact], act: Act) -> None:
        """Put on record what an escalation did, and how those called answered."""
        for fact in told:
            self._record(fact, act)

    def join(self, person: Person, act: Act, *, via_channel: bool = False) -> None:
        if not self._is_joined(person):
            self._record(facts.ResponderJoined(person=person, via_channel=via_channel), act)

    def leave(self, person: Person, act: Act, *, via_channel: bool = False) -> None:
        """A commander who leaves gives up command. Raises NotAResponder."""
        if person not in self.responders:
            raise NotAResponder(self.number)
        if person == self.commander:
            self._record(facts.CommanderChanged(old=person, new=None), act)
        self._record(facts.ResponderLeft(person=person, via_channel=via_channel), act)

    def set_commander(self, person: Person | None, act: Act) -> None:
        """A new commander joins; None leaves it to nobody."""
        if person == self.commander:
            return
        if person is not None:
            self.join(person, act)
        self._record(facts.CommanderChanged(old=self.commander, new=person), act)

    # Who watches it

    def subscribe(self, subscriber: Target, name: str, act: Act) -> None:
        if subscriber not in self.subscribers:
            self._record(facts.SubscriberAdded(subscriber=subscriber, name=name), act)

    def unsubscribe(self, subscriber: Target, name: str, act: Act) -> None:
        """Raises NotASubscriber."""
        if subscriber not in self.subscribers:
            raise NotASubscriber(self.number)
        self._record(facts.SubscriberRemoved(subscriber=subscriber, name=name), act)

    # What machines say of it

    def link_alert(self, alert: int, linked: LinkedAlert, act: Act) -> None:
        """Raises IncidentResolved."""
        self.must_be_open()
        if alert not in self.alerts:
            told = facts.AlertLinked(alert=alert, title=linked.title, severity=linked.severity, status=linked.status)
            self._record(told, act)

    def unlink_alert(self, alert: int, act: Act) -> None:
        linked = self.alerts.get(alert)
        if linked is not None:
            self._record(facts.AlertUnlinked(alert=alert, title=linked.title), act)

    def alert_accepted(self, alert: int, act: Act) -> None:
        linked = self.alerts.get(alert)
        if linked is not None and linked.status is AlertStatus.PENDING:
            self._record(facts.AlertAccepted(alert=alert, title=linked.title), act)

    def alert_resolved(self, alert: int, act: Act) -> None:
        linked = self.alerts.get(alert)
        if linked is not None and linked.is_open:
            self._record(facts.AlertResolved(alert=alert, title=linked.title), act)

    # What customers are told of it

    def record_update(self, told: facts.UpdateFact, act: Act) -> None:
        """Put on record what became of a status update, as `StatusUpdates` decided."""
        self._record(told, act)

    # Where people talk about it

    def attach_channel(self, channel: Channel, name: str, act: Act) -> None:
        """Raises HasChannel where another one is attached."""
        if self.channel is None:
            self._record(facts.ChannelAttached(channel=channel, name=name), act)
        elif self.channel.channel != channel:
            raise HasChannel(self.number)

    def detach_channel(self, act: Act, reason: str = "") -> None:
        """Raises NoChannel."""
        attached = self._attached()
        detached = facts.ChannelDetached(channel=attached.channel, name=attached.name, reason=reason)
        self._record(detached, act)

    def channel_archived(self, act: Act) -> None:
        """Raises NoChannel."""
        attached = self._attached()
        if not attached.archived:
            self._record(facts.ChannelArchived(channel=attached.channel, name=attached.name), act)

    def channel_renamed(self, name: str, act: Act) -> None:
        """Raises NoChannel."""
        attached = self._attached()
        if attached.name != name:
            self._record(facts.ChannelRenamed(channel=attached.channel, old=attached.name, name=name), act)

    def comment(self, text: str, act: Act) -> None:
        """Raises TextMissing, TextTooLong."""
        self._record(facts.Comment(text=required("note", text, COMMENT_LIMIT)), act)

    def pin(self, pinned: facts.MessagePinned, act: Act) -> None:
        """Make a message a key entry."""
        self._record(pinned, act)

    # Taking a slip back

    def undo(self, entry: Entry, window: timedelta, act: Act) -> None:
        """Record the reverse of ``entry``. Raises TooLateToUndo: not the actor's, past, or overtaken."""
        if entry.by != act.by:
            raise TooLateToUndo("only the person who made the change can undo it")
        if act.at - entry.happened_at > window:
            raise TooLateToUndo(f"more than {window.total_seconds():.0f} seconds have passed")
        reverse = self._reverse(entry.fact)
        if reverse is None:
            raise TooLateToUndo("something else was changed since")
        self._record(reverse, act)

    def _reverse(self, fact: Fact) -> Fact | None:
        match fact:
            case facts.SeverityChanged(old=old, new=new) if self.severity == new:
                return facts.SeverityChanged(old=new, new=old)
            case facts.StatusChanged(old=old, new=new) if self.status == new:
                return facts.StatusChanged(old=new, new=old)
            case facts.Resolved(old=old) if not self.is_open:
                return facts.Reopened(reason="resolved by mistake", new=old)
            case facts.TitleChanged(old=old, new=new) if self.title == new:
                return facts.TitleChanged(old=new, new=old)
            case facts.SummaryChanged(old=old, new=new) if self.summary == new:
                return facts.SummaryChanged(old=new, new=old)
            case facts.ServiceAffected(service=service, name=name, impact=impact) if self._has(service, impact):
                return facts.ServiceCleared(service=service, name=name, old=impact)
            case facts.ImpactChanged(service=service, name=name, old=before, new=now) if self._has(service, now):
                return facts.ImpactChanged(service=service, name=name, old=now, new=before)
            case facts.ServiceCleared(service=service, name=name, old=impact) if self._has(service, None):
                return facts.ServiceAffected(service=service, name=name, impact=impact)
            case facts.CommanderChanged(old=old, new=new) if self.commander == new:
                if old is None or self._is_joined(old):
                    return facts.CommanderChanged(old=new, new=old)
        return None

    def _has(self, service: str, impact: Impact | None) -> bool:
        affected = self.services.get(service)
        return (affected.impact if affected else None) is impact

    # Recording

    def take_new_entries(self) -> list[Entry]:
        """Hand over what was recorded since the last time, to be stored."""
        taken, self.new_entries = self.new_entries, []
        return taken

    def _record(self, fact: Fact, act: Act) -> None:
        self._apply(fact, act.at)
        self._seal(fact, act)

    def _seal(self, fact: Fact, act: Act) -> None:
        self.new_entries.append(self.head.seal(fact, act.by, act.happened_at or act.at, act.at, act.origin))

    def _apply(self, fact: Fact, at: datetime) -> None:
        match fact:
            case facts.TitleChanged(new=title):
                self.title = title
            case facts.SummaryChanged(new=summary):
                self.summary = summary
            case facts.SeverityChanged(new=severity):
                self.severity = severity
            case facts.StatusChanged(new=status):
                self.status = status
            case facts.Resolved():
                self.status, self.resolved_at = Status.RESOLVED, at
            case facts.Reopened(new=status):
                self.status, self.resolved_at = status, None
            case facts.ServiceAffected(service=service, name=name, impact=impact):
                self.services[service] = AffectedService(name, impact)
            case facts.ImpactChanged(service=service, name=name, new=impact):
                self.services[service] = AffectedService(name, impact)
            case facts.ServiceCleared(service=service):
                del self.services[service]
            case facts.Paged(person=person) if not self._is_joined(person):
                self.responders[person] = Responder(Response.PAGED, at)
            case facts.PageDeclined(person=person) if not self._is_joined(person):
                self.responders[person] = Responder(Response.DECLINED, at)
            case facts.ResponderJoined(person=person):
                self.responders[person] = Responder(Response.JOINED, at)
            case facts.ResponderLeft(person=person):
                del self.responders[person]
            case facts.CommanderChanged(new=person):
                self.commander = person
            case facts.SubscriberAdded(subscriber=subscriber):
                self.subscribers.append(subscriber)
            case facts.SubscriberRemoved(subscriber=subscriber):
                self.subscribers.remove(subscriber)
            case facts.AlertLinked(alert=alert, title=title, severity=severity, status=alert_status):
                self.alerts[alert] = LinkedAlert(title, severity, alert_status)
            case facts.AlertUnlinked(alert=alert):
                del self.alerts[alert]
            case facts.AlertAccepted(alert=alert):
                self.alerts[alert] = replace(self.alerts[alert], status=AlertStatus.ACCEPTED)
            case facts.AlertResolved(alert=alert):
                self.alerts[alert] = replace(self.alerts[alert], status=AlertStatus.RESOLVED)
            case facts.ChannelAttached(channel=channel, name=name):
                self.channel = IncidentChannel(channel, name)
            case facts.ChannelArchived(channel=channel, name=name):
                self.channel = IncidentChannel(channel, name, archived=True)
            case facts.ChannelRenamed(name=name):
                self.channel = replace(self._attached(), name=name)
            case facts.ChannelDetached():
                self.channel = None
            case (
                facts.UpdateDrafted()
                | facts.UpdateEdited()
                | facts.UpdateApproved()
                | facts.UpdateRejected()
                | facts.UpdateHeldBack()
                | facts.UpdateDiscarded()
                | facts.UpdatePublished()
            ):
                self.updates.apply(fact, at, {id: affected.impact for id, affected in self.services.items()})

    def _responding(self, response: Response) -> list[Person]:
        found = [(r.since, person) for person, r in self.responders.items() if r.response is response]
        return [person for _, person in sorted(found)]

    def _is_joined(self, person: Person) -> bool:
        responder = self.responders.get(person)
        return responder is not None and responder.response is Response.JOINED

    def _attached(self) -> IncidentChannel:
        if self.channel is None:
            raise NoChannel(self.number)
        return self.channel
