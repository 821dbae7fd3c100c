"""What waits at the same time is committed together; what fails is told to those whose it was."""

import asyncio
from collections.abc import Sequence

import pytest

from incidents import gathering
from incidents.gathering import Gathering


async def test_what_comes_while_it_pauses_is_committed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PAUSE", 0.2)
    commits: list[Sequence[int]] = []

    async def commit(items: Sequence[int]) -> None:
        commits.append(items)

    waiting = Gathering(commit)
    await waiting.add(1)
    adding = [asyncio.create_task(waiting.add(2))]
    for _ in range(3):
        await asyncio.sleep(0)
    adding.append(asyncio.create_task(waiting.add(3)))
    await asyncio.gather(*adding)
    assert commits == [[1], [2, 3]]


async def test_what_could_not_be_committed_is_told_and_the_next_is_tried() -> None:
    commits: list[Sequence[int]] = []

    async def commit(items: Sequence[int]) -> None:
        commits.append(items)
        if 1 in items:
            raise OSError("no room")

    waiting = Gathering(commit)
    told = await asyncio.gather(*(waiting.add(number) for number in (1, 2)), return_exceptions=True)
    assert [str(each) for each in told] == ["no room", "no room"]
    await waiting.add(3)
    assert commits == [[1, 2], [3]]
