"""Watching an incident: subscribing oneself and others by word, announcement and panel, being told, and stopping."""

from datetime import timedelta

import pytest

from incidents.actions.organisation import apply
from incidents.consequences import Pace
from incidents.model.identity import Group
from incidents.model.identity import Person as Somebody
from incidents.model.organisation import Team
from sandbox.client import Person
from tests.e2e.workspace import Json, Workplace, element_reading, eventually, words

CLEO, DAN = Somebody.of("slack", "U0CLEO"), Somebody.of("slack", "U0DAN")

UNHURRIED = Pace(undo=timedelta(minutes=1), notice=timedelta(seconds=0.1))
"""Of which only the tests' clock lets a minute pass."""


@pytest.fixture(autouse=True)
async def teams(workplace: Workplace) -> None:
    core = workplace.running.bot.core
    version, organisation = await core.storage.read.organisation.standing()
    teams = {
        "sre": Team(name="Site reliability", members=(CLEO, DAN)),
        "oncall": Team(name="On call", group=Group.of("slack", "S0ONCALL")),
    }
    await apply(core, organisation.model_copy(update={"teams": teams}), version)


async def subscribers(workplace: Workplace) -> list[str]:
    return [str(subscriber) for subscriber in (await workplace.incident(1)).subscribers]


async def told(workplace: Workplace, person: Person) -> list[Json]:
    """What the bot wrote to ``person`` alone of what they watch."""
    rooms = [c for c in workplace.sandbox.workspace.channels.values() if c.is_im and person.id in c.members]
    seen = [message for room in rooms for message in await person.messages(room.id)]
    kind = "incident_subscriber"
    return [message for message in seen if message.get("metadata", {}).get("event_type") == kind]


@pytest.mark.parametrize("pace", [UNHURRIED])
async def test_whoever_subscribes_is_told_once_by_direct_message_until_they_stop(
    workplace: Workplace, ana: Person, dan: Person
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    answer = await workplace.typed(dan, workplace.general, "/incident subscribe INC-1")
    assert answer["text"] == "You will be told of changes to the severity and status of INC-1, by direct message."
    assert "already" in words(await workplace.typed(dan, workplace.general, "/incident subscribe INC-1"))
    for change in ("severity 2", "status identified", "severity 1"):
        await workplace.typed(ana, channel, f"/incident {change}")
    await workplace.later(minutes=1)
    [message] = await told(workplace, dan)
    assert "Severity raised from SEV3 to SEV1, status now Identified, was Declared (@ana)" in message["text"]
    room = next(c.id for c in workplace.sandbox.workspace.channels.values() if c.is_im and dan.id in c.members)
    await workplace.press(dan, room, message, "Unsubscribe")
    await workplace.told(dan, room, "You will not be told of INC-1 any more.")
    await workplace.typed(ana, channel, "/incident resolve")
    await workplace.later(minutes=1)
    assert len(await told(workplace, dan)) == 1


async def test_several_people_and_teams_are_subscribed_at_once(workplace: Workplace, ana: Person) -> None:
    await workplace.declare(ana, "Checkout fails")
    answer = await workplace.typed(ana, workplace.general, "/incident subscribe @ben Site reliability, oncall INC-1")
    assert answer["text"].startswith("Site reliability, On call and <@U0BEN> will be told")
    assert await subscribers(workplace) == ["team:sre", "team:oncall", "person:slack:U0BEN"]
    answer = await workplace.typed(ana, workplace.general, "/incident unsubscribe sre @ben")
    assert answer["text"] == "Site reliability and <@U0BEN> will not be told of INC-1 any more."
    assert await subscribers(workplace) == ["team:oncall"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("subscribe payments", 'There is no team "payments". Teams: On call, Site reliability.'),
        ("subscribe @gus", "Guests"),
        ("unsubscribe", "no such subscriber"),
        ("unsubscribe sre", "no such subscriber"),
    ],
)
async def test_who_cannot_be_subscribed_is_said_and_nobody_is(
    workplace: Workplace, ana: Person, typed: str, said: str
) -> None:
    await workplace.declare(ana, "Checkout fails")
    assert said in (await workplace.typed(ana, workplace.general, f"/incident {typed}"))["text"].replace("&quot;", '"')
    assert await subscribers(workplace) == []


async def test_the_announcement_lets_one_watch(workplace: Workplace, ana: Person, cleo: Person) -> None:
    await workplace.declare(ana, "Checkout fails")
    where = workplace.channel("incidents")
    announced = await workplace.read(cleo, where, "INC-1")
    await workplace.press(cleo, where, announced, "Subscribe")
    await workplace.told(cleo, where, "You will be told")
    assert await subscribers(workplace) == ["person:slack:U0CLEO"]


async def test_in_the_panel_one_subscribes_oneself_and_somebody_else(
    workplace: Workplace, ana: Person, dan: Person
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await ana.command(channel, "/incident")
    panel = await workplace.form(ana, "INC-1")
    await workplace.press_in(ana, panel, "Subscribe")

    async def shown(text: str) -> Json:
        async def look() -> Json | None:
            view = (await ana.views())[-1]
            return view if text in words(view) else None

        return await eventually(look)

    panel = await shown("Told of changes: <@U0ANA>")
    assert "Unsubscribe" in words(panel)
    block, menu = element_reading(panel["blocks"], "Subscribe somebody")
    await ana.press(menu["action_id"], block["block_id"], view_id=panel["id"], selected_user=dan.id)
    await shown("Told of changes: <@U0ANA>, <@U0DAN>")


@pytest.mark.parametrize("pace", [UNHURRIED])
async def test_nobody_is_told_while_a_change_can_be_taken_back(workplace: Workplace, ana: Person, dan: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.typed(dan, workplace.general, "/incident subscribe INC-1")
    await workplace.typed(ana, channel, "/incident severity 1")
    await workplace.later(seconds=40)
    assert await told(workplace, dan) == []
    await workplace.typed(ana, channel, "/incident status identified")
    await workplace.later(seconds=40)
    assert await told(workplace, dan) == []
    await workplace.later(seconds=30)
    assert len(await told(workplace, dan)) == 1
