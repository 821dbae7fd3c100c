"""Tocsin's command line as people use it: a process of its own, with the settings and the folder that they give it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.server import Sandbox

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds until a process that should have started, or ended, is given up."""


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass
class Run:
    """`tocsin run` at work; what it logged so far is in ``log``."""

    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)

    async def logged(self, text: str) -> str:
        """The first line that holds ``text``, once it is there. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [line for line in self.log if text in line]):
                assert self.process.returncode is None, "\n".join(self.log)
                await asyncio.sleep(0.02)
        return found[0]

    async def stopped_by(self, signal_number: signal.Signals) -> int:
        """The exit code after ``signal_number``. Raises TimeoutError."""
        self.process.send_signal(signal_number)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


def settings_for(sandbox: Sandbox, **more: str) -> dict[str, str]:
    """The settings with which the bot works in ``sandbox``, ``more`` replacing some."""
    app = sandbox.app
    secret = {"SLACK_APP_TOKEN": app.app_token} if app.socket_mode else {"SLACK_SIGNING_SECRET": app.signing_secret}
    return {
        "SLACK_BOT_TOKEN": app.bot_token,
        "SLACK_RATES": "none",
        "SLACK_API_URL": sandbox.api_url,
        "TOCSIN_PORT": "0",
        "TOCSIN_OPERATIONS_PORT": "0",
        **secret,
        **more,
    }


async def tocsin(folder: Path, *arguments: str, **settings: str) -> Ended:
    """Run a command in ``folder`` to its end. Raises TimeoutError."""
    process = await _start(folder, arguments, settings)
    try:
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def tocsin_run(folder: Path, **settings: str) -> AsyncIterator[Run]:
    """`tocsin run` in ``folder`` while the block runs, from when it says that it is ready."""
    async with tocsin_begun(folder, **settings) as run:
        await run.logged("ready")
        yield run


@asynccontextmanager
async def tocsin_begun(folder: Path, **settings: str) -> AsyncIterator[Run]:
    """The same, from its very beginning."""
    process = await _start(folder, ["run"], settings)
    run = Run(process)
    reading = asyncio.create_task(_read(run))
    try:
        yield run
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def _start(
    folder: Path, arguments: tuple[str, ...] | list[str], settings: dict[str, str]
) -> asyncio.subprocess.Process:
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **settings}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env=surroundings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def _read(run: Run) -> None:
    assert run.process.stderr is not None
    async for line in run.process.stderr:
        run.log.append(line.decode().rstrip())
