"""Storm after storm, each from the next seed, and which of them failed: python -m tests.campaign --runs 1000."""

import asyncio
import logging
import traceback
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import click

from bot.logs import start_log
from storage.migrate import migrate
from tests.campaign.runs import storm_and_calm


@click.command()
@click.option("--runs", default=1000, show_default=True, help="How many storms.")
@click.option("--seed", default=0, show_default=True, help="The seed of the first.")
def soak(runs: int, seed: int) -> None:
    """Storms, until as many are over; exit code 1 where something was not as it must be."""
    start_log(logging.CRITICAL)
    failed: list[int] = []
    with TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh.db"
        asyncio.run(migrate(f"sqlite:///{fresh}"))
        for each in range(seed, seed + runs):
            file = Path(folder) / f"{each}.db"
            copy(fresh, file)
            fault = asyncio.run(_fault(each, f"sqlite:///{file}"))
            if fault is not None:
                failed.append(each)
                click.echo(f"seed {each}:\n{''.join(traceback.format_exception(fault))}")
            for left in Path(folder).glob(f"{each}.db*"):
                left.unlink()
            if (each - seed + 1) % 100 == 0:
                click.echo(f"{each - seed + 1} runs, {len(failed)} failed")
    click.echo(f"{runs} runs, seeds {seed} to {seed + runs - 1}; failed: {failed or 'none'}")
    raise SystemExit(bool(failed))


async def _fault(seed: int, address: str) -> BaseException | None:
    """What was not as it must be."""
    [outcome] = await asyncio.gather(storm_and_calm(seed, address), return_exceptions=True)
    return outcome if isinstance(outcome, BaseException) else None


if __name__ == "__main__":
    soak()
