"""How each thing of the organisation is written in the file: the shape that is checked, and what it stands for.

`docs/organisation.md` shows all of it; `writing.py` writes the same.
"""

import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from bot.organisation_file.names import USER, Names
from incidents.model.checked import ChannelName, Id, Name, WallTime, Zone
from incidents.model.identity import Group, Person
from incidents.model.organisation import (
    AlertSource,
    AutoDeclare,
    Channels,
    Communication,
    Notifications,
    Outside,
    OwnedService,
    Policy,
    Quiet,
    Rotation,
    Schedule,
    StatusPage,
    Step,
    Target,
    TargetKind,
    Team,
    Tool,
    Weekday,
)
from incidents.model.publishing_rules import ApprovedBy
from incidents.model.refusals import UnknownWord
from incidents.model.vocabulary import PublicStatus, Severity

PAGED = (TargetKind.TEAM, TargetKind.SCHEDULE, TargetKind.POLICY)


def _names(info: ValidationInfo) -> Names:
    assert isinstance(info.context, Names)
    return info.context


def _text(written: Any, example: str) -> str:
    if not isinstance(written, str):
        raise ValueError(f"write it as {example}")
    return written.strip()


def _person(written: Any, info: ValidationInfo) -> Person:
    return _names(info).person(_text(written, "U0123ABCD, @ana or ana@example.com"))


def _group(written: Any, info: ValidationInfo) -> Group:
    return _names(info).group(_text(written, "S0123ABCD or @oncall"))


def _target(written: Any, info: ValidationInfo) -> Target:
    example = '"team payments", "schedule first-line", "group @oncall" or a person ("@ana")'
    text = _text(written, example)
    kind, _, id = text.replace(":", " ", 1).partition(" ")
    if kind in PAGED:
        return Target.of(TargetKind(kind), id.strip())
    if kind == TargetKind.GROUP:
        return Target.of(TargetKind.GROUP, _names(info).group(id.strip()))
    if kind == TargetKind.PERSON:
        return Target.of(TargetKind.PERSON, _names(info).person(id.strip()))
    if re.fullmatch(r"[\w-]+", text) and not USER.fullmatch(text):
        raise ValueError(f'"{text}" can be several things; write {example}')
    return Target.of(TargetKind.PERSON, _names(info).person(text))


def _severity(written: Any) -> Severity:
    try:
        return Severity.parse(_text(written, "SEV2"))
    except UnknownWord as unknown:
        raise ValueError("write a severity as SEV2; from SEV1, the worst, to SEV5") from unknown


def minutes_in(written: Any) -> int:
    """Reads ``5 minutes``, ``5`` or ``1 hour``. Raises ValueError, which says what to write."""
    said = re.fullmatch(r"(\d{1,5}) *(m|min|minutes?|h|hours?)?", _text(written, "5 minutes"), re.IGNORECASE)
    if said is None:
        raise ValueError("write a time as 5 minutes, or 1 hour")
    return int(said[1]) * (60 if (said[2] or "").lower().startswith("h") else 1)


def _minutes_or_never(written: Any) -> int:
    return 0 if _text(written, "30 minutes, or never").casefold() == "never" else minutes_in(written)


def _yes(written: Any) -> bool:
    said = _text(written, "yes or no").casefold() if not isinstance(written, bool) else "yes" if written else "no"
    if said not in ("yes", "true", "no", "false"):
        raise ValueError("write yes or no")
    return said in ("yes", "true")


def _whole(written: Any) -> int:
    said = _text(written, "2")
    if not said.isdecimal():
        raise ValueError("write a whole number")
    return int(said)


def _day(written: Any) -> date:
    try:
        return date.fromisoformat(_text(written, "2026-01-05"))
    except ValueError:
        raise ValueError("write a day as 2026-01-05") from None


def turn_in(written: Any) -> tuple[int, str]:
    """Reads ``2 weeks`` or ``day``: how many ``days`` or ``weeks``. Raises ValueError, which says what to write."""
    said = re.fullmatch(r"(?:(\d{1,3}) +)?(day|week)s?", _text(written, "1 week"), re.IGNORECASE)
    if said is None:
        raise ValueError("write how long a turn is as 1 week, 2 weeks or 3 days")
    return int(said[1] or 1), f"{said[2].lower()}s"


def _handover(written: Any) -> tuple[Weekday | None, time]:
    said = re.fullmatch(r"([a-z]+)?\s*(?:(\d\d?):(\d\d))?", _text(written, "monday 09:00"), re.IGNORECASE)
    try:
        assert said is not None
        at = time(int(said[2]), int(said[3])) if said[2] else DEFAULT_HANDOVER[1]
        return Weekday(said[1].lower()) if said[1] else None, at
    except (ValueError, AssertionError):
        raise ValueError("write when turns change as monday 09:00, or 09:00") from None


def _hours(written: Any) -> tuple[str, str]:
    begin, dash, end = re.sub(r"[–—]", "-", _text(written, "22:00-07:00")).partition("-")
    if not dash:
        raise ValueError("write hours as 22:00-07:00")
    return begin.strip(), end.strip()


def _listed(written: Any) -> Any:
    return [written] if isinstance(written, str) else written


DEFAULT_HANDOVER = (None, Rotation.model_fields["at"].default)

SomePerson = Annotated[Person, BeforeValidator(_person)]
SomeGroup = Annotated[Group, BeforeValidator(_group)]
SomeTarget = Annotated[Target, BeforeValidator(_target)]
SomeSeverity = Annotated[Severity, BeforeValidator(_severity)]
Minutes = Annotated[int, BeforeValidator(minutes_in)]
MinutesOrNever = Annotated[int, BeforeValidator(_minutes_or_never)]
YesOrNo = Annotated[bool, BeforeValidator(_yes)]
Whole = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]
Turn = Annotated[tuple[int, str], BeforeValidator(turn_in)]
Handover = Annotated[tuple[Weekday | None, time], BeforeValidator(_handover)]
Hours = Annotated[tuple[WallTime, WallTime], BeforeValidator(_hours)]


class Written(BaseModel):
    """A mapping of the file; a key that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WrittenTeam(Written):
    name: Name
    members: tuple[SomePerson, ...] = ()
    group: SomeGroup | None = None

    def meant(self) -> Team:
        return Team(name=self.name, members=self.members, group=self.group)


class WrittenService(Written):
    name: Name
    owner: Id | None = None
    alias: Annotated[tuple[Name, ...], BeforeValidator(_listed)] = ()

    def meant(self) -> OwnedService:
        return OwnedService(name=self.name, owner=self.owner, alias=self.alias)


class WrittenRotation(Written):
    members: tuple[SomePerson, ...]
    start: Day
    every: Turn = (1, "weeks")
    handover: Handover = DEFAULT_HANDOVER
    timezone: Zone = "UTC"

    def meant(self) -> dict[str, Any]:
        (length, unit), (day, at) = self.every, self.handover
        same = self.model_dump(include={"members", "start", "timezone"})
        return {**same, "length": length, "unit": unit, "day": day, "at": at}


class WrittenSchedule(Written):
    name: Name
    rotation: WrittenRotation | None = None
    calendar: str | None = None

    def meant(self) -> Schedule:
        rotation = self.rotation.meant() if self.rotation else None
        return Schedule.model_validate({"name": self.name, "rotation": rotation, "calendar": self.calendar})


class WrittenStep(Written):
    page: Annotated[tuple[SomeTarget, ...], BeforeValidator(_listed)]
    wait: Minutes = Step.model_fields["timeout"].default

    def meant(self) -> dict[str, Any]:
        return {"targets": self.page, "timeout": self.wait}


class WrittenPolicy(Written):
    name: Name
    steps: tuple[WrittenStep, ...]
    repeat: int = 0

    def meant(self) -> Policy:
        steps = [step.meant() for step in self.steps]
        return Policy.model_validate({"name": self.name, "steps": steps, "repeat": self.repeat})


class WrittenAutoDeclare(Written):
    severity: SomeSeverity = AutoDeclare.model_fields["severity"].default
    labels: dict[str, str] = {}


class WrittenSource(Written):
    name: Name
    tool: Tool
    channel: ChannelName
    policy: Id | None = None
    pages_from: SomeSeverity = AlertSource.model_fields["pages_from"].default
    service: Id | None = None
    mapping: dict[str, str] = {}
    auto_declare: tuple[WrittenAutoDeclare, ...] = ()

    def meant(self) -> AlertSource:
        return AlertSource.model_validate(self.model_dump())


class WrittenOutside(Written):
    url: str
    after: Minutes = 0


class WrittenQuiet(Written):
    hours: Hours
    timezone: Zone = "UTC"
    urgent: SomeSeverity = Quiet.model_fields["urgent"].default

    def meant(self) -> Quiet:
        begin, end = self.hours
        return Quiet(begin=begin, end=end, timezone=self.timezone, urgent=self.urgent)


class WrittenNotifications(Written):
    outside: tuple[WrittenOutside, ...] = ()
    quiet: WrittenQuiet | None = None

    def meant(self) -> Notifications:
        outside = tuple(Outside(url=each.url, after=each.after) for each in self.outside)
        return Notifications(outside=outside, quiet=self.quiet.meant() if self.quiet else None)


class WrittenChannels(Written):
    announcements: Annotated[tuple[ChannelName, ...] | None, BeforeValidator(_listed)] = None
    name: str | None = None

    def meant(self) -> Channels:
        return Channels(announcements=self.announcements, name=self.name)


class WrittenGroup(Written):
    name: str = ""
    services: Annotated[tuple[Id, ...], BeforeValidator(_listed)]


class WrittenStatuspage(Written):
    page: str
    key: str
    components: dict[Id, str] = {}


class WrittenWebhook(Written):
    url: str
    key: str


class WrittenPage(Written):
    name: Name
    groups: tuple[WrittenGroup, ...]
    private: YesOrNo = False
    language: str = "en"
    colour: str = ""
    logo: str = ""
    statuspage: WrittenStatuspage | None = None
    channels: Annotated[tuple[ChannelName, ...], BeforeValidator(_listed)] = ()
    people: Annotated[tuple[SomeTarget, ...], BeforeValidator(_listed)] = ()
    webhooks: tuple[WrittenWebhook, ...] = ()

    def meant(self) -> StatusPage:
        return StatusPage.model_validate(self.model_dump())


class WrittenRule(Written):
    approvals: Whole = 1
    by: ApprovedBy = ApprovedBy.COMMANDER_OR_APPROVER
    author: YesOrNo = True


class WrittenCommunication(Written):
    approvers: Annotated[tuple[SomeTarget, ...], BeforeValidator(_listed)] = ()
    rules: dict[SomeSeverity, WrittenRule] = {}
    cadence: dict[SomeSeverity, MinutesOrNever] = {}
    approval_wait: Minutes = Communication.model_fields["approval_wait"].default
    internal_hosts: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    templates: dict[PublicStatus, str] = {}

    def meant(self) -> Communication:
        return Communication.model_validate(self.model_dump())


class WrittenOrganisation(Written):
    """The whole file; ``model_fields_set`` tells which sections it has."""

    teams: dict[Id, WrittenTeam] = {}
    services: dict[Id, WrittenService] = {}
    schedules: dict[Id, WrittenSchedule] = {}
    policies: dict[Id, WrittenPolicy] = {}
    sources: dict[Id, WrittenSource] = {}
    people: dict[SomePerson, WrittenNotifications] = {}
    channels: WrittenChannels = WrittenChannels()
    pages: dict[Id, WrittenPage] = {}
    updates: WrittenCommunication = WrittenCommunication()
