"""Giving out numbers: one row a counter, so that nobody else gets the same."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import counters


async def take_numbers(connection: AsyncConnection, counter: str, many: int) -> range:
    """The next ``many`` numbers of ``counter``; whoever asks at the same time waits until the transaction ends."""
    counted = update(counters).where(counters.c.name == counter).values(value=counters.c.value + many)
    last: int = (await connection.execute(counted.returning(counters.c.value))).scalar_one()
    return range(last - many + 1, last + 1)
