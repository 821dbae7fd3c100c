"""Home, Settings: what the organisation is made of, each kind with a list in which it can be changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock

from bot.cards.actions import SETTINGS
from bot.cards.blocks import button, context, modal, row, section
from bot.cards.text import channel_link, count, escape, listing, mention, reference
from incidents.model.identity import Channel, Group, Person
from incidents.model.organisation import (
    AlertSource,
    Item,
    Kind,
    Notifications,
    Organisation,
    OwnedService,
    Part,
    Policy,
    Schedule,
    StatusPage,
    Target,
    TargetKind,
    Team,
    Tool,
)

TITLES: Mapping[Kind, str] = {
    Kind.TEAM: "Teams",
    Kind.SERVICE: "Services",
    Kind.SCHEDULE: "Schedules",
    Kind.POLICY: "Escalation policies",
    Kind.SOURCE: "Alert sources",
    Kind.PERSON: "People",
    Kind.CHANNELS: "Channels",
    Kind.PAGE: "Status pages",
    Kind.UPDATES: "Status updates",
}
WHAT: Mapping[Kind, str] = {
    Kind.TEAM: "who is paged together",
    Kind.SERVICE: "what incidents affect",
    Kind.SCHEDULE: "who is on call when",
    Kind.POLICY: "whom to page, step by step",
    Kind.SOURCE: "the tools that post alerts",
    Kind.PERSON: "how they are reached beside Slack",
    Kind.CHANNELS: "where incidents are announced, and how their channels are called",
    Kind.PAGE: "what customers read",
    Kind.UPDATES: "who approves what customers read, and how often it is due",
}
TOOLS: Mapping[Tool, str] = {
    Tool.ALERTMANAGER: "Prometheus Alertmanager",
    Tool.GRAFANA: "Grafana",
    Tool.DATADOG: "Datadog",
    Tool.SENTRY: "Sentry",
    Tool.CLOUDWATCH: "AWS CloudWatch",
    Tool.PAGERDUTY: "Anything that can talk to PagerDuty",
    Tool.ILERT: "Anything that can talk to ilert",
    Tool.GENERIC: "Anything else (JSON)",
}
MOST = 90
"""Things in one list: a view holds 100 blocks. https://docs.slack.dev/reference/views/modal-views"""


def overview(organisation: Organisation) -> dict[str, Any]:
    """All kinds, for admins."""
    rows = [_kind(kind, organisation) for kind in Kind]
    file = context("All of it can also be kept in one file: `tocsin export`, `tocsin apply`.")
    return modal("Settings", [*rows, DividerBlock(), *_own(), file], callback_id=SETTINGS)


def own_overview() -> dict[str, Any]:
    """For whoever is no admin: what they can change, and who can change the rest."""
    said = (
        "Teams, services, schedules, policies and alert sources are changed by *admins and owners* of this workspace."
    )
    return modal("Settings", [section(said), *_own()], callback_id=SETTINGS)


def kind_view(kind: Kind, organisation: Organisation) -> dict[str, Any]:
    """Everything of one kind, each with a button to change it."""
    parts = [(part, item) for part, item in organisation.parts.items() if part.kind is kind]
    parts.sort(key=lambda each: getattr(each[1], "name", each[0].id).casefold())
    rows = [_part(part, item, organisation) for part, item in parts[:MOST]]
    none = [] if rows else [section(f"None yet: {WHAT[kind]}.")]
    more = (
        [context(f"And {len(parts) - MOST:,} more: `tocsin export` writes all of them.")] if len(parts) > MOST else []
    )
    add = row([button("Add", SETTINGS, value=f"add {kind}", part="add", style="primary")])
    return modal(TITLES[kind], [add, *none, *rows, *more], callback_id=SETTINGS, metadata=kind.value)


def address_view(title: str, lines: Sequence[str]) -> dict[str, Any]:
    """An address that holds a new key, which is shown once."""
    first, *rest = lines
    return modal(title, [section(f"```{escape(first)}```"), *(section(escape(line)) for line in rest)])


def gone_view(part: str) -> dict[str, Any]:
    """Something was removed."""
    return modal("Removed", [section(f"{escape(part)} is removed.")])


def _kind(kind: Kind, organisation: Organisation) -> Block:
    if kind.is_one:
        said = f"*{TITLES[kind]}*\n{WHAT[kind].capitalize()}."
        return section(said, button("Change", SETTINGS, value=kind.value, part=kind.value))
    items = getattr(organisation, kind.section)
    names = [mention(id) if kind is Kind.PERSON else escape(item.name) for id, item in sorted(items.items())]
    said = f"*{TITLES[kind]}*: {WHAT[kind]}\n{listing(names, 300, ' · ') if names else 'None yet.'}"
    return section(said, button("Open", SETTINGS, value=kind.value, part=kind.value))


def _own() -> Iterator[Block]:
    yield row([button("How I am reached", SETTINGS, value="mine", part="mine")])


def _part(part: Part, item: Item, organisation: Organisation) -> Block:
    name = mention(Person(part.id)) if part.kind is Kind.PERSON else f"*{escape(getattr(item, 'name', ''))}*"
    said = "\n".join(filter(None, [name, " · ".join(_facts(item, organisation))]))
    return section(said, button("Change", SETTINGS, value=f"{part.kind} {part.id}"), block_id=f"part:{part.id}")


def _facts(item: Item, organisation: Organisation) -> Iterator[str]:
    match item:
        case Team():
            yield listing([*map(mention, item.members), *([reference(item.group)] if item.group else [])], 500)
        case OwnedService():
            yield f"owned by {_named(organisation.teams, item.owner)}" if item.owner else "nobody owns it"
            if item.alias:
                yield f"also called {listing(map(escape, item.alias), 300)}"
        case Schedule(rotation=rotation) if rotation is not None:
            turn = f"{count(rotation.length, rotation.unit.removesuffix('s'))} each"
            yield f"{listing(map(mention, rotation.members), 500)}, {turn}, {escape(rotation.timezone)}"
        case Schedule():
            yield "from a calendar"
        case Policy():
            yield " → ".join(
                listing([_target(target, organisation) for target in step.targets], 200) for step in item.steps
            )
        case AlertSource():
            channel = Channel.of("slack", item.channel)
            policy = f"pages by {_named(organisation.policies, item.policy)}" if item.policy else "pages nobody"
            yield f"{TOOLS[item.tool]} in {channel_link(channel)}, {policy}"
        case StatusPage():
            shown = [_named(organisation.services, service) for service in item.services]
            yield f"{'private, ' if item.private else ''}shows {listing(shown, 300)}"
        case Notifications():
            if item.outside:
                yield f"{', '.join(escape(way.url.partition(':')[0]) for way in item.outside)} beside Slack"
            if item.quiet:
                yield f"quiet from {item.quiet.begin:%H:%M} to {item.quiet.end:%H:%M} {escape(item.quiet.timezone)}"


def _target(target: Target, organisation: Organisation) -> str:
    if target.kind is TargetKind.PERSON:
        return mention(Person(target.id))
    return reference(Group(target.id)) if target.kind is TargetKind.GROUP else escape(organisation.name_of(target))


def _named(items: Mapping[str, Any], id: str) -> str:
    return escape(items[id].name) if id in items else escape(id)
