"""A running job's place among those at work, which it gives up while it only waits for its turn outside."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self


class LeaseLost(Exception):
    """The job's lease ended while it waited, so that another process may have done it."""


class Place:
    """Held for at most so many ``seconds`` of work; ``changed`` is called when it is given up.

    A job that ``is_lost`` once it has waited does not go on.
    """

    def __init__(self, seconds: float, changed: Callable[[], None], is_lost: Callable[[], bool]) -> None:
        self._changed = changed
        self._is_lost = is_lost
        self._limit = asyncio.timeout(seconds)
        self._left = seconds
        self._waits = 0
        self._over = False

    @property
    def is_given_up(self) -> bool:
        """Whether the job only waits."""
        return self._waits > 0

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        await self._limit.__aexit__(kind, error, trace)

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """In this block the job only waits, and its time stands still; what outlives the job has no place to give.

        Raises LeaseLost.
        """
        if self._over or self._limit.expired():
            yield
            return
        now, until = asyncio.get_running_loop().time, self._limit.when()
        if until is not None:
            self._left = until - now()
            self._limit.reschedule(None)
        self._waits += 1
        self._changed()
        try:
            yield
        finally:
            self._waits -= 1
            if not self._waits and not self._over:
                self._limit.reschedule(now() + self._left)
        if not self._over and self._is_lost():
            raise LeaseLost
