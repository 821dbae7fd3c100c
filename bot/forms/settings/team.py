"""The form of a team: its name, its members, and the user group it may follow."""

from slack_sdk.models.blocks import Block

from bot import payloads
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import Around, menu_in, menu_question, people_in, people_question
from incidents.model.checked import NAME_LIMIT
from incidents.model.identity import Group
from incidents.model.organisation import Team


def questions(team: Team | None, around: Around) -> list[Block]:
    groups = {str(group): name for group, name in around.groups.items()}
    group = str(team.group) if team and team.group else None
    if group is not None:
        groups.setdefault(group, Group(group).id)
    return [
        ask("name", "Name", text_box(NAME_LIMIT, team.name if team else "")),
        people_question("members", "Members", team.members if team else ()),
        *menu_question("group", "User group", groups, group, hint="Whoever is in it belongs to the team too."),
    ]


def read(view: payloads.View, before: Team | None) -> Team:
    group = menu_in(view, "group")
    return Team(name=text_in(view, "name"), members=people_in(view, "members"), group=Group(group) if group else None)
