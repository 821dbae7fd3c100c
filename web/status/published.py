"""All pages in memory, read anew when something was published: readers, however many, never wait for the database."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import structlog

from incidents.public.page import Snapshot
from incidents.public.ports import PublicReader

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds between two looks at whether something was published by another process."""
TIME_LIMIT = 10.0
"""Seconds after which a read that does not end is given up, to be tried again."""


class Published:
    """The pages as they were when last read well; what cannot be read leaves them as they are."""

    def __init__(self, reader: PublicReader) -> None:
        self._reader = reader
        self._version: int | None = None
        self._pages: Mapping[str, Snapshot] = {}
        self._told = asyncio.Event()
        self._failing = False

    @property
    def is_known(self) -> bool:
        """Whether the pages were ever read."""
        return self._version is not None

    def page(self, id: str) -> Snapshot | None:
        return self._pages.get(id)

    def changed(self) -> None:
        """Look now: something was published in this process."""
        self._told.set()

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Read the pages, and go on reading what changes while the block runs."""
        await self._look()
        looking = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    async def _keep_looking(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._told.wait()
            self._told.clear()
            await self._look()

    async def _look(self) -> None:
        """Whatever goes wrong in reading, what was read before is served until it goes well again."""
        try:
            async with asyncio.timeout(TIME_LIMIT):
                await self._read()
        except Exception:
            if not self._failing:
                log.exception("status_pages_unreadable")
            self._failing = True
        else:
            if self._failing:
                log.info("status_pages_readable")
            self._failing = False

    async def _read(self) -> None:
        version = await self._reader.version()
        if version != self._version:
            self._pages = {snapshot.page.id: snapshot for snapshot in await self._reader.snapshots()}
            self._version = version
