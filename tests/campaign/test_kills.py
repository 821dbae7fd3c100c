"""Storms in which bots are killed and started again: one on SQLite, several at once on PostgreSQL."""

from pathlib import Path

import pytest

from tests.campaign.runs import storm_and_kills


@pytest.mark.parametrize("seed", range(1))
async def test_one_bot_on_sqlite(seed: int, sqlite_address: str, tmp_path: Path) -> None:
    assert await storm_and_kills(seed, sqlite_address, tmp_path)


@pytest.mark.parametrize(("copies", "seed"), [(2, 0)])
async def test_several_bots_on_postgresql(copies: int, seed: int, postgresql_address: str, tmp_path: Path) -> None:
    assert await storm_and_kills(seed, postgresql_address, tmp_path, copies)
