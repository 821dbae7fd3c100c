"""Paging through the whole bot: where it is seen, what survives a restart, and what answering changes for others."""

from typing import Any

from bot.demo import sandbox_settings
from bot.main import running_bot
from bot.manifest import MANIFEST
from incidents.consequences import Pace
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.organisation import Organisation, Policy, Rotation, Schedule, Step, Target, Team
from sandbox.client import Person
from sandbox.server import running_sandbox
from tests.clock import Clock
from tests.e2e.workspace import Json, Workplace, eventually, words


def of(user: str) -> Somebody:
    return Somebody.of("slack", user)


ORGANISATION = Organisation(
    teams={"payments": Team(name="Payments team", members=(of("U0CLEO"), of("U0DAN")))},
    schedules={
        "first": Schedule(name="First line", rotation=Rotation(members=(of("U0BEN"),), start="2026-01-01")),
        "later": Schedule(name="Later", rotation=Rotation(members=(of("U0BEN"),), start="2126-01-01")),
    },
    policies={
        "payments": Policy(
            name="Payments",
            steps=(
                Step(targets=(Target("schedule:first"),), timeout=5),
                Step(targets=(Target("team:payments"),), timeout=10),
            ),
        ),
        "nobody": Policy(name="Nobody", steps=(Step(targets=(Target("schedule:later"),)),)),
    },
)


async def organised(place: Workplace) -> Workplace:
    async with place.running.bot.core.storage.transaction() as unit:
        await unit.organisation.save(ORGANISATION)
    return place


def written_to(place: Workplace, user: str) -> list[Json]:
    """The bot's direct messages to ``user``, oldest first."""
    rooms = [room for room in place.sandbox.workspace.channels.values() if room.is_im and user in room.members]
    return [
        {"channel": room.id, "ts": message.ts, "text": message.text, "blocks": message.blocks}
        for room in rooms
        for message in room.messages.values()
        if message.bot_id
    ]


async def called(place: Workplace, user: str, text: str = "You are paged") -> Json:
    async def seen() -> Json | None:
        return next((each for each in written_to(place, user)[-1:] if text in words(each)), None)

    return await eventually(seen)


async def press(place: Workplace, who: Person, message: Json, label: str) -> None:
    await place.press(who, message["channel"], message, label)


async def paged(place: Workplace, ana: Person, what: str = "policy payments") -> str:
    channel = await place.declare(ana, "Checkout fails")
    await ana.command(channel, f"/incident page {what}, DB pool exhausted")
    await called(place, "U0BEN")
    await place.settle()
    return channel


async def test_a_page_is_seen_wherever_one_looks(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    channel = await paged(workplace, ana)
    message = await called(workplace, "U0BEN")
    assert "DB pool exhausted" in words(message) and "Payments team at" in words(message)
    assert "<@U0BEN>" in (await workplace.read(ana, channel, "DB pool exhausted"))["text"]
    card = await workplace.shown_card(channel, "<@U0BEN> paged")
    assert "Payments" in words(card)
    [told] = [entry.fact for entry in await workplace.timeline(1) if isinstance(entry.fact, facts.Paged)]
    assert (told.person, told.name, told.message) == (of("U0BEN"), "Payments", "DB pool exhausted")


async def test_whoever_joins_is_brought_in_and_shown_where_things_stand(
    workplace: Workplace, ana: Person, ben: Person
) -> None:
    await organised(workplace)
    channel = await paged(workplace, ana)
    await press(workplace, ben, await called(workplace, "U0BEN"), "Join")
    joined = await called(workplace, "U0BEN", "You joined")
    assert "Where things stand" in words(joined) and "Take command" in words(joined)
    await workplace.settle()
    assert "U0BEN" in workplace.sandbox.workspace.channels[channel].members
    assert "<@U0BEN> joined" in words(await workplace.shown_card(channel, "joined"))
    await workplace.later(minutes=20)
    assert written_to(workplace, "U0CLEO") == []


async def test_of_a_team_one_joins_and_the_others_are_told_that_nothing_is_needed(
    workplace: Workplace, ana: Person, cleo: Person
) -> None:
    await organised(workplace)
    await workplace.declare(ana, "Checkout fails", page=["team:payments"])
    await press(workplace, cleo, await called(workplace, "U0CLEO"), "Join")
    answered = await called(workplace, "U0DAN", "Nothing is needed from you")
    assert "Answered by <@U0CLEO>" in words(answered)


async def test_declining_goes_on_at_once(workplace: Workplace, ana: Person, ben: Person) -> None:
    await organised(workplace)
    channel = await paged(workplace, ana)
    await press(workplace, ben, await called(workplace, "U0BEN"), "Can't join")
    await called(workplace, "U0CLEO")
    await called(workplace, "U0DAN")
    await workplace.read(ana, channel, "can't join")


async def test_each_target_is_paged_for_itself(workplace: Workplace, ana: Person, ben: Person) -> None:
    await organised(workplace)
    await paged(workplace, ana, "policy payments, team payments")
    await called(workplace, "U0CLEO")
    await press(workplace, ben, await called(workplace, "U0BEN"), "Join")
    await workplace.settle()
    assert "Can't join" in words(await called(workplace, "U0CLEO"))


async def test_that_nobody_is_on_call_or_answers_is_said_loudly_with_what_to_do(
    workplace: Workplace, ana: Person
) -> None:
    await organised(workplace)
    channel = await workplace.declare(ana, "Checkout fails")
    await ana.command(channel, "/incident page policy nobody")
    nobody = await workplace.read(ana, channel, "obody is on call for Nobody")
    assert "<@U0ANA>" in words(nobody)
    await ana.command(channel, "/incident page <@U0BEN>")
    await called(workplace, "U0BEN")
    await workplace.later(minutes=6)
    exhausted = await workplace.read(ana, channel, "@ben did not answer the page")
    assert "<@U0ANA>" in words(exhausted) and "Page somebody else" in words(exhausted)


async def test_resolving_stops_its_pages(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    channel = await paged(workplace, ana)
    await ana.command(channel, "/incident resolve")
    await called(workplace, "U0BEN", "It is over")
    await workplace.later(minutes=20)
    assert written_to(workplace, "U0CLEO") == []


async def test_a_step_that_was_due_while_the_bot_was_down_is_taken_at_once_and_only_once(
    database_address: str, pace: Pace
) -> None:
    clock: Any = Clock()
    async with running_sandbox(MANIFEST) as sandbox:
        settings = sandbox_settings(sandbox, database_address)
        async with running_bot(settings, pace, clock) as running:
            place = await organised(Workplace(sandbox, running, clock))
            await paged(place, place.person("ana"))
        clock.pass_by(minutes=7)
        for _ in range(2):
            async with running_bot(settings, pace, clock) as running:
                place = Workplace(sandbox, running, clock)
                await called(place, "U0CLEO")
                await place.settle()
        assert [len(written_to(place, user)) for user in ("U0BEN", "U0CLEO", "U0DAN")] == [1, 1, 1]
