"""The bot as a process of its own that waits little before it speaks, and says when it is ready."""

import asyncio
import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from bot.logs import start_log
from bot.main import running_bot
from bot.settings import load_settings
from incidents.consequences import Pace

HASTY = Pace(undo=timedelta(seconds=0.3), notice=timedelta(seconds=0.2), topic=timedelta(seconds=0.3))
READY = "ready"


def be_a_bot(line: Connection, log: Path, settings: Mapping[str, str]) -> None:
    """Work until the end of the process, with these settings alone; what it would print goes to ``log``."""
    with log.open("a") as written:
        for descriptor in (1, 2):
            os.dup2(written.fileno(), descriptor)
    os.chdir(log.parent)
    for name in set(os.environ) - {"PATH"}:
        del os.environ[name]
    os.environ.update(settings)
    start_log(logging.INFO)
    asyncio.run(_work(line))


async def _work(line: Connection) -> None:
    async with running_bot(load_settings(), HASTY):
        line.send(READY)
        await asyncio.Event().wait()
