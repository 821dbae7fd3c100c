"""The bot in a process that tests kill and start again, and what must stand in Slack and on record afterwards."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds until a process that should be ready is given up."""


class Processes:
    """One bot at work at a time, and the next one standing by; their log is a file."""

    def __init__(self, log: Path, settings: Mapping[str, str]) -> None:
        self._log = log
        self._settings = settings
        self._standing_by: Process | None = None
        self._at_work: Process | None = None

    async def start(self) -> None:
        """Have a bot at work. Raises TimeoutError, and AssertionError where it does not start."""
        process = self._standing_by or await standing_by(self._log, self._settings)
        self._standing_by = await standing_by(self._log, self._settings)
        await set_to_work(process, self._log)
        self._at_work = process

    async def kill(self) -> None:
        """End the bot at work where it stands (SIGKILL)."""
        assert self._at_work is not None
        await end(self._at_work)
        self._at_work = None

    async def close(self) -> None:
        for process in (self._at_work, self._standing_by):
            if process is not None:
                await end(process)


async def standing_by(log: Path, settings: Mapping[str, str]) -> Process:
    """A bot that has loaded its code, and waits to be set to work."""
    with log.open("a") as written:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.e2e.hasty_bot",
            cwd=log.parent,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **settings},
            stdin=PIPE,
            stdout=PIPE,
            stderr=written,
        )


async def set_to_work(process: Process, log: Path) -> None:
    """Wait until it is ready. Raises TimeoutError, and AssertionError where it does not start."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b"\n")
    said = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    assert said == b"ready\n", f"it did not start: {log}"


async def end(process: Process) -> None:
    """Kill it where it stands (SIGKILL), if it has not ended."""
    if process.returncode is None:
        process.kill()
    await process.wait()
    assert process.stdin is not None
    process.stdin.close()


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
async def copies(many: int, log: Path, settings: Mapping[str, str]) -> AsyncIterator[list[Process]]:
    """So many bots with these settings, set to work at the same moment; none is left at the end."""
    bots = [await standing_by(log, settings) for _ in range(many)]
    try:
        await asyncio.gather(*(set_to_work(bot, log) for bot in bots))
        yield bots
    finally:
        for bot in bots:
            await end(bot)
