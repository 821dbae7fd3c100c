"""The bot in a process that tests kill and start again, and what must stand in Slack and on record afterwards."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.e2e.hasty_bot import READY, be_a_bot

PATIENCE = 20.0
"""Seconds until a process that should be ready is given up."""
FORKS = multiprocessing.get_context("forkserver")
"""The code is loaded once, by a process that forks: https://docs.python.org/3/library/multiprocessing.html"""
FORKS.set_forkserver_preload([be_a_bot.__module__])


@dataclass(frozen=True)
class BotProcess:
    """A bot in a process of its own, and the line on which it says that it is ready."""

    process: ForkServerProcess
    line: Connection


class Processes:
    """One bot at work at a time; their log is a file."""

    def __init__(self, log: Path, settings: Mapping[str, str]) -> None:
        self._log = log
        self._settings = settings
        self._at_work: BotProcess | None = None

    async def start(self) -> None:
        """Have a bot at work. Raises AssertionError where it does not start."""
        bot = begun(self._log, self._settings)
        try:
            await ready(bot, self._log)
        except BaseException:
            await end(bot)
            raise
        self._at_work = bot

    async def kill(self) -> None:
        """End the bot at work where it stands (SIGKILL)."""
        assert self._at_work is not None
        await end(self._at_work)
        self._at_work = None

    async def close(self) -> None:
        if self._at_work is not None:
            await end(self._at_work)


def begun(log: Path, settings: Mapping[str, str]) -> BotProcess:
    """A bot that begins its work."""
    ours, its = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=be_a_bot, args=(its, log, settings))
    process.start()
    its.close()
    return BotProcess(process, ours)


async def ready(bot: BotProcess, log: Path) -> None:
    """Wait until it is ready. Raises AssertionError where it does not start."""
    assert await asyncio.to_thread(bot.line.poll, PATIENCE), f"it did not start in time: {log}"
    try:
        assert bot.line.recv() == READY
    except EOFError:
        raise AssertionError(f"it did not start: {log}") from None


async def end(bot: BotProcess) -> None:
    """Kill it where it stands (SIGKILL), if it has not ended."""
    bot.process.kill()
    await asyncio.to_thread(bot.process.join)
    bot.line.close()


@asynccontextmanager
async def processes(log: Path, settings: Mapping[str, str]) -> AsyncIterator[Processes]:
    """Bots with these settings, none of which is left at the end; the first is at work."""
    bots = Processes(log, settings)
    try:
        await bots.start()
        yield bots
    finally:
        await bots.close()


@asynccontextmanager
async def copies(many: int, log: Path, settings: Mapping[str, str]) -> AsyncIterator[list[BotProcess]]:
    """So many bots with these settings, which begin at the same moment; none is left at the end."""
    bots = [begun(log, settings) for _ in range(many)]
    try:
        await asyncio.gather(*(ready(bot, log) for bot in bots))
        yield bots
    finally:
        for bot in bots:
            await end(bot)
