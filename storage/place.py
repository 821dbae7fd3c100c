"""A running job's place among those at work, which it gives up while it only waits for its turn outside."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self


class Place:
    """Held for at most so many ``seconds`` of work; ``changed`` is called when it is given up."""

    def __init__(self, seconds: float, changed: Callable[[], None]) -> None:
        self._changed = changed
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
        """In this block the job only waits, and its time stands still; what outlives the job has no place to give."""
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
