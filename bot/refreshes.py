"""What is shown somewhere is made true again by one call at a time, and by the latest that is known when it goes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

Draw = Callable[[], Awaitable[Mapping[str, Any]]]
"""Gives the arguments of a call, when its turn has come."""


class Refreshes:
    """Those under way, by the name of what they make true."""

    def __init__(self) -> None:
        self._undrawn: dict[str, asyncio.Future[bool]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def show(self, what: str, draw: Draw, call: Callable[[Draw], Awaitable[object]]) -> None:
        """Have ``call`` show ``what`` as ``draw`` finds it. Raises what they raise.

        Where another call waits that is not drawn yet, that one will do; one that is drawn is waited for.
        """
        while (other := self._undrawn.get(what)) is not None:
            if await asyncio.shield(other):
                return
        mine = self._undrawn[what] = asyncio.get_running_loop().create_future()

        def no_more() -> None:
            if self._undrawn.get(what) is mine:
                del self._undrawn[what]

        async def drawn() -> Mapping[str, Any]:
            no_more()
            return await draw()

        lock = self._locks.setdefault(what, asyncio.Lock())
        shown = False
        try:
            async with lock:
                await call(drawn)
            shown = True
        finally:
            no_more()
            mine.set_result(shown)
