"""The bot at work in the sandbox, for tests of what it does there by itself."""

from collections.abc import AsyncIterator

import pytest

from bot.manifest import MANIFEST
from sandbox.deliveries.transport import Timing
from sandbox.server import Sandbox, running_sandbox
from tests.bot.floor import Floor, at_work


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The sandbox, which delivers again at once what was not acknowledged."""
    async with running_sandbox(MANIFEST, timing=Timing(acknowledge=1.0, retries=(0.05, 0.2, 0.5))) as running:
        yield running


@pytest.fixture
async def floor(sandbox: Sandbox, sqlite_address: str) -> AsyncIterator[Floor]:
    async with at_work(sandbox, sqlite_address) as floor:
        yield floor
