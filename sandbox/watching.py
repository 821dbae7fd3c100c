"""Telling whoever watches that something is different now; what it is, they look up themselves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Changes:
    """The changes of one thing, which several may watch."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Event] = set()

    def tell(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    @contextmanager
    def watch(self, watcher: asyncio.Event | None = None) -> Iterator[asyncio.Event]:
        """An event, or the one given, that is set at each change from now on; who has looked clears it."""
        watcher = watcher or asyncio.Event()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)
