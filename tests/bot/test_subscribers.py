"""Those who watch an incident: each told once, in a direct message, of what others changed and did not take back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.actions.change import change_severity, change_status, reopen, undo
from incidents.actions.respond import join
from incidents.actions.subscribe import subscribe, unsubscribe
from incidents.model.identity import Group, Person
from incidents.model.organisation import Target, TargetKind, Team
from incidents.model.refusals import TeamsSeeAll
from incidents.model.vocabulary import Severity, Status
from sandbox.server import Sandbox
from tests.bot.floor import ANA, BEN, CLEO, DAN, QUICK, Floor, at_work, eventually

PAYMENTS, ONCALL = (Target.of(TargetKind.TEAM, team) for team in ("payments", "oncall"))
TEAMS = {
    "payments": Team(name="Payments", members=(CLEO, DAN)),
    "oncall": Team(name="On call", group=Group.of("slack", "S0ONCALL")),
}
"""Of the user group are ben and dan."""


@pytest.fixture
async def floor(sandbox: Sandbox, sqlite_address: str) -> AsyncIterator[Floor]:
    """A bot whose people have a minute to take something back, so that what they do here is one set of changes."""
    async with at_work(sandbox, sqlite_address, pace=replace(QUICK, undo=timedelta(minutes=1))) as floor:
        yield floor


def of(person: Person) -> Target:
    return Target.of(TargetKind.PERSON, person)


async def watched(floor: Floor, *subscribers: Target) -> None:
    """INC-1, declared by ana, who subscribed ``subscribers`` in this order; all that is posted is for them."""
    await floor.organise(teams=TEAMS)
    await floor.declare(wants_channel=False)
    for subscriber in subscribers:
        await subscribe(floor.bot.core, 1, ANA, subscriber)


def told(floor: Floor, person: Person) -> list[str]:
    """What the bot told ``person`` as one who watches: the second line of each message, which says what is new."""
    rooms = [room for room in floor.sandbox.workspace.channels.values() if room.is_im and person.id in room.members]
    return [post.text.splitlines()[1] for room in rooms for post in floor.posts(room.id, "incident_subscriber")]


async def test_a_flurry_is_one_message_of_its_net_effect(floor: Floor) -> None:
    await watched(floor, of(DAN))
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV2)
    await change_status(floor.bot.core, 1, BEN, Status.INVESTIGATING)
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.later(minutes=1)
    [said] = told(floor, DAN)
    assert said.startswith("Severity raised from SEV3 to SEV1, status now Investigating, was Declared (@ana and @ben).")
    assert told(floor, ANA) == told(floor, BEN) == []


async def test_each_set_of_changes_is_a_message(floor: Floor) -> None:
    await watched(floor, of(DAN))
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.later(minutes=1)
    await change_status(floor.bot.core, 1, ANA, Status.RESOLVED)
    await floor.later(minutes=1)
    await reopen(floor.bot.core, 1, BEN, "it is back")
    await floor.later(minutes=1)
    severity, resolved, reopened = told(floor, DAN)
    assert "SEV1" in severity and resolved.startswith("Resolved after") and "“it is back” (@ben)" in reopened


async def test_what_was_taken_back_is_told_to_nobody(floor: Floor) -> None:
    await watched(floor, of(DAN))
    changed = await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    assert changed.entry is not None
    await undo(floor.bot.core, 1, ANA, changed.entry.number)
    await floor.later(minutes=1)
    assert told(floor, DAN) == []


async def test_who_changed_it_is_not_told_and_others_are(floor: Floor) -> None:
    await watched(floor, of(DAN), of(CLEO))
    await change_severity(floor.bot.core, 1, DAN, Severity.SEV1)
    await floor.later(minutes=1)
    assert (len(told(floor, DAN)), len(told(floor, CLEO))) == (0, 1)


@pytest.mark.parametrize("order", [[PAYMENTS, ONCALL, of(DAN)], [of(DAN), ONCALL, PAYMENTS]])
async def test_teams_and_groups_are_their_people_each_told_once(floor: Floor, order: list[Target]) -> None:
    await watched(floor, *order)
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.later(minutes=1)
    assert [len(told(floor, person)) for person in (ANA, BEN, CLEO, DAN)] == [0, 1, 1, 1]


async def test_who_works_on_it_sees_it_in_the_channel_unless_they_asked_to_be_told(floor: Floor) -> None:
    await watched(floor, PAYMENTS, of(DAN))
    for person in (CLEO, DAN):
        await join(floor.bot.core, 1, person)
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.later(minutes=1)
    assert (len(told(floor, CLEO)), len(told(floor, DAN))) == (0, 1)


async def test_who_unsubscribes_is_not_told_any_more(floor: Floor) -> None:
    await watched(floor, of(DAN))
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await unsubscribe(floor.bot.core, 1, DAN, of(DAN))
    await floor.later(minutes=1)
    assert told(floor, DAN) == []


async def test_of_a_private_incident_only_named_people_are_told(floor: Floor) -> None:
    await floor.organise(teams=TEAMS)
    await floor.declare(private=True)
    with pytest.raises(TeamsSeeAll):
        await subscribe(floor.bot.core, 1, ANA, PAYMENTS)
    await subscribe(floor.bot.core, 1, ANA, of(DAN))
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.later(minutes=1)
    assert (len(told(floor, DAN)), len(told(floor, CLEO))) == (1, 0)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_tells_nobody_twice(floor: Floor, cut: str) -> None:
    await watched(floor, PAYMENTS)
    floor.trouble("chat.postMessage", cut=cut, times=2)
    await change_status(floor.bot.core, 1, BEN, Status.INVESTIGATING)
    await floor.later(minutes=1)
    assert (len(told(floor, CLEO)), len(told(floor, DAN))) == (1, 1)


async def test_what_was_told_before_the_answer_was_lost_is_not_told_again_with_what_came_meanwhile(
    floor: Floor,
) -> None:
    await watched(floor, of(DAN))
    before = len(floor.calls("chat.postMessage"))
    floor.trouble("chat.postMessage", cut="after", delay=0.3)
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    floor.clock.pass_by(minutes=1)
    await eventually(lambda: len(floor.calls("chat.postMessage")) > before)
    await change_status(floor.bot.core, 1, ANA, Status.IDENTIFIED)
    await floor.later(minutes=1)
    first, second = told(floor, DAN)
    assert ("SEV1" in first, "Identified" in first) == (True, False)
    assert ("SEV1" in second, "Identified" in second) == (False, True)


async def test_somebody_who_cannot_be_written_to_keeps_nobody_else_from_being_told(floor: Floor) -> None:
    await watched(floor, PAYMENTS)
    floor.trouble("chat.postMessage", error="channel_not_found")
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.later(minutes=1)
    assert len(told(floor, DAN)) == 1
    [parked] = await floor.parked()
    assert CLEO.id in parked.reason
