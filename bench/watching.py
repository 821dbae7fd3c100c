"""Waiting for what is to be seen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")
BETWEEN = 0.005
"""Seconds from one look to the next."""


async def until(look: Callable[[], Awaitable[Seen | None]], patience: float) -> Seen:
    """What ``look`` sees, once it sees something true. Raises TimeoutError after ``patience`` seconds."""
    async with asyncio.timeout(patience):
        while True:
            seen = await look()
            if seen:
                return seen
            await asyncio.sleep(BETWEEN)
