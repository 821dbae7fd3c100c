"""Storm after storm, each from the next seed, and which of them failed: python -m tests.campaign --runs 1000."""

import asyncio
import logging
import traceback
from collections.abc import Coroutine
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import click

from bot.logs import start_log
from storage.migrate import migrate
from tests.campaign.runs import storm_and_calm, storm_and_kills


@click.command()
@click.option("--runs", default=1000, show_default=True, help="How many storms.")
@click.option("--seed", default=0, show_default=True, help="The seed of the first.")
@click.option("--kills", is_flag=True, help="The bot is a process of its own, which is killed now and then.")
def soak(runs: int, seed: int, kills: bool) -> None:
    """Storms, until as many are over; exit code 1 where something was not as it must be."""
    start_log(logging.CRITICAL)
    failed: list[int] = []
    with TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh.db"
        asyncio.run(migrate(f"sqlite:///{fresh}"))
        for each in range(seed, seed + runs):
            file = Path(folder) / f"{each}.db"
            copy(fresh, file)
            address = f"sqlite:///{file}"
            run = storm_and_kills(each, address, Path(folder)) if kills else storm_and_calm(each, address)
            fault = asyncio.run(_fault(run))
            if fault is not None:
                failed.append(each)
                click.echo(f"seed {each}:\n{''.join(traceback.format_exception(fault))}")
            for left in Path(folder).glob(f"{each}[.-]*"):
                left.unlink()
            if (each - seed + 1) % 100 == 0:
                click.echo(f"{each - seed + 1} runs, {len(failed)} failed")
    click.echo(f"{runs} runs, seeds {seed} to {seed + runs - 1}; failed: {failed or 'none'}")
    raise SystemExit(bool(failed))


async def _fault(run: Coroutine[Any, Any, int]) -> BaseException | None:
    """What was not as it must be."""
    task = asyncio.ensure_future(run)
    await asyncio.wait([task])
    return task.exception()


if __name__ == "__main__":
    soak()
