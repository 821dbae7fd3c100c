"""Notices and comments in the channel: few, once, and none for what came to nothing."""

import pytest

from incidents.actions.change import change_severity, change_status
from incidents.actions.comment import comment
from incidents.model import facts
from incidents.model.vocabulary import Severity, Status
from tests.bot.floor import ANA, BEN, DAN, Floor, eventually


def notices(floor: Floor, channel: str) -> list[str]:
    return [post.text for post in floor.posts(channel, "incident_notice")]


async def test_declaring_is_told_by_the_card_alone(floor: Floor) -> None:
    channel = await floor.declared_in()

    assert len(floor.posts(channel)) == 1


async def test_who_is_paged_is_called_once_in_the_channel(floor: Floor) -> None:
    channel = await floor.declared_in(page=[DAN])

    assert [text.count(f"<@{DAN.id}>") for text in notices(floor, channel)] == [1]


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
