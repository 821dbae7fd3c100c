"""From the organisation to the text of a file that means just that, as `docs/organisation.md` shows."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from bot.organisation_file.names import written_id
from incidents.model.identity import Group, Person, PlatformId
from incidents.model.organisation import (
    AlertSource,
    AutoDeclare,
    Channels,
    Communication,
    Item,
    Kind,
    Notifications,
    Organisation,
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
)
from incidents.model.publishing_rules import ApprovalRule, ServicesShown

HEAD = "# Tocsin's organisation. Change it and apply it: tocsin apply org.yml\n"
EMPTIED = (Kind.TEAM, Kind.SERVICE, Kind.SCHEDULE, Kind.POLICY, Kind.SOURCE, Kind.PAGE)
"""Written even where there is none, since a section that a file does not have is left as it is."""

NAMED_LAST = re.compile(r"(?<![\w-])([UWS][A-Z0-9]{2,}):?$")

Mapped = dict[str, Any]


class Row(list[str]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, lists indented below their key, and each text on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(Row, lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, True))


def _on_one_line(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if len(text.splitlines()) > 1 or text != text.rstrip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _on_one_line)


def write_file(organisation: Organisation, names: Mapping[PlatformId, str]) -> str:
    """The file that means ``organisation``; whoever is in ``names`` is called so in a comment."""
    said = {written_id(each): name for each, name in names.items()}
    sections = [_section(organisation, kind) for kind in Kind]
    text = "\n".join([HEAD, *(_dumped(section) for section in sections if section)])
    return "".join(f"{_explained(line, said)}\n" for line in text.rstrip().split("\n"))


def named_in(organisation: Organisation) -> set[PlatformId]:
    """Everybody whom a file of ``organisation`` names."""
    found: set[PlatformId] = set(organisation.people)
    for team in organisation.teams.values():
        found.update([*team.members, *([team.group] if team.group else [])])
    for schedule in organisation.schedules.values():
        found.update(schedule.rotation.members if schedule.rotation else ())
    targets = [target for policy in organisation.policies.values() for step in policy.steps for target in step.targets]
    targets += [target for page in organisation.pages.values() for target in page.people]
    targets += organisation.updates.approvers
    found.update(WHOSE[target.kind](target.id) for target in targets if target.kind in WHOSE)
    return found


def written(item: Item) -> Mapped:
    """As ``item`` stands in the file."""
    return _WRITERS[type(item)](item)


def _section(organisation: Organisation, kind: Kind) -> Mapped:
    items = getattr(organisation, kind.section)
    if kind.is_one:
        return {kind.section: said} if items != type(items)() and (said := written(items)) else {}
    if not items and kind not in EMPTIED:
        return {}
    key: Callable[[Any], str] = written_id if kind is Kind.PERSON else str
    return {kind.section: {key(id): written(item) for id, item in sorted(items.items())}}


def _dumped(section: Mapped) -> str:
    return yaml.dump(
        section,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=sys.maxsize,
    )


def _explained(line: str, names: Mapping[str, str]) -> str:
    """``line`` with the name of the person or group that it ends with."""
    ends = NAMED_LAST.search(line)
    name = names.get(ends[1]) if ends else None
    return f"{line}  # {''.join(filter(str.isprintable, name))}" if name else line


def _without_defaults(said: Mapped, defaults: Mapped) -> Mapped:
    return {key: value for key, value in said.items() if key not in defaults or value != defaults[key]}


def _team(team: Team) -> Mapped:
    said = {
        "name": team.name,
        "members": _people(team.members),
        "group": written_id(team.group) if team.group else None,
    }
    return _without_defaults(said, {"members": [], "group": None})


def _service(service: OwnedService) -> Mapped:
    said = {"name": service.name, "owner": service.owner, "alias": Row(service.alias)}
    return _without_defaults(said, {"owner": None, "alias": []})


def _schedule(schedule: Schedule) -> Mapped:
    if schedule.rotation is None:
        return {"name": schedule.name, "calendar": schedule.calendar}
    return {"name": schedule.name, "rotation": _rotation(schedule.rotation)}


def _rotation(rotation: Rotation) -> Mapped:
    at = f"{rotation.at:%H:%M}"
    return {
        "members": _people(rotation.members),
        "start": rotation.start,
        "every": written_turn(rotation),
        "handover": f"{rotation.day} {at}" if rotation.day else at,
        "timezone": rotation.timezone,
    }


def written_turn(rotation: Rotation) -> str:
    """``1 week``, ``3 days``."""
    return f"{rotation.length} {rotation.unit if rotation.length > 1 else rotation.unit.removesuffix('s')}"


def _policy(policy: Policy) -> Mapped:
    said = {"name": policy.name, "steps": [_step(step) for step in policy.steps], "repeat": policy.repeat}
    return _without_defaults(said, {"repeat": 0})


def _step(step: Step) -> Mapped:
    page = [written_target(target) for target in step.targets]
    return {"page": page[0] if len(page) == 1 else page, "wait": written_minutes(step.timeout)}


def written_target(target: Target) -> str:
    """``team payments``; a person by their id alone."""
    if target.kind in WHOSE:
        id = written_id(WHOSE[target.kind](target.id))
        return id if target.kind is TargetKind.PERSON else f"{target.kind} {id}"
    return f"{target.kind} {target.id}"


def _source(source: AlertSource) -> Mapped:
    said = {
        "name": source.name,
        "tool": source.tool.value,
        "channel": source.channel,
        "policy": source.policy,
        "pages_from": source.pages_from.name,
        "service": source.service,
        "mapping": dict(source.mapping),
        "auto_declare": [_auto_declare(rule) for rule in source.auto_declare],
    }
    return _without_defaults(said, {"policy": None, "service": None, "mapping": {}, "auto_declare": []})


def _auto_declare(rule: AutoDeclare) -> Mapped:
    said = {"severity": rule.severity.name, "labels": dict(rule.labels)}
    return _without_defaults(said, {"labels": {}})


def _notifications(wanted: Notifications) -> Mapped:
    said = {
        "outside": [_outside(way) for way in wanted.outside],
        "quiet": _quiet(wanted.quiet) if wanted.quiet else None,
    }
    return _without_defaults(said, {"outside": [], "quiet": None})


def _outside(way: Outside) -> Mapped:
    return {"url": way.url, "after": written_minutes(way.after)}


def _quiet(quiet: Quiet) -> Mapped:
    hours = f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}"
    return {"hours": hours, "timezone": quiet.timezone, "urgent": quiet.urgent.name}


def _channels(channels: Channels) -> Mapped:
    announcements = None if channels.announcements is None else Row(channels.announcements)
    return _without_defaults(
        {"announcements": announcements, "name": channels.name}, {"announcements": None, "name": None}
    )


def _page(page: StatusPage) -> Mapped:
    said = {
        "name": page.name,
        "groups": [_group(group) for group in page.groups],
        "private": page.private,
        "language": page.language,
        "colour": page.colour,
        "logo": page.logo,
        "statuspage": page.statuspage.model_dump(mode="json") if page.statuspage else None,
        "channels": Row(page.channels),
        "people": [written_target(target) for target in page.people],
        "webhooks": [webhook.model_dump(mode="json") for webhook in page.webhooks],
    }
    absent = {"private": False, "language": "en", "colour": "", "logo": "", "statuspage": None}
    return _without_defaults(said, {**absent, "channels": [], "people": [], "webhooks": []})


def _group(group: ServicesShown) -> Mapped:
    return _without_defaults({"name": group.name, "services": Row(group.services)}, {"name": ""})


def _communication(communication: Communication) -> Mapped:
    said = {
        "approvers": [written_target(target) for target in communication.approvers],
        "rules": {severity.name: _rule(rule) for severity, rule in sorted(communication.rules.items())},
        "cadence": {severity.name: _cadence(minutes) for severity, minutes in sorted(communication.cadence.items())},
        "approval_wait": written_minutes(communication.approval_wait),
        "internal_hosts": Row(communication.internal_hosts),
        "templates": {status.value: text for status, text in sorted(communication.templates.items())},
    }
    default = written_minutes(Communication().approval_wait)
    empty: Mapped = {"approvers": [], "rules": {}, "cadence": {}, "internal_hosts": [], "templates": {}}
    return _without_defaults(said, {**empty, "approval_wait": default})


def _rule(rule: ApprovalRule) -> Mapped:
    return {"approvals": rule.approvals, "by": rule.by.value, "author": rule.author}


def _cadence(minutes: int) -> str:
    return written_minutes(minutes) if minutes else "never"


def _people(people: Iterable[Person]) -> list[str]:
    return [written_id(person) for person in people]


def written_minutes(minutes: int) -> str:
    """``1 minute``, ``5 minutes``."""
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


WHOSE: Mapping[TargetKind, type[Person] | type[Group]] = {TargetKind.PERSON: Person, TargetKind.GROUP: Group}
"""What the platform keeps, of what can be paged."""

_WRITERS: Mapping[type[Item], Callable[[Any], Mapped]] = {
    Team: _team,
    OwnedService: _service,
    Schedule: _schedule,
    Policy: _policy,
    AlertSource: _source,
    Notifications: _notifications,
    Channels: _channels,
    StatusPage: _page,
    Communication: _communication,
}
