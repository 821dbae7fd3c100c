"""Holding a name: whoever asks for it too waits until the transaction that holds it ends."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def hold(connection: AsyncConnection, name: str) -> None:
    """Hold ``name`` on PostgreSQL; SQLite has one writer anyhow.

    So the answer "there is none" stays true until what was asked for has been stored.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(name, 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))
