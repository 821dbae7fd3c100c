"""Whether the bot can do its work now, and if not, what is missing: the database, Slack, or time for the jobs."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.metrics import Metrics

log = structlog.get_logger()

LONGEST_LAG = timedelta(minutes=2)
"""A job that could have run so long ago is a fault: somebody waits to be called."""
LONGEST_LOOK = 2.0
"""Seconds until a database that does not answer counts as away."""

PARTS = ("process", "database", "slack", "slack_api", "jobs")


class Backlog(Protocol):
    """How far the work is behind: how long the oldest job could have run, and how many were given up."""

    @property
    def lag(self) -> timedelta: ...

    @property
    def parked(self) -> int: ...


@dataclass(frozen=True)
class Parts:
    """How a bot at work is looked at."""

    backlog: Callable[[], Awaitable[Backlog]]
    """Reads the queue of jobs, which takes a database that answers."""
    connected: Callable[[], Awaitable[bool]]
    """Whether Slack can reach the bot."""
    away_since: Callable[[], datetime | None]
    """Since when the bot can't reach Slack, where it can't."""


class Readiness:
    """Looks each time it is asked, and has `Metrics` know what it saw."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._parts: Parts | None = None
        self._stage = "It is starting."
        self._away = False

    def begin(self, parts: Parts) -> None:
        """From now on the bot is at work."""
        self._parts, self._stage = parts, ""

    def end(self) -> None:
        """From now on it takes nothing more."""
        self._stage = "It is stopping."

    async def look(self) -> dict[str, str]:
        """The faults, by the part that has them, each a sentence; none where all is well."""
        faults = {"process": self._stage} if self._stage else {}
        if self._parts is not None:
            faults |= await self._jobs(self._parts) | await self._slack(self._parts) | self._slack_api(self._parts)
        looked_at = PARTS if self._parts is not None else ("process",)
        self._metrics.readiness({part: part not in faults for part in looked_at})
        return faults

    async def _jobs(self, parts: Parts) -> dict[str, str]:
        try:
            async with asyncio.timeout(LONGEST_LOOK):
                backlog = await parts.backlog()
        except Exception as error:
            if not self._away:
                log.exception("database_unreadable")
            self._away = True
            self._metrics.backlog(math.nan, math.nan)
            return {"database": f"The database cannot be read ({type(error).__name__})."}
        self._away = False
        self._metrics.backlog(backlog.lag.total_seconds(), backlog.parked)
        if backlog.lag > LONGEST_LAG:
            return {"jobs": f"A job could have run {backlog.lag.total_seconds():.0f} seconds ago, and did not."}
        return {}

    async def _slack(self, parts: Parts) -> dict[str, str]:
        return {} if await parts.connected() else {"slack": "Socket Mode is not connected."}

    def _slack_api(self, parts: Parts) -> dict[str, str]:
        since = parts.away_since()
        return {} if since is None else {"slack_api": f"Slack answers no calls since {since:%H:%M:%S} UTC; they wait."}
