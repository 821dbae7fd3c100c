"""`/incident page`: typed, or by a form with a search over everybody and everything that can be paged."""

from collections.abc import AsyncIterator

import pytest

from bot.paging.targets import SEARCH
from incidents.model import facts
from incidents.model.identity import Group, Person
from incidents.model.organisation import Organisation, Policy, Rotation, Schedule, Step, Target, Team
from sandbox.client import Person as SandboxPerson
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import Workplace, eventually, filled, words

pytestmark = ON_SQLITE
CLEO, DAN = Person.of("slack", "U0CLEO"), Person.of("slack", "U0DAN")


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[Workplace]:
    organisation = Organisation(
        teams={"payments": Team(name="Payments", members=(CLEO,)), "sre": Team(name="SRE", group=Group("slack:S0SRE"))},
        schedules={"nights": Schedule(name="Nights", rotation=Rotation(members=(DAN,), start="2026-01-01"))},
        policies={"payments": Policy(name="Payments", steps=(Step(targets=(Target("schedule:nights"),)),))},
    )
    async with workplace.running.bot.core.storage.transaction() as unit:
        standing = await unit.organisation.held()
        services = standing.organisation.services
        await unit.organisation.save(organisation.model_copy(update={"services": services}))
    yield workplace


async def paged(place: Workplace) -> set[str]:
    """The names of everybody who was called."""
    await place.settle()
    return {entry.fact.person.id for entry in await place.timeline(1) if isinstance(entry.fact, facts.Paged)}


async def test_typed_names_and_mentions_are_paged_with_the_message(place: Workplace, ana: SandboxPerson) -> None:
    channel = await place.declare(ana, "Checkout fails")
    said = await place.typed(ana, channel, "/incident page policy payments, <@U0CLEO> DB pool is exhausted")
    assert "Paging Payments (policy) and <@U0CLEO> for INC-1." in words(said)
    assert await paged(place) == {"U0DAN", "U0CLEO"}
    (message,) = {entry.fact.message for entry in await place.timeline(1) if isinstance(entry.fact, facts.Paged)}
    assert message == "DB pool is exhausted"


async def test_a_name_that_nobody_has_is_answered_with_what_is_near(place: Workplace, ana: SandboxPerson) -> None:
    channel = await place.declare(ana, "Checkout fails")
    said = await place.typed(ana, channel, "/incident page paymnts please")
    assert "paymnts" in words(said) and "Did you mean" in words(said) and "payments" in words(said)
    assert await paged(place) == set()


async def test_the_form_searches_over_all_of_them_and_pages_several_once(place: Workplace, ana: SandboxPerson) -> None:
    channel = await place.declare(ana, "Checkout fails")
    await ana.command(channel, "/incident page")
    view = await place.form(ana, "Page people")
    found = await ana.suggestions(SEARCH, "page", "", view_id=view["id"])
    offered = {
        group["label"]["text"]: [each["text"]["text"] for each in group["options"]] for group in found["option_groups"]
    }
    assert offered["Escalation policies"] == offered["Teams"][:1] == ["Payments"]
    assert offered["Who is on call"] == ["Nights"]
    assert "@cleo" in offered["People"] and "@sre" in offered["Slack groups"]

    values = filled(view, page=["team:payments", "schedule:nights"], message="Please help")
    assert await ana.submit(view["id"], values) == {}
    assert "Payments (team) and Nights (schedule)" in words(await place.told(ana, channel, "Paging"))
    assert await paged(place) == {"U0CLEO", "U0DAN"}


async def test_the_card_has_a_button_for_it(place: Workplace, ana: SandboxPerson) -> None:
    channel = await place.declare(ana, "Checkout fails")
    card = await place.shown_card(channel, "Checkout fails")
    await place.press(ana, channel, card, "Page")
    assert await place.form(ana, "Page people")


async def test_nobody_is_paged_for_what_is_over(place: Workplace, ana: SandboxPerson) -> None:
    channel = await place.declare(ana, "Checkout fails")
    await place.typed(ana, channel, "/incident resolve")
    assert "INC-1 is resolved" in words(await place.typed(ana, channel, "/incident page <@U0CLEO>"))
    assert "INC-1 is resolved" in words(await place.typed(ana, channel, "/incident page"))


async def test_a_declaration_pages_teams_too(place: Workplace, ana: SandboxPerson) -> None:
    await place.declare(ana, "Checkout fails", page=["team:sre"])

    async def called() -> bool:
        return bool(await paged(place))

    await eventually(called)
    assert await paged(place) <= set(place.sandbox.workspace.usergroups["S0SRE"].users)
