"""Calling people: whom a page writes to, what the message becomes, and that it is written once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import people
from bot.paging import escalating
from incidents.actions.change import change_status
from incidents.actions.paging import PageRequest, page
from incidents.actions.respond import join
from incidents.model import facts
from incidents.model.identity import Group, Person
from incidents.model.organisation import Organisation, Policy, Rotation, Schedule, Step, Target, TargetKind, Team
from incidents.model.vocabulary import Status
from sandbox.server import Sandbox
from tests.bot.floor import ANA, BEN, CLEO, DAN, Floor, at_work
from tests.bot.floor import eventually as seen

Json = dict[str, Any]
PAYMENTS = Target("policy:payments")


def of(person: Person) -> Target:
    return Target.of(TargetKind.PERSON, person)


def organisation() -> Organisation:
    """Payments calls Ben, then Cleo and Dan, who are a team."""
    return Organisation(
        teams={
            "payments": Team(name="Payments team", members=(CLEO, DAN)),
            "oncall": Team(name="On-call group", group=Group.of("slack", "S0ONCALL")),
        },
        schedules={
            "primary": Schedule(name="Primary", rotation=Rotation(members=(BEN,), start="2026-01-01")),
            "later": Schedule(name="Later", rotation=Rotation(members=(BEN,), start="2126-01-01")),
        },
        policies={
            "payments": Policy(
                name="Payments",
                steps=(
                    Step(targets=(Target("schedule:primary"),), timeout=5),
                    Step(targets=(Target("team:payments"),), timeout=10),
                ),
            ),
            "nobody": Policy(name="Nobody", steps=(Step(targets=(Target("schedule:later"),)),)),
            "skipping": Policy(
                name="Skipping", steps=(Step(targets=(Target("schedule:later"),)), Step(targets=(of(DAN),)))
            ),
        },
    )


@pytest.fixture
async def floor(sandbox: Sandbox, database_address: str) -> AsyncIterator[Floor]:
    async with at_work(sandbox, database_address) as floor:
        async with floor.storage.transaction() as unit:
            await unit.organisation.save(organisation())
        yield floor


async def paged(floor: Floor, *targets: Target, message: str = "DB pool exhausted") -> str:
    """The channel of a new incident for which Ana pages ``targets``."""
    channel = await floor.declared_in()
    await page(floor.bot.core, PageRequest(ANA, 1, targets, message))
    await floor.settled()
    return channel


def calls_of(floor: Floor, person: Person) -> list[Json]:
    """What the bot wrote to ``person``, oldest first."""
    rooms = [room for room in floor.sandbox.workspace.channels.values() if room.is_im and person.id in room.members]
    mine = [m for room in rooms for m in room.messages.values() if m.bot_id == floor.bot.identity.bot_id]
    return [{"channel": room.id, "ts": m.ts, "text": m.text, "blocks": m.blocks} for room in rooms for m in mine]


async def press(floor: Floor, person: Person, label: str, which: int = -1) -> None:
    """Press what reads ``label`` on a message that calls ``person``, by default the latest."""
    message = calls_of(floor, person)[which]
    for block in message["blocks"]:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if element.get("text", {}) and isinstance(element["text"], dict) and element["text"].get("text") == label:
                who = floor.sandbox.person(person.id.removeprefix("U0").lower())
                await who.press(
                    element["action_id"],
                    block["block_id"],
                    channel=message["channel"],
                    ts=message["ts"],
                    value=element.get("value"),
                )
                await floor.settled()
                return
    raise AssertionError(f"no {label} in {message['text']}")


async def test_a_page_writes_to_whom_it_calls_at_once_with_why_and_what_comes_next(floor: Floor) -> None:
    await paged(floor, PAYMENTS)
    (call,) = calls_of(floor, BEN)
    assert call["text"].startswith("🚨 *You are paged:* 🟡 SEV3 INC-1 Checkout fails")
    assert "<@U0ANA>: “DB pool exhausted”" in call["text"]
    assert "Next: Payments team at" in str(call["blocks"])
    assert calls_of(floor, CLEO) == []
    assert [fact.person for fact in await floor.facts(facts.Paged)] == [BEN]


async def test_nobody_answering_in_time_calls_the_next_step_and_then_says_so_loudly(floor: Floor) -> None:
    channel = await paged(floor, PAYMENTS)
    await floor.later(minutes=5)
    assert len(calls_of(floor, CLEO)) == len(calls_of(floor, DAN)) == 1
    assert len(calls_of(floor, BEN)) == 1
    await floor.later(minutes=10)
    assert "Nobody answered in time" in calls_of(floor, BEN)[0]["text"]
    (ended,) = await floor.facts(facts.PageExhausted)
    assert (ended.name, ended.nobody) == ("Payments", False)
    assert any("Nobody answered Payments" in post.text for post in floor.posts(channel))


async def test_joining_ends_the_page_tells_the_others_and_shows_where_things_stand(floor: Floor) -> None:
    channel = await paged(floor, Target("team:payments"))
    await press(floor, CLEO, "Join")
    joined, other = calls_of(floor, CLEO)[0], calls_of(floor, DAN)[0]
    assert f"You joined. → <#{channel}>" in joined["text"]
    assert "Where things stand" in str(joined["blocks"])
    assert "Take command" in str(joined["blocks"])
    assert "Answered by <@U0CLEO>" in other["text"] and "Nothing is needed from you" in other["text"]
    assert (await floor.incident()).joined == [ANA, CLEO]
    await floor.later(minutes=60)
    assert len(calls_of(floor, DAN)) == 1


async def test_declining_calls_the_next_step_at_once(floor: Floor) -> None:
    await paged(floor, PAYMENTS)
    await press(floor, BEN, "Can't join")
    assert "You can't join" in calls_of(floor, BEN)[0]["text"]
    assert len(calls_of(floor, CLEO)) == len(calls_of(floor, DAN)) == 1


async def test_who_declined_may_still_come(floor: Floor) -> None:
    await paged(floor, PAYMENTS)
    await press(floor, BEN, "Can't join")
    await press(floor, BEN, "Join after all")
    assert BEN in (await floor.incident()).joined
    assert "Answered by <@U0BEN>" in calls_of(floor, CLEO)[0]["text"]


async def test_a_step_with_nobody_on_call_is_skipped_at_once(floor: Floor) -> None:
    await paged(floor, Target("policy:skipping"))
    assert len(calls_of(floor, DAN)) == 1


async def test_nobody_on_call_at_all_is_said_loudly(floor: Floor) -> None:
    channel = await paged(floor, Target("policy:nobody"))
    assert any("Nobody is on call for Nobody" in post.text for post in floor.posts(channel))


async def test_joining_ends_just_the_escalation_that_called_them(floor: Floor) -> None:
    await paged(floor, PAYMENTS, of(DAN))
    await press(floor, DAN, "Join")
    assert "You are paged" in calls_of(floor, BEN)[0]["text"]
    await floor.later(minutes=5)
    assert len(calls_of(floor, CLEO)) == 1
    assert len(calls_of(floor, DAN)) == 1


async def test_resolving_stops_everything(floor: Floor) -> None:
    await paged(floor, PAYMENTS)
    await change_status(floor.bot.core, 1, ANA, Status.RESOLVED)
    await floor.later(minutes=60)
    assert "It is over" in calls_of(floor, BEN)[0]["text"]
    assert calls_of(floor, CLEO) == []


async def test_a_team_may_follow_a_group_of_slack(floor: Floor) -> None:
    await paged(floor, Target("team:oncall"))
    called = {fact.person.id for fact in await floor.facts(facts.Paged)}
    assert called == set(floor.sandbox.workspace.usergroups["S0ONCALL"].users)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack is not waited for long before it is asked again who is in a group."""
    monkeypatch.setattr(people, "GROUP_PATIENCE", 0.2)
    monkeypatch.setattr(escalating, "ASKED_AGAIN_AFTER", 0.0)


@pytest.mark.usefixtures("impatient")
async def test_a_group_of_which_slack_does_not_say_who_is_in_it_is_asked_for_again(floor: Floor) -> None:
    floor.trouble("usergroups.users.list", hold=30, times=2)
    await paged(floor, Target("team:oncall"))
    called = {fact.person.id for fact in await floor.facts(facts.Paged)}
    assert called == set(floor.sandbox.workspace.usergroups["S0ONCALL"].users)


@pytest.mark.usefixtures("impatient")
async def test_a_group_that_slack_never_names_keeps_nobody_else_from_being_called(floor: Floor) -> None:
    floor.trouble("usergroups.users.list", hold=30, times=None)
    await floor.declare()
    await page(floor.bot.core, PageRequest(ANA, 1, [Target("team:oncall"), Target(f"person:{DAN}")]))
    await floor.settled()
    assert len(calls_of(floor, DAN)) == 1


async def test_whom_slack_does_not_let_us_write_to_is_passed_over_at_once(floor: Floor) -> None:
    await floor.declare(wants_channel=False)  # the bot's only message is the page
    floor.trouble("chat.postMessage", error="user_disabled", times=1)
    await page(floor.bot.core, PageRequest(ANA, 1, [PAYMENTS]))
    await floor.settled()
    assert len(calls_of(floor, CLEO)) == 1
    (declined,) = await floor.facts(facts.PageDeclined)
    assert declined.person == BEN and declined.unreachable


async def test_a_lost_answer_does_not_call_twice(floor: Floor) -> None:
    await floor.declared_in()
    floor.trouble("chat.postMessage", cut="after", times=1)
    await page(floor.bot.core, PageRequest(ANA, 1, [PAYMENTS]))
    await seen(lambda: calls_of(floor, BEN))
    await floor.settled()
    await floor.settled()
    assert len(calls_of(floor, BEN)) == 1


async def test_who_has_answered_a_call_whose_answer_was_lost_is_asked_no_more(floor: Floor) -> None:
    await floor.declare(wants_channel=False)
    floor.trouble("chat.postMessage", hold=0.3, cut="after")
    await page(floor.bot.core, PageRequest(ANA, 1, [PAYMENTS]))
    await seen(lambda: calls_of(floor, BEN))
    await join(floor.bot.core, 1, BEN)
    await floor.settled()
    [called] = calls_of(floor, BEN)
    assert "Can't join" not in str(called["blocks"])
