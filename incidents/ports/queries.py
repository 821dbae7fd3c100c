"""What can be asked of incidents and timelines, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from incidents.model.facts import File
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Severity

MOST_COUNTED = 1_000
"""Incidents; to count them all would take longer each year."""


@dataclass(frozen=True)
class IncidentQuery:
    """Which incidents a list shows, as ``viewer`` may see them.

    ``open`` come most urgent first (severity, then the newest), the others newest first.
    """

    viewer: Person
    state: Literal["open", "resolved", "all"] = "open"
    severity: Severity | None = None
    service: str | None = None
    team: str | None = None
    """Only those that affect a service which this team owns."""
    mine: bool = False
    """Only those the viewer has joined or was paged for."""
    text: str = ""
    """Only those whose title or summary holds it, in any case."""
    after: str | None = None
    """The `IncidentPage.next` of the page before."""
    limit: int = 10


@dataclass(frozen=True)
class IncidentPage:
    """Some incidents, how many there are in all, and where the next page begins (None: this is the last)."""

    incidents: Sequence[Incident]
    total: int
    """`MOST_COUNTED` where there are so many, or more."""
    next: str | None

    @property
    def counted(self) -> str:
        """How many there are, in words."""
        return f"{self.total:,} or more" if self.total >= MOST_COUNTED else str(self.total)


@dataclass(frozen=True)
class TimelineQuery:
    """A stretch of an incident's timeline, by the time things happened, oldest first."""

    incident: int
    messages: bool = False
    """Whether what people wrote is shown too, not only the key entries."""
    before: str | None = None
    """The `TimelinePage.earlier` of the page after; none: the latest entries."""
    limit: int = 20


@dataclass(frozen=True)
class TimelinePage:
    """Some entries, oldest first, and where the page before them begins (None: this is the first)."""

    entries: Sequence[Entry]
    earlier: str | None


@dataclass(frozen=True)
class Mirrored:
    """A message as a timeline has it: its id on the platform, who wrote it, and how it was last left."""

    message: str
    thread: str | None
    """The message that it answers."""
    by: Person
    text: str
    files: tuple[File, ...]
    left_at: datetime
    """When it was written, or last edited; that is entry ``number``."""
    number: int
    written: bool
    """Whether that it was written is on the timeline; if not, only that it was edited is."""
