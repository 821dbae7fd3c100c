"""Who is meant by what follows `subscribe` and `unsubscribe`: people, teams; oneself where nobody is named."""

import re
from collections.abc import Iterator, Sequence

from bot.asked import Asked
from bot.cards.text import escape, joined, listing, mention
from bot.context import person
from bot.typed import plain
from incidents.model.identity import Group, Person
from incidents.model.organisation import Organisation, Target, TargetKind
from incidents.model.refusals import Refusal

_MENTION = re.compile(r"<(?:@(?P<user>[UW][A-Z0-9]+)|!subteam\^(?P<group>S[A-Z0-9]+))(?:\|(?P<name>[^<>]*))?>")


class NoSuchTeam(Refusal):
    """Neither a person nor a team of the organisation is called so."""

    def __init__(self, written: str, teams: Sequence[str]) -> None:
        known = f"Teams: {listing(teams, 500)}." if teams else "There are no teams yet."
        super().__init__(f'There is no team "{written.strip()[:75]}". {known} People are mentioned: @name.')


async def watchers(asked: Asked) -> list[Target]:
    """Those named in ``asked.text``, each once, teams first; whoever asks where nobody is.

    Raises NoSuchTeam, NotAMember.
    """
    organisation = await asked.bot.core.storage.read.organisation.current()
    named = dict.fromkeys(_named(organisation, asked.text)) if asked.text else {_one(asked.by): None}
    for target in named:
        if target.kind is TargetKind.PERSON and target != _one(asked.by):
            await asked.bot.people.must_be_member(Person(target.id).id)
    return sorted(named, key=lambda target: target.kind is TargetKind.PERSON)


def called(asked: Asked, organisation: Organisation, targets: Sequence[Target]) -> str:
    """``You, Payments and @dan``, as markup for whoever asks."""
    names = ["you" if target == _one(asked.by) else _name(organisation, target) for target in targets]
    said = joined(names)
    return said[:1].upper() + said[1:]


def _name(organisation: Organisation, target: Target) -> str:
    if target.kind is TargetKind.PERSON:
        return mention(Person(target.id))
    return escape(organisation.name_of(target) or target.id)


def _named(organisation: Organisation, text: str) -> Iterator[Target]:
    for found in _MENTION.finditer(text):
        if found["user"]:
            yield _one(person(found["user"]))
        else:
            yield _team_of(organisation, Group.of("slack", found["group"]), found["name"] or found["group"])
    for written in _MENTION.sub(",", text).split(","):
        yield from _teams(organisation, plain(written))


def _one(somebody: Person) -> Target:
    return Target.of(TargetKind.PERSON, somebody)


def _team_of(organisation: Organisation, group: Group, name: str) -> Target:
    for id, team in organisation.teams.items():
        if team.group == group:
            return Target.of(TargetKind.TEAM, id)
    raise NoSuchTeam(name, _team_names(organisation))


def _teams(organisation: Organisation, written: str) -> Iterator[Target]:
    """One team whose name may hold spaces, else a team for each word."""
    known = {team.name.casefold(): id for id, team in organisation.teams.items()}
    known |= {id: id for id in organisation.teams}
    whole = " ".join(written.split())
    for name in [whole] if whole.casefold() in known else whole.split():
        id = known.get(name.casefold().removeprefix("@"))
        if id is None:
            raise NoSuchTeam(name, _team_names(organisation))
        yield Target.of(TargetKind.TEAM, id)


def _team_names(organisation: Organisation) -> list[str]:
    return sorted(team.name for team in organisation.teams.values())
