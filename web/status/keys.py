"""The keys of private pages: which page one opens, asked of the database at most now and then.

A key is looked up by its digest, so that how long that takes tells nothing about any key.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from incidents.public.ports import PublicReader

log = structlog.get_logger()

BELIEVED = 5.0
"""Seconds for which a key that was found is not asked for again; one that is taken back opens nothing after that."""
LONGEST = 200
"""Characters of a key; a longer one is none."""
AT_ONCE = 4
"""How many keys are looked up at a time: whoever guesses takes the database from nobody."""


class KeysUnreadable(Exception):
    """Whether a key opens something cannot be found out now."""


class Keys:
    """What keys open. While the database cannot be asked, those that were right open what they did."""

    def __init__(self, reader: PublicReader, clock: Callable[[], datetime]) -> None:
        self._reader = reader
        self._clock = clock
        self._known: dict[str, tuple[float, str]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def opened_by(self, key: str) -> str | None:
        """The id of the page that ``key`` opens, if any. Raises KeysUnreadable."""
        if not 0 < len(key) <= LONGEST:
            return None
        digest = hashlib.sha256(key.encode()).hexdigest()
        asked_at, page = self._known.get(digest, (0.0, None))
        if page is not None and time.monotonic() - asked_at < BELIEVED:
            return page
        try:
            return await self._asked(digest)
        except Exception as error:
            log.exception("status_page_key_unread")  # without the address, which holds the key
            if page is None:
                raise KeysUnreadable from error
            return page

    async def _asked(self, digest: str) -> str | None:
        async with self._turns:
            page = await self._reader.page_of_key(digest, self._clock())
        if page is None:
            self._known.pop(digest, None)
        else:
            self._known[digest] = (time.monotonic(), page)
        return page
