"""An alert: a machine's signal that pages people, from its first firing until it is over.

While it is open, what fires with the same key adds to it. Once resolved it never reopens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from incidents.model.facts import PageAnswered, Paged, PageDeclined, PageEscalated, PageExhausted, Words
from incidents.model.identity import Person
from incidents.model.parts import LinkedAlert
from incidents.model.refusals import AlertLinkedElsewhere, AlertNotLinked, AlertOver, AlertTaken
from incidents.model.signal import Signal
from incidents.model.vocabulary import AlertStatus, Severity

LONGEST_REMARK = 3_000
FROM_ALERT = "alert:"
"""Before an alert's number, the origin of the incident that it declared by itself."""

TOOLS = "source"
"""The platform on which monitoring tools are, where they act on their own account; ids there are of sources."""


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True)


class Fired(_Event):
    kind: Literal["fired"] = "fired"


class SeverityReported(_Event):
    """The tool says that it is worse, or not as bad."""

    kind: Literal["severity_reported"] = "severity_reported"
    old: Severity
    new: Severity


class Accepted(_Event):
    kind: Literal["accepted"] = "accepted"


class Resolved(_Event):
    kind: Literal["resolved"] = "resolved"


class Hurried(_Event):
    """Somebody asked for the next step of its escalation, or to begin paging anew."""

    kind: Literal["hurried"] = "hurried"


class Linked(_Event):
    kind: Literal["linked"] = "linked"
    incident: int


class Unlinked(_Event):
    kind: Literal["unlinked"] = "unlinked"
    incident: int


class Remarked(_Event):
    kind: Literal["remarked"] = "remarked"
    text: Words


AlertEvent = (
    Fired
    | SeverityReported
    | Accepted
    | Resolved
    | Hurried
    | Linked
    | Unlinked
    | Remarked
    | Paged
    | PageAnswered
    | PageDeclined
    | PageEscalated
    | PageExhausted
)

event_adapter: TypeAdapter[AlertEvent] = TypeAdapter(Annotated[AlertEvent, Field(discriminator="kind")])
"""Reads an event back from its JSON."""


@dataclass(frozen=True)
class LogEntry:
    """One line of what happened to an alert; ``origin`` names the delivery it came from, unique where given."""

    alert: int
    number: int
    at: datetime
    by: Person
    event: AlertEvent
    origin: str | None = None


@dataclass(frozen=True)
class StormPlace:
    """Where an alert stands among those of its storm, from 0."""

    storm: int
    place: int


@dataclass
class Alert:
    """What a tool says is wrong, and who is on it. Only its own methods change it."""

    number: int
    source: str
    key: str
    severity: Severity
    title: str
    details: str
    service: str | None
    """The organisation's service it is about, where that is known."""
    service_name: str
    """The service as people read it: the organisation's name, else the tool's."""
    link: str
    runbook: str
    labels: Mapping[str, str]
    episode: str | None
    began_at: datetime
    received_at: datetime
    last_at: datetime
    times: int = 1
    status: AlertStatus = AlertStatus.PENDING
    accepted_by: Person | None = None
    resolved_by: Person | None = None
    resolved_at: datetime | None = None
    incident: int | None = None
    storm: StormPlace | None = None
    length: int = 0
    """How many entries its log has."""
    new_log: list[LogEntry] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def fire(cls, number: int, source: str, signal: Signal, service: tuple[str | None, str], at: datetime) -> "Alert":
        """A new alert that ``signal`` tells of; ``service`` is the organisation's id, where known, and the name."""
        alert = cls(
            number=number,
            source=source,
            key=signal.key,
            severity=signal.severity,
            title=signal.title or signal.key,
            details=signal.details,
            service=service[0],
            service_name=service[1],
            link=signal.link,
            runbook=signal.runbook,
            labels=signal.labels,
            episode=signal.episode,
            began_at=min(signal.began_at or at, at),
            received_at=at,
            last_at=at,
        )
        alert._note(Fired(), tool(source), at, signal.delivery)
        return alert

    @property
    def is_open(self) -> bool:
        return self.status is not AlertStatus.RESOLVED

    @property
    def linked(self) -> LinkedAlert:
        """As an incident that it belongs to keeps it."""
        return LinkedAlert(self.title, self.severity, self.status)

    def fires_again(self, signal: Signal, at: datetime) -> None:
        """The same key while open: one time more, with what the tool says now."""
        self.times += 1
        self.last_at = at
        self.title = signal.title or self.title
        self.details = signal.details or self.details
        self.link = signal.link or self.link
        self.runbook = signal.runbook or self.runbook
        self.labels = signal.labels or self.labels
        self.episode = signal.episode or self.episode
        if signal.severity != self.severity:
            reported = SeverityReported(old=self.severity, new=signal.severity)
            self.severity = signal.severity
            self._note(reported, tool(self.source), at, signal.delivery)

    def outlives(self, ending: Signal) -> bool:
        """Whether ``ending`` comes late: it ends a stretch of firing before the present one."""
        another = self.episode is not None and ending.episode not in (None, self.episode)
        return another and (ending.began_at is None or ending.began_at <= self.began_at)

    def accept(self, by: Person, at: datetime) -> bool:
        """``by`` takes it on; False where they had already. Raises AlertOver, AlertTaken."""
        if not self.is_open:
            raise AlertOver
        if self.accepted_by is not None:
            if self.accepted_by != by:
                raise AlertTaken(self.accepted_by)
            return False
        self.status, self.accepted_by = AlertStatus.ACCEPTED, by
        self._note(Accepted(), by, at)
        return True

    def resolve(self, by: Person, at: datetime, origin: str | None = None) -> None:
        """Raises AlertOver."""
        if not self.is_open:
            raise AlertOver
        self.status, self.resolved_by, self.resolved_at = AlertStatus.RESOLVED, by, at
        self._note(Resolved(), by, at, origin)

    def link_to(self, incident: int, by: Person, at: datetime) -> bool:
        """False where it belongs to ``incident`` already. Raises AlertLinkedElsewhere."""
        if self.incident == incident:
            return False
        if self.incident is not None:
            raise AlertLinkedElsewhere(self.incident)
        self.incident = incident
        self._note(Linked(incident=incident), by, at)
        return True

    def unlink(self, by: Person, at: datetime) -> int:
        """Gives the incident it belonged to. Raises AlertNotLinked."""
        if self.incident is None:
            raise AlertNotLinked
        incident, self.incident = self.incident, None
        self._note(Unlinked(incident=incident), by, at)
        return incident

    def remark(self, text: str, by: Person, at: datetime, origin: str | None = None) -> None:
        """Keep what a person or the tool says of it."""
        self._note(Remarked(text=text[:LONGEST_REMARK]), by, at, origin)

    def note(self, event: AlertEvent, by: Person, at: datetime) -> None:
        """Put on record what its escalation did."""
        self._note(event, by, at)

    def take_new_log(self) -> list[LogEntry]:
        """Hand over what was noted since the last time, to be stored."""
        taken, self.new_log = self.new_log, []
        return taken

    def _note(self, event: AlertEvent, by: Person, at: datetime, origin: str | None = None) -> None:
        self.length += 1
        self.new_log.append(LogEntry(self.number, self.length, at, by, event, origin))


def tool(source: str) -> Person:
    """The monitoring tool of a source, where it acts on its own account."""
    return Person.of(TOOLS, source)
