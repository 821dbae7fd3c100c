"""What is shown is made true by one call at a time; what waits shows the latest; nobody's change is left out."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.refreshes import Draw, Refreshes


class Slack:
    """Shows what it is told once a test lets it."""

    def __init__(self) -> None:
        self.state = 0
        self.shown: list[int] = []
        self.under_way = 0
        self.turn = asyncio.Semaphore(0)
        self.answer = asyncio.Semaphore(0)
        self.refuses = False

    async def draw(self) -> Mapping[str, Any]:
        return {"state": self.state}

    async def call(self, draw: Draw) -> None:
        await self.turn.acquire()
        arguments = await draw()
        self.under_way += 1
        assert self.under_way == 1
        await self.answer.acquire()
        self.under_way -= 1
        if self.refuses:
            raise OSError
        self.shown.append(arguments["state"])


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@given(st.lists(st.sampled_from(["change", "turn", "answer"]), max_size=40))
def test_each_change_is_shown_by_the_time_its_refresh_is_over(steps: list[str]) -> None:
    async def play() -> None:
        slack, refreshes, under_way = Slack(), Refreshes(), list[asyncio.Task[None]]()

        async def change() -> None:
            slack.state += 1
            mine = slack.state
            await refreshes.show("card", slack.draw, slack.call)
            assert any(state >= mine for state in slack.shown)

        for step in steps:
            if step == "change":
                under_way.append(asyncio.create_task(change()))
            else:
                (slack.turn if step == "turn" else slack.answer).release()
            await settle()
        for _ in under_way:
            slack.turn.release()
            slack.answer.release()
        await asyncio.gather(*under_way)
        assert slack.shown == sorted(set(slack.shown))

    asyncio.run(play())


async def test_many_that_wait_are_one_call_that_shows_the_latest() -> None:
    slack, refreshes = Slack(), Refreshes()
    waiting = [asyncio.create_task(refreshes.show("card", slack.draw, slack.call)) for _ in range(10)]
    await settle()
    slack.state = 7
    slack.turn.release()
    slack.answer.release()
    await asyncio.gather(*waiting)
    assert slack.shown == [7]


async def test_who_counted_on_a_call_that_failed_makes_their_own() -> None:
    slack, refreshes = Slack(), Refreshes()
    first, second = (asyncio.create_task(refreshes.show("card", slack.draw, slack.call)) for _ in range(2))
    await settle()
    first.cancel()
    slack.turn.release()
    slack.answer.release()
    await second
    assert slack.shown == [0] and first.cancelled()


async def test_a_failure_is_known_to_who_called() -> None:
    slack, refreshes = Slack(), Refreshes()
    slack.refuses = True
    slack.turn.release()
    slack.answer.release()
    with pytest.raises(OSError):
        await refreshes.show("card", slack.draw, slack.call)
