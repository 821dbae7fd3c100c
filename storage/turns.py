"""How often Slack is asked, counted for all processes that share one PostgreSQL.

One row a name holds the times of the last calls, by the database's clock; it is changed in one statement, so that two
processes never take the same turn. The table is not logged: losing it in a crash of the database costs nothing.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.ports import Claim
from storage.database import Database

NOW = "extract(epoch FROM clock_timestamp())::float8"
LAST = "t.called[cardinality(t.called)]"
OLDEST = "t.called[cardinality(t.called) - CAST(:allowed AS integer) + 1]"
"""Of the calls that a claim may use up, the one that counts longest; null where there were fewer."""
SECONDS, EVENLY = "CAST(:seconds AS float8)", "CAST(:evenly AS float8)"

TAKE = text(f"""
    INSERT INTO turns AS t (name, called, held_until, even_until)
    VALUES (:name, ARRAY[{NOW}], 0, 0)
    ON CONFLICT (name) DO UPDATE
        SET called = (t.called || {NOW})[greatest(1, cardinality(t.called) + 2 - CAST(:calls AS integer)):]
        WHERE t.held_until <= {NOW}
        AND coalesce({OLDEST} + {SECONDS}, 0) <= {NOW}
        AND coalesce({LAST} >= t.even_until OR {LAST} + {EVENLY} <= {NOW}, true)
    RETURNING true
""")

UNTIL_FREE = text(f"""
    SELECT greatest(
        t.held_until,
        {OLDEST} + {SECONDS},
        CASE WHEN {LAST} < t.even_until THEN {LAST} + {EVENLY} END
    ) - {NOW}
    FROM turns AS t WHERE t.name = :name
""")

HOLD = text(f"""
    INSERT INTO turns AS t (name, called, held_until, even_until)
    VALUES (:name, '{{}}', {NOW} + {SECONDS}, {NOW} + {SECONDS} + CAST(:even_for AS float8))
    ON CONFLICT (name) DO UPDATE SET
        held_until = greatest(t.held_until, excluded.held_until),
        even_until = greatest(t.even_until, excluded.even_until)
""")

FORGET = text(f"DELETE FROM turns AS t WHERE coalesce({LAST}, 0) < {NOW} - 3600 AND t.even_until < {NOW}")

AT_LEAST = 0.005
"""Seconds to wait where another process was quicker, and the turn it took is over by now."""


class _Taken(Exception):
    """One of the claims must wait so many ``seconds``, so none is counted."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class SqlTurns:
    """`incidents.ports.CommonTurns` on PostgreSQL, by connections of its own: what is slow elsewhere is not so here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, claims: Sequence[Claim]) -> float:
        """Count all of ``claims`` and give 0; or none of them, and give the seconds after which to try again."""
        try:
            async with self._database.writing() as connection:
                for claim in sorted(claims, key=lambda claim: claim.name):  # in the same order everywhere
                    await _take(connection, claim)
        except _Taken as taken:
            return max(taken.seconds, AT_LEAST)
        return 0.0

    async def hold(self, name: str, seconds: float, even_for: float) -> None:
        """Nobody asks ``name`` for so many ``seconds``; and ``even_for`` seconds more only at an even pace."""
        await self._do(HOLD, name=name, seconds=seconds, even_for=even_for)

    async def forget(self) -> None:
        """Forget what has not been called for an hour, as channels of old."""
        await self._do(FORGET)

    async def close(self) -> None:
        await self._database.close()

    async def _do(self, statement: TextClause, **values: Any) -> None:
        async with self._database.writing() as connection:
            await connection.execute(statement, values)


async def _take(connection: AsyncConnection, claim: Claim) -> None:
    """Raises _Taken."""
    limits = {"name": claim.name, "allowed": claim.allowed, "seconds": claim.seconds, "evenly": claim.evenly}
    if (await connection.execute(TAKE, {**limits, "calls": claim.calls})).first() is None:
        until_free: float | None = (await connection.execute(UNTIL_FREE, limits)).scalar_one()
        raise _Taken(until_free or 0.0)
