"""Notices and comments in the channel: few, once, and none for what came to nothing."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from incidents.actions.change import change_severity, change_status
from incidents.actions.channel import ask_for_channel
from incidents.actions.comment import comment
from incidents.actions.paging import PageRequest, page, proceed
from incidents.consequences import Pace
from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.organisation import Policy, Rotation, Schedule, Step, Target, TargetKind
from incidents.model.vocabulary import Severity, Status
from tests.bot.floor import ANA, BEN, CLEO, DAN, Floor, eventually


def notices(floor: Floor, channel: str) -> list[str]:
    return [post.text for post in floor.posts(channel, "incident_notice")]


async def test_declaring_is_told_by_the_card_alone(floor: Floor) -> None:
    channel = await floor.declared_in()

    assert len(floor.posts(channel)) == 1


async def pages(core: Core, *people: Person, message: str = "") -> None:
    """Ana pages ``people``, before anybody else was paged; all are on record as called."""
    targets = [Target.of(TargetKind.PERSON, person) for person in people]
    await page(core, PageRequest(ANA, 1, targets, message))
    for id in range(1, len(people) + 1):
        await proceed(core, id, 0, {})


def called(floor: Floor, channel: str, person: Person) -> int:
    """How often the bot's posts in ``channel`` refer to ``person``, the card aside, which is edited."""
    return sum(post.text.count(f"<@{person.id}>") for post in floor.posts(channel, "incident_notice"))


async def test_who_is_paged_in_a_channel_is_called_there_once(floor: Floor) -> None:
    channel = await floor.declared_in()
    await pages(floor.bot.core, DAN, CLEO, message="DB pool exhausted")
    await floor.settled()
    assert notices(floor, channel) == [f"@ana paged <@{DAN.id}> <@{CLEO.id}>: “DB pool exhausted”."]


async def test_who_is_paged_before_there_is_a_channel_is_called_in_it_once(floor: Floor) -> None:
    await floor.declare(wants_channel=False)
    await pages(floor.bot.core, DAN)
    await floor.settled()
    await ask_for_channel(floor.bot.core, 1, ANA)
    await floor.settled()
    channel = (await floor.incident()).channel
    assert channel is not None
    assert called(floor, channel.channel.id, DAN) == 1


async def test_a_page_that_is_told_only_after_the_channel_came_calls_once(floor: Floor) -> None:
    """What is gathered for a notice was on record before the channel, whose coming calls the paged itself."""
    await floor.declare(wants_channel=False)
    unhurried = replace(floor.bot.core, pace=Pace(notice=timedelta(seconds=1)))
    await pages(unhurried, DAN)
    await ask_for_channel(floor.bot.core, 1, ANA)
    await eventually(lambda: floor.channels())
    await floor.settled()
    channel = (await floor.incident()).channel
    assert channel is not None
    assert called(floor, channel.channel.id, DAN) == 1


async def test_a_page_between_the_channel_and_its_first_words_calls_once(floor: Floor) -> None:
    """Whoever is paged while the card is being posted is on record after the channel, so the notice calls them."""
    await floor.declare(wants_channel=False)
    floor.trouble("chat.postMessage", delay=0.5)
    await ask_for_channel(floor.bot.core, 1, ANA)
    await eventually(lambda: floor.calls("chat.postMessage"))
    await pages(floor.bot.core, DAN)
    await floor.settled()
    channel = (await floor.incident()).channel
    assert channel is not None
    assert called(floor, channel.channel.id, DAN) == 1


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_calls_nobody_twice(floor: Floor, cut: str) -> None:
    channel = await floor.declared_in()
    floor.trouble("chat.postMessage", cut=cut)
    await pages(floor.bot.core, DAN)
    await floor.settled()
    assert called(floor, channel, DAN) == 1


async def test_paging_that_goes_on_and_ends_is_told_step_by_step(floor: Floor) -> None:
    step = partial(Step, timeout=5)
    steps = [step(targets=(Target.of(TargetKind.PERSON, person),)) for person in (DAN, CLEO)]
    await floor.organise(policies={"payments": Policy(name="Payments", steps=tuple(steps))})
    channel = await floor.declared_in()
    core = floor.bot.core
    await page(core, PageRequest(ANA, 1, [Target.of(TargetKind.POLICY, "payments")]))
    for turn in range(3):
        await proceed(core, 1, turn, {})
        await floor.settled()
    assert notices(floor, channel) == [
        f"@ana paged <@{DAN.id}> (Payments).",
        f"Nobody answered Payments; now paging <@{CLEO.id}> (step 2).",
        f"🚨 *Nobody answered Payments.* Page somebody else: press *Page*, or type `/incident page`. <@{ANA.id}>",
    ]


async def test_nobody_on_call_is_said_loudly_once_though_that_was_before_the_channel(floor: Floor) -> None:
    rotation = Rotation(members=(DAN,), start=date(2199, 1, 1))
    await floor.organise(schedules={"nights": Schedule(name="Nights", rotation=rotation)})
    await floor.declare(wants_channel=False)
    core = floor.bot.core
    await page(core, PageRequest(ANA, 1, [Target.of(TargetKind.SCHEDULE, "nights")]))
    await proceed(core, 1, 0, {})
    await floor.settled()
    await ask_for_channel(core, 1, ANA)
    await floor.settled()
    channel = (await floor.incident()).channel
    assert channel is not None
    [loud] = notices(floor, channel.channel.id)
    assert loud.startswith("🚨 *Nobody is on call for Nights.*")


async def test_one_persons_changes_within_seconds_are_one_notice(floor: Floor) -> None:
    channel = await floor.declared_in()

    await change_severity(floor.bot.core, 1, BEN, Severity.SEV1)
    await change_status(floor.bot.core, 1, BEN, Status.IDENTIFIED)
    await floor.settled()

    [notice] = notices(floor, channel)
    assert "ben" in notice
    assert "SEV1" in notice
    assert "Identified" in notice


async def test_there_and_back_again_is_no_notice(floor: Floor) -> None:
    channel = await floor.declared_in()

    await change_severity(floor.bot.core, 1, BEN, Severity.SEV1)
    await change_severity(floor.bot.core, 1, BEN, Severity.SEV3)
    await floor.settled()

    assert notices(floor, channel) == []


async def test_two_peoples_changes_are_two_notices(floor: Floor) -> None:
    channel = await floor.declared_in()

    await change_severity(floor.bot.core, 1, BEN, Severity.SEV1)
    await change_status(floor.bot.core, 1, ANA, Status.IDENTIFIED)
    await floor.settled()

    assert len(notices(floor, channel)) == 2


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_makes_no_second_notice(floor: Floor, cut: str) -> None:
    channel = await floor.declared_in()
    floor.trouble("chat.postMessage", cut=cut)

    await change_severity(floor.bot.core, 1, BEN, Severity.SEV1)
    await floor.settled()

    assert len(notices(floor, channel)) == 1


async def test_what_was_told_before_the_answer_was_lost_is_not_told_again_with_what_came_meanwhile(
    floor: Floor,
) -> None:
    channel = await floor.declared_in()
    before = len(floor.calls("chat.postMessage"))
    floor.trouble("chat.postMessage", cut="after", delay=0.3)

    await change_severity(floor.bot.core, 1, BEN, Severity.SEV1)
    await eventually(lambda: len(floor.calls("chat.postMessage")) > before)
    await change_status(floor.bot.core, 1, BEN, Status.IDENTIFIED)
    await floor.settled()

    first, second = notices(floor, channel)
    assert ("SEV1" in first, "Identified" in first) == (True, False)
    assert ("SEV1" in second, "Identified" in second) == (False, True)


@pytest.mark.parametrize("cut", [None, "before", "after"])
async def test_a_comment_is_posted_once_by_name_and_not_mirrored(floor: Floor, cut: str | None) -> None:
    channel = await floor.declared_in()
    if cut:
        floor.trouble("chat.postMessage", cut=cut)

    await comment(floor.bot.core, 1, BEN, "Rolled back the deploy")
    await comment(floor.bot.core, 1, BEN, "And it helped")
    await floor.settled()

    first, second = [post.text for post in floor.posts(channel, "incident_comment")]
    assert "ben" in first
    assert "Rolled back the deploy" in first
    assert "And it helped" in second
    assert len(await floor.facts(facts.Comment)) == 2
    assert await floor.facts(facts.Message) == []
