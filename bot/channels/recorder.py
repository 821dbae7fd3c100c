"""Recording what is heard before it is acknowledged: everything that waits is committed in one transaction."""

import asyncio
from asyncio import Future

from incidents.actions.mirror import Delivery, mirror
from incidents.core import Core

AT_ONCE = 500
"""Deliveries a transaction, so that none takes long."""


class Recorder:
    """Writes deliveries in batches; more wait together the busier it is."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._waiting: list[tuple[Delivery, Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, delivery: Delivery) -> None:
        """Return once ``delivery`` is committed. Raises what the database raised: it is not on record then."""
        recorded: Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, recorded))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await recorded

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._commit(batch)
        finally:
            self._writer = None

    async def _commit(self, batch: list[tuple[Delivery, Future[None]]]) -> None:
        try:
            await mirror(self._core, [delivery for delivery, _ in batch])
        except BaseException as error:
            for _, recorded in batch:
                if not recorded.done():
                    recorded.set_exception(error if isinstance(error, Exception) else ConnectionError("stopped"))
            if not isinstance(error, Exception):
                raise
        else:
            for _, recorded in batch:
                if not recorded.done():
                    recorded.set_result(None)
