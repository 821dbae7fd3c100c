"""One run of the campaign: a storm, calm, and what must be true then."""

from datetime import timedelta

from bot.channels.catching_up import catch_up
from bot.manifest import MANIFEST
from sandbox.deliveries.transport import Timing
from sandbox.server import running_sandbox
from tests.bot.floor import at_work
from tests.campaign.checks import all_is_well
from tests.campaign.storm import Storm

STORM = 0.6
"""Seconds."""
CALM = timedelta(seconds=10)
"""What is due within this time is waited for."""


async def storm_and_calm(seed: int, address: str) -> int:
    """Gives how many incidents there were, each of which is as it must be. Raises AssertionError."""
    timing = Timing(retries=(0.05, 0.2, 0.5))
    async with running_sandbox(MANIFEST, timing=timing) as sandbox, at_work(sandbox, address) as floor:
        storm = Storm(sandbox, seed)
        await storm.rage(STORM)
        storm.calm()
        await floor.heard()
        await floor.runner.idle(CALM)
        await catch_up(floor.bot)
        await floor.runner.idle(CALM)
        return await all_is_well(storm, floor.storage)
