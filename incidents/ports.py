"""What the actions need from outside, as Protocols: a place to keep things, and a way to read them back.

`storage/` fulfils them; the core does not know how.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from incidents.consequences import JobKind, NewJob
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident, Service
from incidents.model.timeline import Entry, Head
from incidents.model.vocabulary import Severity


class Purpose(StrEnum):
    """What a message that the bot keeps up to date is for."""

    CARD = "card"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True)
class Post:
    """A message the bot wrote and will edit: where it is, and its id there."""

    incident: int
    purpose: Purpose
    channel: Channel
    message: str


@dataclass(frozen=True)
class IncidentQuery:
    """Which incidents a list shows, as ``viewer`` may see them.

    ``open`` come most urgent first (severity, then the newest), the others newest first.
    """

    viewer: Person
    state: Literal["open", "resolved", "all"] = "open"
    severity: Severity | None = None
    service: str | None = None
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
    next: str | None


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


class Unit(Protocol):
    """One transaction: all of it is stored, or nothing."""

    async def next_number(self) -> int:
        """The next ``n`` of INC-n: without gaps and without duplicates, whoever asks at the same time."""

    async def load(self, number: int) -> Incident | None:
        """An incident, held against other writers until the transaction ends."""

    async def number_in(self, channel: Channel) -> int | None:
        """The incident to which ``channel`` is attached."""

    async def number_from(self, origin: str) -> int | None:
        """The incident on whose timeline the delivery ``origin`` already stands."""

    async def save(self, incident: Incident, entries: Sequence[Entry]) -> None:
        """Store a new or changed incident and the entries that it recorded."""

    async def entry(self, incident: int, number: int) -> Entry | None:
        """One entry of a timeline."""

    async def entry_from(self, origin: str) -> Entry | None:
        """The entry that came from the delivery ``origin``."""

    async def heads(self, channels: Collection[Channel]) -> dict[Channel, Head]:
        """Where the timelines of these channels' incidents end, held against other writers."""

    async def known_origins(self, origins: Collection[str]) -> set[str]:
        """Those of ``origins`` that are on a timeline already."""

    async def append(self, heads: Collection[Head], entries: Sequence[Entry]) -> None:
        """Store ``entries`` that change no incident's state, and the ``heads`` that they moved."""

    async def services(self, ids: Collection[str]) -> list[Service]:
        """The services that have these ids."""

    async def save_services(self, services: Collection[Service]) -> None:
        """Add services, or rename those whose id is known."""

    async def remember_post(self, post: Post) -> bool:
        """Keep where a message is; one a purpose and channel. False where it was known already."""

    async def forget_post(self, post: Post) -> None:
        """Forget a message that is gone."""

    async def enqueue(self, jobs: Sequence[NewJob]) -> None:
        """Store jobs, gathering those with a ``coalesce`` key into the one that waits; they are woken at the commit."""


@dataclass(frozen=True)
class Job:
    """Work to do outside, as handed to the handler of its kind: what entries ``first`` to ``last`` call for."""

    id: int
    kind: JobKind
    incident: int
    first_entry: int
    last_entry: int
    attempt: int
    """1 the first time; above that, an earlier attempt may have had its effect."""


class CannotSucceed(Exception):
    """Raised by a job's handler: trying again is of no use until somebody mends what the reason says."""


class TryLater(Exception):
    """Raised by a job's handler: not done, try again after ``seconds``."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


JobHandler = Callable[[Job], Awaitable[None]]


class Reader(Protocol):
    """Reads, none of which locks."""

    async def incident(self, number: int) -> Incident | None: ...

    async def incident_in(self, channel: Channel) -> Incident | None: ...

    async def find(self, query: IncidentQuery) -> IncidentPage: ...

    async def timeline(self, query: TimelineQuery) -> TimelinePage: ...

    async def entries(self, incident: int, first: int, last: int) -> list[Entry]:
        """The entries numbered ``first`` to ``last``, both included."""

    async def posts(self, incident: int, purpose: Purpose) -> list[Post]: ...

    async def find_services(self, text: str, limit: int) -> list[Service]:
        """Services whose name holds ``text`` (in any case; all for an empty one), by name."""

    async def attached_channels(self) -> list[tuple[int, Channel]]:
        """Each channel that is an incident's and not archived, with the incident's number; open incidents first."""


class Storage(Protocol):
    """Where everything is kept."""

    def transaction(self) -> AbstractAsyncContextManager[Unit]:
        """Begin a unit of work; commits at the end of the block, rolls back on an error."""

    @property
    def read(self) -> Reader: ...
