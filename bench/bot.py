"""The bot in a process of its own, against a sandbox in this one, with a database of its own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.main import now
from bot.manifest import MANIFEST
from incidents.actions.keys import new_key
from incidents.core import Core
from incidents.model.organisation import Organisation
from sandbox.server import Sandbox, running_sandbox
from storage.storage import SqlStorage

UNTIL_READY = 60.0
"""Seconds."""


@dataclass(frozen=True)
class Bench:
    """What is measured: the bot's HTTP address, the keys of its alert sources, and the Slack it talks to."""

    sandbox: Sandbox
    address: str
    keys: dict[str, str]

    def intake(self, source: str) -> str:
        """Where the tool of ``source`` posts."""
        return f"{self.address}/alerts/{source}/{self.keys[source]}"


Prepare = Callable[[Core], Awaitable[None]]
"""What is in the database before the bot starts."""


async def _nothing(core: Core) -> None:
    """The organisation alone."""


@asynccontextmanager
async def bench(
    organisation: Organisation, prepare: Prepare = _nothing, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Bench]:
    """The bot at work on SQLite, with ``organisation`` and more ``settings``, while the block runs."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        sandbox = await stack.enter_async_context(running_sandbox(MANIFEST))
        database, port = f"sqlite:///{folder}/tocsin.db", free_port()
        keys = await _organised(database, organisation, prepare)
        more = {"DATABASE_URL": database, "TOCSIN_PORT": str(port), **(settings or {})}
        await stack.enter_async_context(_bot(sandbox, Path(folder), more))
        yield Bench(sandbox, f"http://127.0.0.1:{port}", keys)


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
async def _bot(sandbox: Sandbox, folder: Path, more: Mapping[str, str]) -> AsyncIterator[None]:
    settings = {
        "SLACK_BOT_TOKEN": sandbox.app.bot_token,
        "SLACK_APP_TOKEN": sandbox.app.app_token,
        "SLACK_API_URL": sandbox.api_url,
        "TOCSIN_OPERATIONS_PORT": "0",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env=os.environ | settings | {"PYTHONPATH": str(Path(__file__).parents[1])},
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr is not None
    reading = None
    try:
        async with asyncio.timeout(UNTIL_READY):
            while b"ready" not in (line := await process.stderr.readline()):
                if not line:
                    raise RuntimeError("the bot ended before it was ready")
        reading = asyncio.create_task(_read_away(process.stderr))
        yield
    finally:
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
