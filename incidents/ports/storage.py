"""What the actions need from outside, as Protocols: a place to keep things, and a way to read them back.

`storage/` fulfils them; the core does not know how.
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from incidents.consequences import NewJob
from incidents.model.facts import Fact
from incidents.model.identity import Channel
from incidents.model.incident import Incident
from incidents.model.parts import Service
from incidents.model.timeline import Entry, Head
from incidents.ports.alerts import AlertReader, AlertUnit
from incidents.ports.jobs import ParkedJobs
from incidents.ports.news import News
from incidents.ports.on_call import OnCallReader, OnCallUnit
from incidents.ports.organisation import OrganisationReader, OrganisationUnit
from incidents.ports.paging import PagingReader, PagingUnit
from incidents.ports.posts import Post, Purpose
from incidents.ports.public import PublicReader, PublicUnit
from incidents.ports.queries import IncidentPage, IncidentQuery, Mirrored, TimelinePage, TimelineQuery
from incidents.public.readers import ReaderReader, ReaderUnit


class Unit(Protocol):
    """One transaction: all of it is stored, or nothing."""

    @property
    def organisation(self) -> OrganisationUnit: ...

    @property
    def on_call(self) -> OnCallUnit: ...

    @property
    def alerts(self) -> AlertUnit: ...

    @property
    def paging(self) -> PagingUnit: ...

    @property
    def public(self) -> PublicUnit: ...

    @property
    def readers(self) -> ReaderUnit: ...

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
        """The services that have these ids, those included that are gone."""

    async def remember_post(self, post: Post) -> bool:
        """Keep where a message is; one a purpose and channel. False where it was known already."""

    async def forget_post(self, post: Post) -> None:
        """Forget a message that is gone."""

    async def snooze(self, incident: int, until: datetime) -> None:
        """Nobody is to be reminded of the incident's next update before ``until``."""

    async def enqueue(self, jobs: Sequence[NewJob]) -> None:
        """Store jobs, gathering those with a ``coalesce`` key into the one that waits; they are woken at the commit."""


class Reader(Protocol):
    """Reads, none of which locks."""

    @property
    def organisation(self) -> OrganisationReader: ...

    @property
    def on_call(self) -> OnCallReader: ...

    @property
    def alerts(self) -> AlertReader: ...

    @property
    def paging(self) -> PagingReader: ...

    @property
    def public(self) -> PublicReader: ...

    @property
    def readers(self) -> ReaderReader: ...

    async def incident(self, number: int) -> Incident | None: ...

    async def incident_in(self, channel: Channel) -> Incident | None: ...

    async def find(self, query: IncidentQuery) -> IncidentPage: ...

    async def timeline(self, query: TimelineQuery) -> TimelinePage: ...

    async def entries(self, incident: int, first: int, last: int) -> list[Entry]:
        """The entries numbered ``first`` to ``last``, both included."""

    async def entries_of(self, incident: int, kinds: Collection[type[Fact]]) -> list[Entry]:
        """The key entries of these kinds, in the order of their numbers."""

    async def snoozed_until(self, incident: int) -> datetime | None:
        """Before when nobody is to be reminded of the incident's next update."""

    async def posts(self, subject: int, purpose: Purpose) -> list[Post]: ...

    async def find_services(self, text: str, limit: int) -> list[Service]:
        """Services of the organisation whose name holds ``text`` (in any case; all for an empty one), by name."""

    async def mirrored(self, incident: int, channel: Channel, since: datetime) -> list[Mirrored]:
        """What was written in ``channel`` from ``since`` (aware) on, as the timeline has it, and not deleted."""

    async def attached_channels(self) -> list[tuple[int, Channel]]:
        """Each channel that is an incident's and not archived, with the incident's number; open incidents first."""


class Storage(Protocol):
    """Where everything is kept."""

    def transaction(self) -> AbstractAsyncContextManager[Unit]:
        """Begin a unit of work; commits at the end of the block, rolls back on an error."""

    @property
    def read(self) -> Reader: ...

    @property
    def jobs(self) -> ParkedJobs: ...

    @property
    def news(self) -> News: ...
