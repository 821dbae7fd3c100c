"""Whether Slack can be reached at all: while it can't, nobody hammers at it, and its return is noticed.

A few calls in a row without an answer raise the suspicion; asking Slack who the bot is confirms it, or does not.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import UTC, datetime

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_exponential_jitter

log = structlog.get_logger()

SUSPICIOUS = 6
"""Attempts in a row without an answer: more than those of one call."""
FIRST_LOOK, LONGEST_LOOK = 1.0, 10.0
"""Seconds between the first looks whether Slack is back, and between the last."""


class Circuit:
    """Open while Slack is away; ``probe`` says whether it answers, ``told`` hears of each change."""

    def __init__(self, probe: Callable[[], Awaitable[bool]], told: Callable[[bool], None]) -> None:
        self._probe = probe
        self._told = told
        self._failures = 0
        self._looking: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._closed.set()
        self.since: datetime | None = None
        """Since when Slack is away; None while it is there."""

    @property
    def is_open(self) -> bool:
        """Whether Slack is away."""
        return not self._closed.is_set()

    async def closed(self) -> None:
        """Wait until Slack is there."""
        await self._closed.wait()

    def answered(self) -> None:
        """Slack answered a call, whatever it said."""
        self._failures = 0

    def failed(self) -> None:
        """An attempt at a call got no answer, or none that makes sense."""
        self._failures += 1
        if self._failures >= SUSPICIOUS and self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="looking for Slack", context=Context())

    def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        try:
            looking = AsyncRetrying(
                retry=retry_if_result(lambda answered: not answered),
                wait=wait_exponential_jitter(multiplier=FIRST_LOOK, max=LONGEST_LOOK, jitter=FIRST_LOOK),
                before_sleep=self._away,
            )
            await looking(self._answers)
            self._back()
        finally:
            self._looking = None

    async def _answers(self) -> bool:
        """Whatever goes wrong with a look, there is another: else it would stay open for ever."""
        try:
            return await self._probe()
        except Exception:
            log.exception("look_for_slack_failed")
            return False

    def _away(self, state: RetryCallState) -> None:
        if self.since is None:
            self.since = datetime.now(UTC)
            self._closed.clear()
            log.error("slack_is_away", hint="Calls wait, people are told. Look at https://slack-status.com.")
            self._told(True)

    def _back(self) -> None:
        self._failures = 0
        if self.since is not None:
            log.warning("slack_is_back", seconds=round((datetime.now(UTC) - self.since).total_seconds(), 1))
            self.since = None
            self._closed.set()
            self._told(False)
