"""Committing together what arrives at the same time: each waits until its own is stored, in one transaction for all."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")

AT_ONCE = 500
"""Items a transaction, so that none takes long."""
PAUSE = 0.025
"""Seconds between one transaction and the next, in which what comes is gathered: each costs as much as 25 messages."""


class Gathering(Generic[Item]):
    """Hands what waits to ``commit``, in order; more wait together the busier it is."""

    def __init__(self, commit: Callable[[Sequence[Item]], Awaitable[object]]) -> None:
        self._commit = commit
        self._waiting: list[tuple[Item, Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> None:
        """Return once ``item`` is committed. Raises what ``commit`` raised: it is not stored then."""
        stored: Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, stored))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await stored

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._store(batch)
                await asyncio.sleep(PAUSE)
        finally:
            self._writer = None

    async def _store(self, batch: list[tuple[Item, Future[None]]]) -> None:
        try:
            await self._commit([item for item, _ in batch])
        except BaseException as error:
            for _, stored in batch:
                if not stored.done():
                    stored.set_exception(error if isinstance(error, Exception) else ConnectionError("stopped"))
            if not isinstance(error, Exception):
                raise
        else:
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)
