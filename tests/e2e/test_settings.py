"""Home, Settings: admins look at the organisation and change it, everybody says how they are reached."""

from datetime import date, time
from typing import Any

import pytest

from bot.demo import EXAMPLE
from bot.organisation_file.applying import apply_text
from bot.organisation_file.names import asking
from incidents.actions.declare import Declare, declare
from incidents.actions.keys import source_with_key
from incidents.model.identity import Group
from incidents.model.identity import Person as Somebody
from incidents.model.organisation import (
    AutoDeclare,
    Channels,
    Notifications,
    Organisation,
    Outside,
    OwnedService,
    Policy,
    Quiet,
    Rotation,
    Schedule,
    Step,
    Target,
    Team,
    Tool,
    Weekday,
)
from incidents.model.vocabulary import Impact, Severity
from sandbox.client import Person
from tests.e2e.workspace import Json, Workplace, elements, eventually, filled, words

ANA, BEN, CLEO, DAN, EVE = (Somebody.of("slack", f"U0{name}") for name in ("ANA", "BEN", "CLEO", "DAN", "EVE"))


@pytest.fixture
async def example(workplace: Workplace) -> Organisation:
    """The organisation of the example."""
    bot = workplace.running.bot
    made = await apply_text(bot.core, EXAMPLE.read_text(), asking(bot.slack))
    return made.after


async def organisation(workplace: Workplace) -> Organisation:
    return await workplace.running.bot.core.storage.read.organisation.current()


async def opened(workplace: Workplace, who: Person) -> Json:
    """Settings, as ``who`` opens them on Home, where no modal is before it."""
    if views := await who.views():
        await who.close_view(views[-1]["id"], whole_stack=True)
    await who.open_home()
    home = await eventually(who.home)
    await workplace.press_in(who, home, "Settings")
    return await workplace.form(who, "Settings")


async def listed(workplace: Workplace, who: Person, kind: str, title: str) -> Json:
    """The list of one kind."""
    await press_value(who, await opened(workplace, who), kind)
    return await workplace.form(who, title)


async def press_value(who: Person, view: Json, value: str) -> None:
    """Press the button that stands for ``value``."""
    found = [(block, element) for block, element in elements(view["blocks"]) if element.get("value") == value]
    assert len(found) == 1, f"{len(found)} buttons mean {value!r} in {words(view)}"
    block, element = found[0]
    await who.press(element["action_id"], block["block_id"], view_id=view["id"], value=value)


async def added(workplace: Workplace, who: Person, kind: str, lists: str, form: str, **answers: Any) -> None:
    """Add something: ``answers`` by question."""
    await press_value(who, await listed(workplace, who, kind, lists), f"add {kind}")
    view = await workplace.form(who, form)
    assert await who.submit(view["id"], filled(view, **answers)) == {}


async def test_an_admin_adds_changes_and_removes_a_team(workplace: Workplace, ana: Person) -> None:
    await added(
        workplace, ana, "team", "Teams", "New: team", name="Data & base", members=["U0DAN", "U0ANA"], group="On call"
    )
    made = Team(name="Data & base", members=(DAN, ANA), group=Group.of("slack", "S0ONCALL"))
    assert (await organisation(workplace)).teams == {"data-base": made}

    async def shown() -> Json | None:
        view = (await ana.views())[-1]
        return view if "Data &amp; base" in words(view) and view["title"]["text"] == "Teams" else None

    teams = await eventually(shown)
    await press_value(ana, teams, "team data-base")
    view = await workplace.form(ana, "Team")
    assert await ana.submit(view["id"], filled(view, name="Databases", members=["U0DAN"])) == {}
    changed = Team(name="Databases", members=(DAN,), group=Group.of("slack", "S0ONCALL"))
    assert (await organisation(workplace)).teams == {"data-base": changed}

    await press_value(ana, await eventually(shown_with(ana, "Teams", "Databases")), "team data-base")
    view = await workplace.form(ana, "Team")
    await workplace.press_in(ana, view, "Remove")
    assert "Team data-base is removed." in words(await workplace.form(ana, "Removed"))
    assert (await organisation(workplace)).teams == {}


def shown_with(who: Person, title: str, text: str) -> Any:
    async def shown_with_text() -> Json | None:
        views = await who.views()
        return views[-1] if views and views[-1]["title"]["text"] == title and text in words(views[-1]) else None

    return shown_with_text


async def test_what_is_needed_is_not_removed_and_says_why(
    workplace: Workplace, example: Organisation, ana: Person
) -> None:
    await declare(workplace.running.bot.core, Declare(ANA, "test", "Fails", impacts={"search": Impact.DEGRADED}))
    for kind, lists, form, id, why in [
        ("team", "Teams", "Team", "sre", "service api names it"),
        ("service", "Services", "Service", "search", "INC-1 is open and needs it"),
    ]:
        await press_value(ana, await listed(workplace, ana, kind, lists), f"{kind} {id}")
        view = await workplace.form(ana, form)
        await workplace.press_in(ana, view, "Remove")
        said = await eventually(shown_with(ana, form, why))
        assert f"{kind.capitalize()} {id} can't be removed" in words(said)
        await ana.close_view(said["id"], whole_stack=True)
    assert await organisation(workplace) == example


@pytest.mark.parametrize(
    ("kind", "lists", "form"),
    [
        ("team", "Teams", "Team"),
        ("service", "Services", "Service"),
        ("schedule", "Schedules", "Schedule"),
        ("policy", "Escalation policies", "Escalation policy"),
        ("source", "Alert sources", "Alert source"),
        ("person", "People", "Reaching somebody"),
    ],
)
async def test_a_form_that_is_saved_as_it_was_drawn_changes_nothing(
    workplace: Workplace, example: Organisation, ana: Person, kind: str, lists: str, form: str
) -> None:
    ids = [part.id for part in example.parts if part.kind == kind]
    assert ids
    for id in ids:
        await press_value(ana, await listed(workplace, ana, kind, lists), f"{kind} {id}")
        view = await workplace.form(ana, form)
        assert await ana.submit(view["id"], {}) == {}, id
        await ana.close_view((await ana.views())[-1]["id"], whole_stack=True)

    assert await organisation(workplace) == example


async def test_a_service_a_schedule_and_a_policy_are_added(
    workplace: Workplace, example: Organisation, ana: Person
) -> None:
    await added(
        workplace, ana, "service", "Services", "New: service", name="Billing", owner="Payments", alias="bill, invoices "
    )
    await added(
        workplace,
        ana,
        "schedule",
        "Schedules",
        "New: schedule",
        name="Nights",
        members=["U0EVE", "U0BEN"],
        start="2026-02-02",
        length="2 weeks",
        day="Friday",
        at="18:30",
        timezone="Europe/London",
    )
    await added(
        workplace,
        ana,
        "policy",
        "Escalation policies",
        "New: escalation policy",
        name="By night",
        **{
            "targets.0": ["Nights"],
            "wait.0": "1 hour",
            "targets.1": ["Payments (team)", "On call (user group)"],
            "people.1": ["U0ANA"],
            "repeat": "2 more",
        },
    )
    made = await organisation(workplace)

    assert made.services["billing"] == OwnedService(name="Billing", owner="payments", alias=("bill", "invoices"))
    rotation = Rotation(
        members=(EVE, BEN),
        start=date(2026, 2, 2),
        length=2,
        day=Weekday.FRIDAY,
        at=time(18, 30),
        timezone="Europe/London",
    )
    assert made.schedules["nights"] == Schedule(name="Nights", rotation=rotation)
    group, ana_herself = Target("group:slack:S0ONCALL"), Target(f"person:{ANA}")
    assert made.policies["by-night"] == Policy(
        name="By night",
        steps=(
            Step(targets=(Target("schedule:nights"),), timeout=60),
            Step(targets=(Target("team:payments"), group, ana_herself)),
        ),
        repeat=2,
    )


async def test_a_source_is_added_and_gets_an_address_that_one_admin_sees(
    workplace: Workplace, example: Organisation, ana: Person
) -> None:
    await added(
        workplace,
        ana,
        "source",
        "Alert sources",
        "New: alert source",
        name="Datadog",
        tool="Datadog",
        channel="C0PAYMENTS",
        policy="Payments",
        pages_from="SEV2",
        auto_declare="SEV1 env=prod team=x\n\nSEV2",
    )
    source = (await organisation(workplace)).sources["datadog"]
    assert (source.tool, source.channel, source.policy) == (Tool.DATADOG, "C0PAYMENTS", "payments")
    assert source.pages_from is Severity.SEV2
    assert source.auto_declare == (
        AutoDeclare(severity=Severity.SEV1, labels={"env": "prod", "team": "x"}),
        AutoDeclare(severity=Severity.SEV2),
    )

    await press_value(ana, await listed(workplace, ana, "source", "Alert sources"), "source datadog")
    await workplace.press_in(ana, await workplace.form(ana, "Alert source"), "New address")
    shown = await workplace.form(ana, "New address")
    address = shown["blocks"][0]["text"]["text"].strip("`")
    assert "/alerts/datadog/" in address
    found = await source_with_key(workplace.running.bot.core, address.rpartition("/")[2])
    assert found == ("datadog", source)


@pytest.mark.parametrize(
    ("kind", "lists", "form", "answers", "field", "said"),
    [
        ("service", "Services", "New: service", {"name": "API"}, "name", "There is one of this name already."),
        ("service", "Services", "New: service", {"name": "???"}, "name", "no letter and no digit"),
        ("team", "Teams", "New: team", {"name": "Empty"}, "name", "A team needs members or a group."),
        (
            "schedule",
            "Schedules",
            "New: schedule",
            {"name": "S", "members": ["U0ANA"], "start": "2026-01-05", "timezone": "Lisbon"},
            "timezone",
            'There is no time zone "Lisbon"; write one as Europe/Berlin.',
        ),
        ("schedule", "Schedules", "New: schedule", {"name": "S", "members": ["U0ANA"]}, "start", "Choose the day"),
        (
            "schedule",
            "Schedules",
            "New: schedule",
            {"name": "S", "members": ["U0ANA"], "start": "2026-01-05", "length": "a month"},
            "length",
            "Write how long a turn is",
        ),
        ("policy", "Escalation policies", "New: escalation policy", {"name": "P"}, "people.0", "Say whom"),
        (
            "policy",
            "Escalation policies",
            "New: escalation policy",
            {"name": "P", "people.0": ["U0ANA"], "wait.0": "2 days"},
            "wait.0",
            "Write a time as 5 minutes",
        ),
        (
            "source",
            "Alert sources",
            "New: alert source",
            {"name": "S", "tool": "Sentry", "channel": "C0GENERAL", "auto_declare": "SEV9"},
            "auto_declare",
            'There is no severity "SEV9"',
        ),
    ],
)
async def test_a_fault_stands_at_its_field(
    workplace: Workplace,
    example: Organisation,
    ana: Person,
    kind: str,
    lists: str,
    form: str,
    answers: dict[str, Any],
    field: str,
    said: str,
) -> None:
    await press_value(ana, await listed(workplace, ana, kind, lists), f"add {kind}")
    view = await workplace.form(ana, form)
    errors = await ana.submit(view["id"], filled(view, **answers))

    assert list(errors) == [field]
    assert said in errors[field]
    assert await organisation(workplace) == example


async def test_of_two_admins_who_change_the_same_the_second_is_told(
    workplace: Workplace, example: Organisation, ana: Person
) -> None:
    await press_value(ana, await listed(workplace, ana, "service", "Services"), "service api")
    view = await workplace.form(ana, "Service")
    bot = workplace.running.bot
    await apply_text(bot.core, "services: {api: {name: Interface}}", asking(bot.slack))

    errors = await ana.submit(view["id"], filled(view, name="The API"))
    assert "Somebody else changed this just now" in errors["name"]
    assert (await organisation(workplace)).services["api"].name == "Interface"


async def test_whoever_is_no_admin_changes_only_how_they_are_reached(
    workplace: Workplace, example: Organisation, ana: Person, ben: Person
) -> None:
    mine = await opened(workplace, ben)
    assert "changed by *admins and owners* of this workspace" in words(mine)
    assert [element.get("value") for _, element in elements(mine["blocks"])] == ["mine"]
    refusal = "Only admins and owners of this workspace can change that."
    for typed in ("team", "team sre", "add team", "remove team sre", "key prometheus", "channels"):
        told = await workplace.typed(ben, workplace.general, f"/incident settings {typed}")
        assert refusal in words(told), typed

    await press_value(ana, await listed(workplace, ana, "team", "Teams"), "add team")
    form = await workplace.form(ana, "New: team")
    await ana.submit(form["id"], filled(form, name="Sneaky", members=["U0BEN"]))
    submission = workplace.delivered("view_submission")
    submission["user"]["id"] = submission["user"]["username"] = ben.id
    submission["view"]["state"]["values"]["name"]["value"]["value"] = "Sneakier"
    answer = await workplace.deliver("interactive", submission)
    assert refusal in words(answer)
    assert "sneakier" not in (await organisation(workplace)).teams


async def test_everybody_says_when_to_be_reached_and_an_admin_how(
    workplace: Workplace, example: Organisation, ana: Person, ben: Person
) -> None:
    await added(
        workplace,
        ana,
        "person",
        "People",
        "New: reaching somebody",
        person="U0BEN",
        outside="mailto://${SMTP}?to=ben@example.com\ntgram://${BOT}/${CHAT} after 10 minutes",
    )
    ways = (Outside(url="mailto://${SMTP}?to=ben@example.com"), Outside(url="tgram://${BOT}/${CHAT}", after=10))
    assert (await organisation(workplace)).people[BEN] == Notifications(outside=ways)

    await press_value(ben, await opened(workplace, ben), "mine")
    view = await workplace.form(ben, "Reaching you")
    assert "${SMTP}" not in words(view)
    answers = {"after.0": "3 minutes", "begin": "22:00", "end": "07:00", "urgent": "SEV1"}
    assert await ben.submit(view["id"], filled(view, **answers)) == {}
    quiet = Quiet(begin=time(22), end=time(7), timezone="Europe/London", urgent=Severity.SEV1)
    sooner = (ways[0].model_copy(update={"after": 3}), ways[1])
    assert (await organisation(workplace)).people[BEN] == Notifications(outside=sooner, quiet=quiet)


async def test_channels_are_changed(workplace: Workplace, ana: Person) -> None:
    await press_value(ana, await opened(workplace, ana), "channels")
    view = await workplace.form(ana, "New: channels")
    assert await ana.submit(view["id"], filled(view, announcements="#general, payments", name="fire-{number}")) == {}

    made = Channels(announcements=("general", "payments"), name="fire-{number}")
    assert (await organisation(workplace)).channels == made
    await press_value(ana, await opened(workplace, ana), "channels")
    view = await workplace.form(ana, "Channels")
    errors = await ana.submit(view["id"], filled(view, name="{month}"))
    assert "It can hold {number} and {title}" in errors["name"]
