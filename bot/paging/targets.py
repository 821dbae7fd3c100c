"""Whom one can page: what a search offers, and what people type after `/incident page`.

In text, people and groups are mentions, the others are written by id or name, with what they are before it where
several are called the same: ``policy payments``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from slack_sdk.models.blocks import Option, OptionGroup

from bot.cards.blocks import option
from bot.cards.text import escape, joined, mention
from bot.context import Bot
from incidents.model.identity import Group, Person, PlatformId
from incidents.model.organisation import Organisation, Target, TargetKind
from incidents.model.refusals import UnknownTarget

SEARCH = "page.targets"
"""The action id of the menus whose options are whom one can page."""

OFFERED = 20
"""Options of each kind, together no more than the 100 that a menu takes:
https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element#external_multi_select"""

GROUPS = {
    TargetKind.POLICY: "Escalation policies",
    TargetKind.SCHEDULE: "Who is on call",
    TargetKind.TEAM: "Teams",
    TargetKind.PERSON: "People",
    TargetKind.GROUP: "Slack groups",
}
"""In this order they are offered, and a name that several have means the first."""

_MENTION = re.compile(r"<(?:@(?P<user>[UW][A-Z0-9]+)|!subteam\^(?P<group>S[A-Z0-9]+))(?:\|[^<>]*)?>")
_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_KINDS = "|".join((TargetKind.TEAM, TargetKind.SCHEDULE, TargetKind.POLICY))
_KIND = re.compile(rf"({_KINDS})[ :]\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """Whom a text names first, and the message after that."""

    targets: Sequence[Target]
    message: str


async def offered(bot: Bot, text: str) -> list[OptionGroup]:
    """Whom ``text`` (any part of a name, in any case) finds; groups without any are left out."""
    organisation = await bot.core.storage.read.organisation.current()
    found = {kind: _fitting(_named(organisation, kind), text) for kind in _organised()}
    found[TargetKind.PERSON] = _fitting(await _people(bot), text)
    found[TargetKind.GROUP] = _fitting(await _groups(bot), text)
    return [
        OptionGroup(label=label, options=[_option(*each) for each in found[kind][:OFFERED]])
        for kind, label in GROUPS.items()
        if found[kind]
    ]


def read_targets(organisation: Organisation, text: str) -> Asked:
    """What somebody typed. Raises UnknownTarget where it begins with nobody."""
    targets: list[Target] = []
    rest = text.strip().lstrip(",").strip()
    while rest:
        found = _mentioned(rest) or _called(organisation, rest)
        if found is None:
            break
        target, length = found
        targets.append(target)
        rest = rest[length:].lstrip().removeprefix(",").lstrip()
    if rest and not targets:
        raise UnknownTarget(rest.split()[0], _near(organisation, rest))
    return Asked(tuple(dict.fromkeys(targets)), rest)


def written(target: Target) -> str:
    """``target`` as one would type it, and as `read_targets` reads it."""
    match target.kind:
        case TargetKind.PERSON:
            return f"<@{PlatformId(target.id).id}>"
        case TargetKind.GROUP:
            return f"<!subteam^{PlatformId(target.id).id}>"
    return str(target)


def called(organisation: Organisation, targets: Sequence[Target]) -> str:
    """``Payments (policy) and @ben``, as markup."""
    return joined([_label(organisation, target) for target in targets])


def _label(organisation: Organisation, target: Target) -> str:
    match target.kind:
        case TargetKind.PERSON:
            return mention(Person(target.id))
        case TargetKind.GROUP:
            return written(target)
    return f"{escape(organisation.name_of(target) or target.id)} ({target.kind})"


def _organised() -> Iterator[TargetKind]:
    yield from (TargetKind.POLICY, TargetKind.SCHEDULE, TargetKind.TEAM)


def _named(organisation: Organisation, kind: TargetKind) -> list[tuple[Target, str]]:
    things = {
        TargetKind.POLICY: organisation.policies,
        TargetKind.SCHEDULE: organisation.schedules,
        TargetKind.TEAM: organisation.teams,
    }[kind]
    return [(Target.of(kind, id), organisation.name_of(Target.of(kind, id))) for id in things]


async def _people(bot: Bot) -> list[tuple[Target, str]]:
    return [(Target.of(TargetKind.PERSON, each), f"@{name}") for each, name in await bot.people.everybody()]


async def _groups(bot: Bot) -> list[tuple[Target, str]]:
    return [(Target.of(TargetKind.GROUP, each), f"@{handle}") for each, handle in await bot.people.groups()]


def _fitting(named: Sequence[tuple[Target, str]], text: str) -> list[tuple[Target, str]]:
    sought = text.strip().removeprefix("@").casefold()
    return sorted((each for each in named if sought in each[1].casefold()), key=lambda each: each[1].casefold())


def _option(target: Target, name: str) -> Option:
    return option(str(target), name)


def _mentioned(text: str) -> tuple[Target, int] | None:
    found = _MENTION.match(text)
    if found is None:
        return None
    if found["user"]:
        return Target.of(TargetKind.PERSON, Person.of("slack", found["user"])), found.end()
    return Target.of(TargetKind.GROUP, Group.of("slack", found["group"])), found.end()


def _called(organisation: Organisation, text: str) -> tuple[Target, int] | None:
    """The team, schedule or policy with which ``text`` begins, and how much of it names that: the longest name."""
    said = _KIND.match(text)
    kinds = [TargetKind(said[1].casefold())] if said else list(_organised())
    start = said.end() if said else 0
    quoted = _QUOTED.match(text[start:])
    named = [(name, target) for kind in kinds for target, name in _with_ids(organisation, kind)]
    for name, target in sorted(named, key=lambda each: -len(each[0])):
        if quoted is not None and quoted[1].strip().casefold() == name.casefold():
            return target, start + quoted.end()
        if quoted is None and _begins(text[start:], name):
            return target, start + len(name)
    return None


def _with_ids(organisation: Organisation, kind: TargetKind) -> Iterator[tuple[Target, str]]:
    for target, name in _named(organisation, kind):
        yield target, name
        yield target, target.id


def _begins(text: str, name: str) -> bool:
    after = text[len(name) : len(name) + 1]
    return text[: len(name)].casefold() == name.casefold() and (not after or after in " ,:\n")


def _near(organisation: Organisation, text: str) -> str:
    """The name that may have been meant."""
    names = [name for kind in _organised() for _, name in _with_ids(organisation, kind)]
    found = process.extractOne(text.split()[0], names, scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else ""
