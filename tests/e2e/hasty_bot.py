"""The bot as a process of its own that waits little before it speaks, and says on its standard output when it is ready.

It loads its code and then waits for a line on standard input, so that the next one stands by while this one works.
"""

import asyncio
import logging
from datetime import timedelta

from bot.logs import start_log
from bot.main import running_bot
from bot.settings import load_settings
from incidents.consequences import Pace

HASTY = Pace(undo=timedelta(seconds=0.3), notice=timedelta(seconds=0.2), topic=timedelta(seconds=0.3))


async def work() -> None:
    async with running_bot(load_settings(), HASTY):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    start_log(logging.INFO)
    input()
    asyncio.run(work())
