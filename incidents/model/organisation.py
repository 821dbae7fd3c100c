"""The organisation as data: teams, services, schedules, escalation policies, alert sources, and how people are reached.

Small enough to be held and checked as one: whatever names something else names something that is there.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from incidents.model.checked import ChannelName, Id, Name, WallTime, Zone
from incidents.model.identity import Group, Person
from incidents.model.publishing_rules import Communication as Communication
from incidents.model.publishing_rules import StatusPage as StatusPage
from incidents.model.targets import Target as Target
from incidents.model.targets import TargetKind as TargetKind
from incidents.model.vocabulary import Severity


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OwnedService(_Item):
    """Something customers use, the team that answers for it, and what tools call it."""

    name: Name
    owner: Id | None = None
    alias: tuple[Name, ...] = ()


class Team(_Item):
    """People who are paged together; with ``group``, whoever is in that group of the platform belongs too."""

    name: Name
    members: tuple[Person, ...] = ()
    group: Group | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.members and self.group is None:
            raise ValueError("a team needs members or a group")
        return self


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


LAST_START = date(2200, 1, 1)
"""Turns are counted from the first one, and calendars end with the year 9999."""


class Rotation(_Item):
    """People who take turns, in this order, each for ``length`` days or weeks.

    Hand-over is at the wall clock's ``at`` in ``timezone``, through changes to and from summer time.
    """

    members: Annotated[tuple[Person, ...], Field(min_length=1)]
    start: Annotated[date, Field(le=LAST_START)]
    """The first turn begins on this day, or on the first ``day`` of the week after it."""
    length: Annotated[int, Field(ge=1, le=366)] = 1
    unit: Literal["days", "weeks"] = "weeks"
    day: Weekday | None = None
    """On which day of the week people hand over; none: on that of ``start``. For weeks only."""
    at: WallTime = time(9)
    timezone: Zone = "UTC"

    @model_validator(mode="after")
    def _day_of_weeks(self) -> Self:
        if self.day is not None and self.unit != "weeks":
            raise ValueError("a day of the week is for turns of weeks")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Schedule(_Item):
    """Who is on call when: by a rotation, or by a calendar that another tool publishes (iCal, an address or a file)."""

    name: Name
    rotation: Rotation | None = None
    calendar: Annotated[str, Field(max_length=2_000)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.rotation is None) == (self.calendar is None):
            raise ValueError("a schedule has either a rotation or a calendar")
        return self


class Step(_Item):
    """Whom a policy calls at once, and how many minutes they have to answer."""

    targets: Annotated[tuple[Target, ...], Field(min_length=1, max_length=20)]
    timeout: Annotated[int, Field(ge=1, le=1_440)] = 5

    @model_validator(mode="after")
    def _no_policy(self) -> Self:
        if any(target.kind is TargetKind.POLICY for target in self.targets):
            raise ValueError("a step pages people, groups, teams and schedules, not another policy")
        return self


class Policy(_Item):
    """Step by step until somebody joins; ``repeat`` says how often to begin again after the last step."""

    name: Name
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]
    repeat: Annotated[int, Field(ge=0, le=9)] = 0


class Tool(StrEnum):
    """The monitoring tools whose signals are understood."""

    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    DATADOG = "datadog"
    SENTRY = "sentry"
    CLOUDWATCH = "cloudwatch"
    PAGERDUTY = "pagerduty"
    ILERT = "ilert"
    GENERIC = "generic"


class AutoDeclare(_Item):
    """Alerts that declare an incident by themselves: as bad as ``severity`` or worse, with all of these ``labels``."""

    severity: Severity = Severity.SEV5
    labels: Mapping[str, str] = {}

    def matches(self, severity: Severity, labels: Mapping[str, str]) -> bool:
        return severity <= self.severity and self.labels.items() <= labels.items()


def _readable(expression: str) -> str:
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        said = str(error).partition("\n")[0].rstrip(":")
        raise ValueError(f"this is no JMESPath expression (https://jmespath.org): {said}") from error
    return expression


class AlertSource(_Item):
    """A monitoring tool that posts alerts: where their messages go, and whom they page."""

    name: Name
    tool: Tool
    channel: ChannelName
    """The channel in which each alert is a message."""
    policy: Id | None = None
    pages_from: Severity = Severity.SEV4
    """Alerts as bad as this, or worse, page; the others are messages only."""
    service: Id | None = None
    """The affected service of alerts that name none that is known."""
    mapping: Mapping[str, Annotated[str, AfterValidator(_readable)]] = {}
    """For the generic tool: JMESPath expressions by the field that each fills."""
    auto_declare: tuple[AutoDeclare, ...] = ()


class Outside(_Item):
    """A way to reach somebody outside the chat, and how many minutes after the call it is used.

    ``url`` is one of Apprise's; ``${NAME}`` in it stands for an environment variable, so that no secret is kept here.
    https://appriseit.com/services/
    """

    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    after: Annotated[int, Field(ge=0, le=1_440)] = 0


class Quiet(_Item):
    """Hours in which calls that are not urgent are made in the chat only; others, always everywhere."""

    begin: WallTime
    end: WallTime
    timezone: Zone = "UTC"
    urgent: Severity = Severity.SEV2
    """As bad as this, or worse, is urgent."""

    def holds_back(self, severity: Severity, at: datetime) -> bool:
        """Whether a call for something of ``severity`` is not to be made outside the chat ``at`` this moment (aware).

        By the clock on the wall: from ``begin`` on, up to ``end``, past midnight where ``end`` comes first.
        """
        now = at.astimezone(ZoneInfo(self.timezone)).time()
        past_midnight = self.end < self.begin
        quiet = now >= self.begin or now < self.end if past_midnight else self.begin <= now < self.end
        return quiet and severity > self.urgent


class Notifications(_Item):
    """How somebody is called: in the chat always and at once, then outside it, in this order."""

    outside: Annotated[tuple[Outside, ...], Field(max_length=10)] = ()
    quiet: Quiet | None = None


def _known_placeholders(template: str) -> str:
    try:
        template.format(number=1, title="title")
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise ValueError("it can hold {number} and {title}, and no other braces") from error
    return template


class Channels(_Item):
    """Where incidents are announced, and how their channels are named; none: as the settings say."""

    announcements: tuple[ChannelName, ...] | None = None
    name: Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_known_placeholders)] | None = None


class Kind(StrEnum):
    """What the organisation is made of."""

    TEAM = "team"
    SERVICE = "service"
    SCHEDULE = "schedule"
    POLICY = "policy"
    SOURCE = "source"
    PERSON = "person"
    CHANNELS = "channels"
    PAGE = "page"
    UPDATES = "updates"

    @property
    def is_one(self) -> bool:
        """Whether there is just one of it, which needs no id."""
        return self in (Kind.CHANNELS, Kind.UPDATES)

    @property
    def section(self) -> str:
        """The field of `Organisation` in which those of this kind are."""
        named = {Kind.POLICY: "policies", Kind.PERSON: "people"}
        return self.value if self.is_one else named.get(self, f"{self}s")


class Part(NamedTuple):
    """One thing of the organisation, by its kind and id."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}" if self.id else self.kind.value


CHANNELS = Part(Kind.CHANNELS, "")
UPDATES = Part(Kind.UPDATES, "")
PAGED = {TargetKind.TEAM: Kind.TEAM, TargetKind.SCHEDULE: Kind.SCHEDULE, TargetKind.POLICY: Kind.POLICY}
"""What of the organisation can be paged; people and groups are the platform's to know."""


class Reference(NamedTuple):
    """One part names another, at this path within it."""

    by: Part
    path: tuple[str | int, ...]
    to: Part


Item = Team | OwnedService | Schedule | Policy | AlertSource | Notifications | Channels | StatusPage | Communication


class Organisation(_Item):
    """All of it, by id."""

    teams: Mapping[Id, Team] = {}
    services: Mapping[Id, OwnedService] = {}
    schedules: Mapping[Id, Schedule] = {}
    policies: Mapping[Id, Policy] = {}
    sources: Mapping[Id, AlertSource] = {}
    people: Mapping[Person, Notifications] = {}
    channels: Channels = Channels()
    pages: Mapping[Id, StatusPage] = {}
    updates: Communication = Communication()

    @field_validator("people")
    @classmethod
    def _who_wants_more(cls, people: Mapping[Person, Notifications]) -> Mapping[Person, Notifications]:
        return {person: wanted for person, wanted in people.items() if wanted != Notifications()}

    @property
    def parts(self) -> dict[Part, Item]:
        """Each thing that there is."""
        found: dict[Part, Item] = {}
        for kind in Kind:
            if not kind.is_one:
                found.update({Part(kind, id): item for id, item in getattr(self, kind.section).items()})
        if self.channels != Channels():
            found[CHANNELS] = self.channels
        if self.updates != Communication():
            found[UPDATES] = self.updates
        return found

    @classmethod
    def of(cls, parts: Mapping[Part, Item | Mapping[str, object]]) -> Self:
        """The organisation that is made of ``parts``. Raises pydantic.ValidationError."""
        sections: dict[str, Any] = {kind.section: {} for kind in Kind}
        for part, item in parts.items():
            if part.kind.is_one:
                sections[part.kind.section] = item
            else:
                sections[part.kind.section][part.id] = item
        return cls.model_validate(sections)

    def references(self) -> Iterator["Reference"]:
        """Each place that names another part."""
        for id, service in self.services.items():
            if service.owner is not None:
                yield Reference(Part(Kind.SERVICE, id), ("owner",), Part(Kind.TEAM, service.owner))
        for id, policy in self.policies.items():
            for number, step in enumerate(policy.steps):
                for place, target in enumerate(step.targets):
                    if target.kind in PAGED:
                        path = ("steps", number, "targets", place)
                        yield Reference(Part(Kind.POLICY, id), path, Part(PAGED[target.kind], target.id))
        for id, source in self.sources.items():
            if source.policy is not None:
                yield Reference(Part(Kind.SOURCE, id), ("policy",), Part(Kind.POLICY, source.policy))
            if source.service is not None:
                yield Reference(Part(Kind.SOURCE, id), ("service",), Part(Kind.SERVICE, source.service))
        for id, page in self.pages.items():
            for number, group in enumerate(page.groups):
                for place, service_id in enumerate(group.services):
                    path = ("groups", number, "services", place)
                    yield Reference(Part(Kind.PAGE, id), path, Part(Kind.SERVICE, service_id))
            for service_id in page.statuspage.components if page.statuspage else ():
                there = Part(Kind.SERVICE, service_id)
                yield Reference(Part(Kind.PAGE, id), ("statuspage", "components", service_id), there)
            for place, target in enumerate(page.people):
                if target.kind in PAGED:
                    yield Reference(Part(Kind.PAGE, id), ("people", place), Part(PAGED[target.kind], target.id))
        for place, target in enumerate(self.updates.approvers):
            if target.kind in PAGED:
                yield Reference(UPDATES, ("approvers", place), Part(PAGED[target.kind], target.id))

    def meant(self, targets: Iterable[Target], groups: Mapping[Group, Iterable[Person]]) -> list[Person]:
        """Whom ``targets`` (people, groups and teams) mean, each once; ``groups``: who is in those of `groups_in`."""
        people: dict[Person, None] = {}
        for target in targets:
            if target.kind is TargetKind.PERSON:
                people[Person(target.id)] = None
            elif target.kind is TargetKind.GROUP:
                people.update(dict.fromkeys(groups.get(Group(target.id), ())))
            elif target.kind is TargetKind.TEAM and target.id in self.teams:
                team = self.teams[target.id]
                people.update(dict.fromkeys(team.members))
                people.update(dict.fromkeys(groups.get(team.group, ()) if team.group else ()))
        return list(people)

    def groups_in(self, targets: Iterable[Target]) -> set[Group]:
        """The platform's groups whose members one must know to know whom ``targets`` mean."""
        wanted = list(targets)
        groups = {Group(target.id) for target in wanted if target.kind is TargetKind.GROUP}
        teams = [self.teams.get(target.id) for target in wanted if target.kind is TargetKind.TEAM]
        return groups | {team.group for team in teams if team is not None and team.group is not None}

    def dangling(self) -> Iterator["Reference"]:
        """Each place that names something that is not there."""
        there = self.parts
        return (reference for reference in self.references() if reference.to not in there)

    def ambiguous(self) -> Iterator[tuple[Part, str]]:
        """Each service that has a name or alias of another, with what both are called."""
        owners: dict[str, str] = {}
        for id, service in self.services.items():
            for written in dict.fromkeys((id, service.name, *service.alias)):
                if owners.setdefault(written.casefold(), id) != id:
                    yield Part(Kind.SERVICE, id), written

    def has(self, target: Target) -> bool:
        """Whether ``target`` can be paged; people and groups are the platform's to know."""
        there: Mapping[str, object] | None = {
            TargetKind.TEAM: self.teams,
            TargetKind.SCHEDULE: self.schedules,
            TargetKind.POLICY: self.policies,
        }.get(target.kind)
        return there is None or target.id in there

    def name_of(self, target: Target) -> str:
        """What people call ``target``: the name of a team, schedule or policy, else nothing; the platform knows."""
        named = {
            **{Target.of(TargetKind.TEAM, id): team.name for id, team in self.teams.items()},
            **{Target.of(TargetKind.SCHEDULE, id): schedule.name for id, schedule in self.schedules.items()},
            **{Target.of(TargetKind.POLICY, id): policy.name for id, policy in self.policies.items()},
        }
        return named.get(target, "")

    def services_of(self, team: str) -> list[str]:
        """The ids of the services that ``team`` owns."""
        return [id for id, service in self.services.items() if service.owner == team]

    def service_called(self, written: str) -> str | None:
        """The id of the service that a tool calls ``written``: by its id, name or alias, in any case."""
        sought = written.strip().casefold()
        for id, service in self.services.items():
            if sought in (id, service.name.casefold(), *(alias.casefold() for alias in service.alias)):
                return id
        return None
