"""A status page as its readers see it: the services it shows, and what was published about them.

Values only; `Snapshot` answers what each place of the page says. Every id is made for the public and means no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from incidents.public.words import Impact, PublicStatus, Stage


@dataclass(frozen=True)
class Logo:
    """A picture, as bytes of this media type."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class PageService:
    """Something customers use."""

    id: str
    name: str


@dataclass(frozen=True)
class ServiceGroup:
    """Services that are shown together; those of the group without a name stand by themselves."""

    name: str
    services: tuple[PageService, ...]


@dataclass(frozen=True)
class Page:
    """How the page is called and looks."""

    id: str
    name: str
    groups: tuple[ServiceGroup, ...]
    since: date
    """The first day of which it knows anything."""
    private: bool = False
    language: str = "en"
    colour: str = ""
    """As ``#1a7f37``; empty: the default."""
    logo: Logo | None = None

    @property
    def services(self) -> tuple[PageService, ...]:
        return tuple(service for group in self.groups for service in group.services)


@dataclass(frozen=True)
class Window:
    """When planned maintenance takes place (aware UTC)."""

    begins_at: datetime
    ends_at: datetime

    def stage(self, status: PublicStatus, at: datetime) -> Stage:
        """How far an update that says ``status`` at ``at`` has it come."""
        if status is PublicStatus.RESOLVED:
            return Stage.COMPLETED
        return Stage.PLANNED if at < self.begins_at else Stage.UNDER_WAY


@dataclass(frozen=True)
class PublicUpdate:
    """One message to customers, as approved; ``body`` is Markdown and not yet sanitised.

    ``impacts`` is, by the service's public id, how each affected service of this page does from then on; a service
    that is not in it is not affected by the event any more.
    """

    id: str
    status: PublicStatus
    body: str
    impacts: Mapping[str, Impact]
    published_at: datetime
    edited_at: datetime | None = None
    next_at: datetime | None = None
    """When the next update is promised."""

    @property
    def leaves(self) -> Mapping[str, Impact]:
        """How each service that it is about does from then on: well, where it says that all is over."""
        over = self.status is PublicStatus.RESOLVED
        return {service: Impact.OPERATIONAL if over else impact for service, impact in self.impacts.items()}


@dataclass(frozen=True)
class Event:
    """Something that customers are told about, by one update or several (at least one, oldest first)."""

    id: str
    title: str
    updates: tuple[PublicUpdate, ...]
    window: Window | None = None
    """Set for planned maintenance."""

    @property
    def latest(self) -> PublicUpdate:
        return self.updates[-1]

    @property
    def status(self) -> PublicStatus:
        return self.latest.status

    @property
    def is_open(self) -> bool:
        return self.status is not PublicStatus.RESOLVED

    @property
    def began_at(self) -> datetime:
        return self.updates[0].published_at

    @property
    def changed_at(self) -> datetime:
        return max(max(update.published_at, update.edited_at or update.published_at) for update in self.updates)

    @property
    def resolved_at(self) -> datetime | None:
        return None if self.is_open else self.latest.published_at

    def stands(self, update: PublicUpdate) -> PublicStatus | Stage:
        """Where ``update`` said that things stand."""
        return self.window.stage(update.status, update.published_at) if self.window else update.status

    def impacts(self, now: datetime) -> Mapping[str, Impact]:
        """How it affects services at ``now``: not at all once it is over, and maintenance within its window only."""
        if not self.is_open:
            return {}
        if self.window is not None and not self.window.begins_at <= now < self.window.ends_at:
            return {}
        return {service: impact for service, impact in self.latest.impacts.items() if impact.rank}

    @property
    def worst(self) -> Impact:
        """The worst that it ever was."""
        all_of_it = (impact for update in self.updates for impact in update.impacts.values())
        return max(all_of_it, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)


@dataclass(frozen=True)
class Snapshot:
    """A page with all that was published for it: events by when they began, oldest first."""

    page: Page
    events: tuple[Event, ...]

    @cached_property
    def open(self) -> tuple[Event, ...]:
        """What customers wait for, newest first; planned maintenance apart."""
        return tuple(event for event in reversed(self.events) if event.is_open and event.window is None)

    def maintenance(self, now: datetime) -> tuple[Event, ...]:
        """Maintenance under way or to come, the soonest first."""
        planned = [
            (event.window.begins_at, event)
            for event in self.events
            if event.is_open and event.window and event.window.ends_at > now
        ]
        return tuple(event for _, event in sorted(planned, key=lambda each: each[0]))

    def impact_of(self, service: str, now: datetime) -> Impact:
        """How a service does at ``now``: as the worst of what is open says."""
        said = [event.impacts(now).get(service, Impact.OPERATIONAL) for event in self.events if event.is_open]
        return max(said, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)

    def overall(self, now: datetime) -> Impact:
        """How the worst service does."""
        all_of_them = (self.impact_of(service.id, now) for service in self.page.services)
        return max(all_of_them, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)
