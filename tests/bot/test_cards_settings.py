"""Whatever the organisation is, what Settings shows of it is what Slack takes: checked by Slack's published limits."""

from typing import Any

from hypothesis import given, settings

from bot.cards.settings import kind_view, overview, own_overview
from bot.forms.settings.fields import Around
from bot.forms.settings.part import own_form, part_form
from incidents.model.identity import Group, Person
from incidents.model.organisation import Kind, Notifications, Organisation, OwnedService, Part, Team
from sandbox.blockkit.surfaces import check_view
from tests.bot.test_organisation_file import organisations

ANA = Person.of("slack", "U0ANA")
GROUPS = {Group.of("slack", "S0ONCALL"): "oncall"}


KINDS = [kind for kind in Kind if not kind.is_one]


def taken(views: list[dict[str, Any]]) -> None:
    """Raises RefusedError where Slack would take one of ``views`` not."""
    for view in views:
        check_view(view, "modal")


@settings(max_examples=60)
@given(organisations())
def test_any_organisation_is_shown_and_asked_about(organisation: Organisation) -> None:
    around = Around(organisation, "Europe/Lisbon", GROUPS)
    views = [overview(organisation), *(kind_view(kind, organisation) for kind in KINDS)]
    views += [part_form(part, item, around) for part, item in organisation.parts.items()]
    views += [part_form(Part(kind, ""), None, around) for kind in Kind]
    views += [own_form(wanted, around) for wanted in [*organisation.people.values(), Notifications()]]

    taken(views)


def test_hundreds_of_things_are_shown_as_far_as_they_fit() -> None:
    members = tuple(Person.of("slack", f"U{number:09}") for number in range(300))
    many = Organisation(
        teams={f"team-{number}": Team(name="T" * 75, members=members) for number in range(200)},
        services={f"s-{number}": OwnedService(name=f"{number}" * 20, owner="team-0") for number in range(500)},
    )

    views = [overview(many), kind_view(Kind.TEAM, many), kind_view(Kind.SERVICE, many), own_overview()]
    taken(views)
    assert "And 110 more" in str(views[1])
