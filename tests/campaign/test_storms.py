"""Two hundred short storms, each from a seed; `make soak` makes as many as one likes, and repeats a seed.

Some rage at once, each upon a bot, a Slack and a database of its own: they wait more than they work.
"""

import asyncio
from pathlib import Path
from shutil import copy

import pytest

from tests.campaign.runs import storm_and_calm

BLOCKS, TOGETHER = 50, 4


@pytest.mark.parametrize("block", range(BLOCKS))
async def test_nothing_is_lost_and_nothing_is_twice(block: int, migrated_file: Path, tmp_path: Path) -> None:
    async def storm(seed: int) -> int:
        copy(migrated_file, tmp_path / f"{seed}.db")
        try:
            return await storm_and_calm(seed, f"sqlite:///{tmp_path}/{seed}.db")
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise

    async with asyncio.TaskGroup() as storms:
        raging = [storms.create_task(storm(block * TOGETHER + number)) for number in range(TOGETHER)]
    incidents = sum(each.result() for each in raging)
    assert incidents >= TOGETHER, "storms in which hardly anything was declared prove nothing"
