"""What an incident is made of: services, responders, alerts, a channel; and what somebody does to it, as an act.

Values that never change; `incident.py` says what may become of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from incidents.model.identity import Channel, Person
from incidents.model.vocabulary import DEFAULT_SEVERITY, AlertStatus, Impact, Severity


@dataclass(frozen=True)
class Service:
    """Something customers use, as the organisation names it; ``id`` never changes, ``name`` may."""

    id: str
    name: str


@dataclass(frozen=True)
class AffectedService:
    """What the incident does to a service."""

    name: str
    impact: Impact


class Response(StrEnum):
    """Whether a responder was called, or is there."""

    PAGED = "paged"
    JOINED = "joined"
    DECLINED = "declined"


@dataclass(frozen=True)
class Responder:
    """How somebody takes part, and since when."""

    response: Response
    since: datetime


@dataclass(frozen=True)
class LinkedAlert:
    """An alert that belongs to the incident, as it stands."""

    title: str
    severity: Severity
    status: AlertStatus

    @property
    def is_open(self) -> bool:
        return self.status is not AlertStatus.RESOLVED


@dataclass(frozen=True)
class IncidentChannel:
    """The channel that belongs to the incident; an archived one still does."""

    channel: Channel
    name: str
    archived: bool = False


@dataclass(frozen=True)
class Act:
    """Who does something, when (aware UTC), and from which delivery it came, where that must count once."""

    by: Person
    at: datetime
    origin: str | None = None
    happened_at: datetime | None = None
    """When it happened, where that was before it is done here: a message that is pinned was written earlier."""


@dataclass(frozen=True)
class Declaration:
    """What somebody who declares an incident says of it; only the title must be said."""

    title: str
    severity: Severity = DEFAULT_SEVERITY
    summary: str = ""
    services: Mapping[Service, Impact] = field(default_factory=dict)
    private: bool = False
