"""One run of the campaign: a storm, calm, and what must be true then."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.channels.catching_up import catch_up
from bot.manifest import MANIFEST
from sandbox.deliveries.transport import Timing
from sandbox.server import running_sandbox
from storage.runner import Patience
from storage.storage import SqlStorage
from tests.bot.command_line import settings_for
from tests.bot.floor import at_work, eventually
from tests.campaign.checks import all_is_well
from tests.campaign.databases import fail_now_and_then, full, gone, locked
from tests.campaign.storm import Storm
from tests.e2e.exactly_once import jobs_done
from tests.e2e.process import Processes, processes
from tests.e2e.workspace import PATIENCE

STORM = 0.4
"""Seconds."""
LONG_STORM = 3.0
"""Seconds; in which bots are killed and started again."""
STARTS_WITHIN = 20.0
"""Seconds until a bot that is started again and again must be at work."""
BETWEEN_STARTS = 0.2
UNTIL_HEARD = 30.0
"""Seconds; more than the last delivery takes that is never acknowledged, with all its retries."""
CALM = timedelta(seconds=10)
"""What is due within this time is waited for."""


async def storm_and_calm(seed: int, address: str) -> int:
    """Gives how many incidents there were, each of which is as it must be. Raises AssertionError."""
    timing = Timing(retries=(0.05, 0.2, 0.5))
    working = partial(at_work, failures=Patience().failures)
    async with running_sandbox(MANIFEST, timing=timing) as sandbox, working(sandbox, address) as floor:
        storm = Storm(sandbox, seed)
        failing = [partial(locked, address), partial(full, floor.storage)]
        await asyncio.gather(storm.rage(STORM), fail_now_and_then(failing, random.Random(seed), STORM))
        storm.calm()
        await eventually(lambda: sandbox.slack.courier.is_idle, UNTIL_HEARD)
        await floor.runner.idle(CALM)
        await catch_up(floor.bot)
        await floor.runner.idle(CALM)
        return await all_is_well(storm, floor.storage)


async def storm_and_kills(seed: int, address: str, folder: Path, copies: int = 1) -> int:
    """The same with so many bots in processes of their own, of which one after the other is killed (SIGKILL)."""
    storage = await SqlStorage.open(address)
    timing = Timing(retries=(0.1, 1.0, 3.0))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(storage.close)
        sandbox = await stack.enter_async_context(running_sandbox(MANIFEST, timing=timing))
        settings = settings_for(sandbox, DATABASE_URL=address)
        logs = [folder / f"{seed}-{copy}.log" for copy in range(copies)]
        bots = [await stack.enter_async_context(processes(log, settings)) for log in logs]
        storm = Storm(sandbox, seed)
        failing = [partial(gone if storage.database.is_postgresql else locked, address)]
        await asyncio.gather(
            storm.rage(LONG_STORM),
            _killing(bots, random.Random(seed), LONG_STORM),
            fail_now_and_then(failing, random.Random(seed), LONG_STORM),
        )
        storm.calm()
        await _restarted(bots[0])
        await jobs_done(storage)
        return await _well_at_last(storm, storage)


async def _killing(bots: Sequence[Processes], chance: random.Random, seconds: float) -> None:
    enough = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < enough:
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        await _restarted(chance.choice(bots))


async def _restarted(bot: Processes) -> None:
    """Where Slack cannot be reached at all, a bot does not start, and whatever looks after it starts it again."""
    await bot.kill()
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            with suppress(AssertionError):
                return await bot.start()
            await asyncio.sleep(BETWEEN_STARTS)


async def _well_at_last(storm: Storm, storage: SqlStorage) -> int:
    """What was said is read back while the bot works already: all is well a little later. Raises AssertionError."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            return await all_is_well(storm, storage)
        except AssertionError:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(0.1)
