"""Whoever could not be answered while Slack was away is told when it is back, once; and whom Slack refuses, is not."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot import circuit, slack
from bot.answering import answering
from bot.asked import Asked
from incidents.model.refusals import Refusal
from sandbox.troubles import ApiTrouble
from tests.bot.floor import ANA, BEN, Floor, eventually

NOWHERE = "http://127.0.0.1:9/commands/1"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit, "FIRST_LOOK", 0.02)
    monkeypatch.setattr(slack, "ATTEMPTS", 2)


async def asks(floor: Floor, who: object, minute: int = 12) -> None:
    """Somebody asks for what is refused, and what they are to be told can't be delivered."""
    assert who in (ANA, BEN)
    asked = Asked(floor.bot, who, response_url=NOWHERE, at=datetime(2026, 3, 1, 3, minute, tzinfo=UTC))
    async with answering(asked):
        raise Refusal("INC-1 is resolved.")


def told(floor: Floor, name: str) -> list[str]:
    rooms = [room for room in floor.sandbox.workspace.channels.values() if room.is_im and room.im_user == f"U0{name}"]
    return [message.text for room in rooms for message in room.messages.values()]


async def test_who_could_not_be_answered_is_told_once_when_slack_is_back(floor: Floor) -> None:
    everything = ApiTrouble("*", error="service_unavailable", times=None)
    floor.sandbox.slack.troubles.api.append(everything)
    asking = [asyncio.create_task(asks(floor, who)) for who in (ANA, ANA, BEN, ANA)]
    await eventually(lambda: floor.bot.slack.circuit.is_open)
    assert told(floor, "ANA") == told(floor, "BEN") == []
    floor.sandbox.slack.troubles.api.clear()
    await asyncio.gather(*asking)
    for name in ("ANA", "BEN"):
        [text] = told(floor, name)
        assert text.startswith("What you asked of me <!date^1772334720^")
        assert text.endswith(
            "could not be answered: Slack was away. It may be done or not. Look before you ask again: `/incident`."
        )


async def test_who_asks_in_vain_again_later_is_told_again(floor: Floor) -> None:
    for number in (1, 2):
        await asks(floor, ANA)
        assert len(told(floor, "ANA")) == number


async def test_where_slack_refuses_that_too_the_log_says_so(floor: Floor) -> None:
    floor.trouble("chat.postMessage", error="cannot_dm_bot")
    await asks(floor, ANA)
    assert told(floor, "ANA") == []
    await asks(floor, ANA)
    assert len(told(floor, "ANA")) == 1


@pytest.mark.parametrize("fault", [{"error": "service_unavailable"}, {"cut": "before"}, {"cut": "after"}])
async def test_one_fault_upon_slacks_return_loses_nobody_and_tells_nobody_twice(
    floor: Floor, fault: dict[str, str]
) -> None:
    await asks(floor, ANA)
    floor.trouble("chat.postMessage", **fault)
    await asks(floor, ANA, minute=13)
    assert len(told(floor, "ANA")) == 2
