"""A hundred short storms, each from a seed; `make soak` makes as many as one likes, and repeats a seed."""

from pathlib import Path
from shutil import copy

import pytest

from tests.campaign.runs import storm_and_calm

BLOCKS, RUNS = 25, 4


@pytest.mark.parametrize("block", range(BLOCKS))
async def test_nothing_is_lost_and_nothing_is_twice(block: int, migrated_file: Path, tmp_path: Path) -> None:
    incidents = 0
    for seed in range(block * RUNS, (block + 1) * RUNS):
        copy(migrated_file, tmp_path / f"{seed}.db")
        try:
            incidents += await storm_and_calm(seed, f"sqlite:///{tmp_path}/{seed}.db")
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
    assert incidents >= RUNS, "storms in which hardly anything was declared prove nothing"
