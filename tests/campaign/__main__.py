"""Storm after storm, each from the next seed, and which of them failed: python -m tests.campaign --runs 1000."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import click

from bot.logs import start_log
from storage.migrate import migrate
from tests.campaign.runs import storm_and_calm, storm_and_kills
from tests.postgresql import PostgresqlServer

FreshDatabase = Callable[[Path], AbstractAsyncContextManager[str]]
"""The address of a migrated, empty database until the block ends; where it is a file, it is in this folder."""


@click.command()
@click.option("--runs", default=1000, show_default=True, help="How many storms.")
@click.option("--seed", default=0, show_default=True, help="The seed of the first.")
@click.option("--kills", is_flag=True, help="The bot is a process of its own, which is killed now and then.")
@click.option("--copies", default=0, help="So many bots on one PostgreSQL, of which one after the other is killed.")
def soak(runs: int, seed: int, kills: bool, copies: int) -> None:
    """Storms, until as many are over; exit code 1 where something was not as it must be."""
    start_log(logging.CRITICAL)
    failed: list[int] = []
    incidents = 0
    with ExitStack() as stack:
        fresh = _on_postgresql(stack) if copies else _on_sqlite(stack)
        for each in range(seed, seed + runs):
            outcome = asyncio.run(_outcome(_one(each, fresh, copies or int(kills))))
            if isinstance(outcome, int):
                incidents += outcome
            else:
                failed.append(each)
                click.echo(f"seed {each}:\n{''.join(traceback.format_exception(outcome))}")
            if (each - seed + 1) % 100 == 0:
                click.echo(f"{each - seed + 1} runs, {len(failed)} failed")
    click.echo(f"{runs} runs, seeds {seed} to {seed + runs - 1}, {incidents} incidents; failed: {failed or 'none'}")
    raise SystemExit(bool(failed))


async def _one(seed: int, fresh: FreshDatabase, copies: int) -> int:
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with fresh(folder) as address:
            return await (storm_and_kills(seed, address, folder, copies) if copies else storm_and_calm(seed, address))


def _on_sqlite(stack: ExitStack) -> FreshDatabase:
    migrated = Path(stack.enter_context(TemporaryDirectory())) / "migrated.db"
    asyncio.run(migrate(f"sqlite:///{migrated}"))

    @asynccontextmanager
    async def fresh(folder: Path) -> AsyncIterator[str]:
        yield f"sqlite:///{copy(migrated, folder / 'tocsin.db')}"

    return fresh


def _on_postgresql(stack: ExitStack) -> FreshDatabase:
    server = PostgresqlServer()
    stack.callback(server.stop)
    asyncio.run(server.prepare())

    @asynccontextmanager
    async def fresh(folder: Path) -> AsyncIterator[str]:
        name = await server.create(PostgresqlServer.TEMPLATE)
        yield server.address(name)
        await server.drop(name)

    return fresh


async def _outcome(run: Coroutine[Any, Any, int]) -> int | BaseException:
    """How many incidents there were; or what was not as it must be."""
    task = asyncio.ensure_future(run)
    await asyncio.wait([task])
    return task.exception() or task.result()


if __name__ == "__main__":
    soak()
