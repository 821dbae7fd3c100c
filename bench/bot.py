"""The bot in a process of its own, or in several, against a sandbox in this one, with a database of its own."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.main import now
from bot.manifest import MANIFEST
from incidents.actions.keys import new_key
from incidents.core import Core
from incidents.model.organisation import Organisation
from sandbox.limits import Mode
from sandbox.server import Sandbox, running_sandbox
from storage.storage import SqlStorage

UNTIL_READY = 60.0
"""Seconds."""
AS_INSTALLED = """
import runpy, sys
sys.modules |= dict.fromkeys(["pygments", "rich"])
runpy.run_module("bot", run_name="__main__")
"""
"""`python -m bot`, without what is there for the tests alone, and which libraries load where they find it."""


@dataclass(frozen=True)
class Started:
    """A process at work: its id, and the seconds from its start until it was ready."""

    pid: int
    seconds: float


@dataclass(frozen=True)
class Bench:
    """What is measured: the bot's HTTP address, the keys of its alert sources, the Slack it talks to, its processes."""

    sandbox: Sandbox
    address: str
    keys: dict[str, str]
    database: str
    processes: list[Started]

    def intake(self, source: str) -> str:
        """Where the tool of ``source`` posts."""
        return f"{self.address}/alerts/{source}/{self.keys[source]}"


Prepare = Callable[[Core], Awaitable[None]]
"""What is in the database before the bot starts."""


async def _nothing(core: Core) -> None:
    """The organisation alone."""


@asynccontextmanager
async def bench(
    organisation: Organisation,
    prepare: Prepare = _nothing,
    settings: Mapping[str, str] | None = None,
    *,
    database: str | None = None,
    processes: int = 1,
    limits: Mode = "off",
) -> AsyncIterator[Bench]:
    """The bot at work with ``organisation`` and more ``settings`` while the block runs, in so many ``processes``.

    Its ``database`` is a new SQLite file where none is given; ``limits`` are the sandbox's.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        sandbox = await stack.enter_async_context(running_sandbox(MANIFEST, limits=limits))
        database = database or f"sqlite:///{folder}/tocsin.db"
        keys = await _organised(database, organisation, prepare)
        ports = [free_port() for _ in range(processes)]
        started = [
            await stack.enter_async_context(
                tocsin(sandbox, folder, {"DATABASE_URL": database, "TOCSIN_PORT": str(port), **(settings or {})})
            )
            for port in ports
        ]
        yield Bench(sandbox, f"http://127.0.0.1:{ports[0]}", keys, database, started)


async def _organised(database: str, organisation: Organisation, prepare: Prepare) -> dict[str, str]:
    storage = await SqlStorage.open(database)
    core = Core(storage, now)
    async with storage.transaction() as unit:
        await unit.organisation.save(organisation)
    await prepare(core)
    keys = {source: await new_key(core, source) for source in organisation.sources}
    await storage.close()
    return keys


@asynccontextmanager
async def tocsin(sandbox: Sandbox, folder: Path, more: Mapping[str, str]) -> AsyncIterator[Started]:
    """A process of the bot at work in ``sandbox`` while the block runs."""
    settings = {"TOCSIN_OPERATIONS_PORT": "0", **more}
    async with slack_app(["-c", AS_INSTALLED, "run"], sandbox, folder, settings) as started:
        yield started


@asynccontextmanager
async def slack_app(
    command: Sequence[str], sandbox: Sandbox, folder: Path, settings: Mapping[str, str]
) -> AsyncIterator[Started]:
    """Python runs ``command`` as the app of ``sandbox`` while the block runs; it says on its error output once ready.

    Raises RuntimeError where it ends before.
    """
    slack = {
        "SLACK_BOT_TOKEN": sandbox.app.bot_token,
        "SLACK_APP_TOKEN": sandbox.app.app_token,
        "SLACK_API_URL": sandbox.api_url,
        "SLACK_RATES": "none" if sandbox.slack.limits.mode == "off" else "published",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        env={**os.environ, **slack, **settings},
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr is not None
    reading = None
    try:
        async with asyncio.timeout(UNTIL_READY):
            said = b""
            while b"ready" not in (line := await process.stderr.readline()):
                if not line:
                    raise RuntimeError(f"the app ended before it was ready: {said.decode()}")
                said += line
        ready = time.perf_counter()
        reading = asyncio.create_task(_read_away(process.stderr))
        yield Started(process.pid, ready - began)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if reading is not None:
            await reading


async def _read_away(log: asyncio.StreamReader) -> None:
    while await log.readline():
        continue


def free_port() -> int:
    """A port that nobody has just now."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
