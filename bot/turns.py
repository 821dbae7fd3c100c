"""Whose call goes next: the most urgent that the rates let through, and of those the one that waited longest.

A rate is kept as what it says, so many calls in any stretch of so many seconds: that is as fast as it allows. Where
Slack refuses nonetheless, everybody waits as long as it asks, and calls then go at an even pace for a while.
"""

import asyncio
import time
from bisect import insort
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import structlog

from bot.rates import Limit, Rate, Urgency
from incidents.ports import Claim, CommonTurns, giving_way

log = structlog.get_logger()

EVENLY = 60.0
"""Seconds of an even pace after Slack refused: the stretch over which it counts."""
REMEMBERED = 1000
"""Names (as many as channels posted in) after which those are forgotten of which nothing counts any more."""
COMMON_LIMIT = 2.0
"""Seconds for what all processes keep in common to answer."""
ALONE = 10.0
"""Seconds for which a process keeps the rates by itself, once that did not answer."""
NEVER = float("-inf")

Answer = TypeVar("Answer")


class Window:
    """The calls under one name that still count, and until when there are to be none."""

    def __init__(self, rate: Rate | None) -> None:
        self._rate = rate
        self._calls: deque[float] = deque(maxlen=rate.calls if rate else 1)
        self._held_until = NEVER
        self._even_until = NEVER
        self._taken_until: dict[Urgency, float] = {}

    def free_at(self, urgency: Urgency) -> float:
        """When a call so urgent may be made, as things are."""
        times = [self._held_until, self.taken_until(urgency)]
        if self._rate is not None:
            share = self._rate.share(urgency)
            if len(self._calls) >= share:
                times.append(self._calls[-share] + self._rate.seconds)
            if self._calls and self._calls[-1] < self._even_until:
                times.append(self._calls[-1] + self._rate.evenly)
        return max(times)

    def take(self, now: float) -> None:
        """A call is made."""
        self._calls.append(now)

    def give_back(self, at: float) -> None:
        """The call that was to be made ``at`` that time is not."""
        if at in self._calls:
            self._calls.remove(at)

    def hold(self, until: float) -> None:
        """There is to be no call ``until`` then, and for a while after that an even pace."""
        self._held_until = max(self._held_until, until)
        self._even_until = max(self._even_until, until + EVENLY)

    def taken(self, least: Urgency, until: float) -> None:
        """Other processes leave nothing to calls that are no more urgent than ``least``, ``until`` then."""
        self._taken_until[least] = max(self._taken_until.get(least, NEVER), until)

    def taken_until(self, urgency: Urgency) -> float:
        """Until when other processes leave nothing to a call so urgent."""
        return max((until for least, until in self._taken_until.items() if least <= urgency), default=NEVER)

    def is_held(self, now: float) -> bool:
        """Whether Slack asked to wait."""
        return self._held_until > now

    def is_idle(self, now: float) -> bool:
        """Whether nothing of the past matters ``now``."""
        last = self._calls[-1] if self._calls else NEVER
        return max(self._even_until, last + (self._rate.seconds if self._rate else 0)) <= now


@dataclass(order=True)
class Place:
    """A call's place in the line."""

    urgency: Urgency
    number: int
    limits: Sequence[Limit] = field(compare=False)
    called: asyncio.Event = field(compare=False, default_factory=asyncio.Event)
    called_at: float = field(compare=False, default=NEVER)


class Line:
    """Those who wait, the most urgent first, and the windows of what was called."""

    def __init__(self) -> None:
        self._waiting: list[Place] = []
        self._windows: dict[str, Window] = {}
        self._numbers = count()

    def join(self, limits: Sequence[Limit], urgency: Urgency) -> Place:
        """Stand in line for a call that counts against all of ``limits``."""
        place = Place(urgency, next(self._numbers), limits)
        insort(self._waiting, place)
        return place

    def leave(self, place: Place) -> None:
        """Wait no more; whoever was called already is not there any more."""
        if place in self._waiting:
            self._waiting.remove(place)

    def call_up(self, now: float) -> list[Place]:
        """Those whose turn it is ``now``: their calls count from here on."""
        called = []
        for place in list(self._waiting):
            windows = [self._window(limit, now) for limit in place.limits]
            if all(window.free_at(place.urgency) <= now for window in windows):
                self._waiting.remove(place)
                for window in windows:
                    window.take(now)
                place.called_at = now
                called.append(place)
        return called

    def next_at(self, now: float) -> float | None:
        """When it may be somebody's turn; None where nobody waits."""
        return min((self._free_at(place, now) for place in self._waiting), default=None)

    def put_back(self, place: Place, now: float, until: float) -> None:
        """Stand in the same place again, since others took what was free ``until`` then."""
        for limit in place.limits:
            self._window(limit, now).give_back(place.called_at)
        self.taken(place, now, until)
        place.called.clear()
        insort(self._waiting, place)

    def taken(self, place: Place, now: float, until: float) -> None:
        """Others leave nothing to whoever is no more urgent than that, ``until`` then.

        Which of the limits it was is not told; the narrowest waits, since a busy channel must hold up no other.
        """
        self._window(place.limits[-1], now).taken(place.urgency, until)

    def taken_until(self, place: Place, now: float) -> float:
        """Until when others leave nothing to whoever stands there."""
        return max(self._window(limit, now).taken_until(place.urgency) for limit in place.limits)

    def hold(self, limit: Limit, now: float, until: float) -> None:
        """Slack asked that nothing is called under this name ``until`` then."""
        self._window(limit, now).hold(until)

    def is_held(self, limits: Iterable[Limit], now: float) -> bool:
        """Whether Slack asked to wait with such a call."""
        return any(self._window(limit, now).is_held(now) for limit in limits)

    def _free_at(self, place: Place, now: float) -> float:
        return max(self._window(limit, now).free_at(place.urgency) for limit in place.limits)

    def _window(self, limit: Limit, now: float) -> Window:
        window = self._windows.get(limit.name)
        if window is None:
            if len(self._windows) >= REMEMBERED:
                self._windows = {name: each for name, each in self._windows.items() if not each.is_idle(now)}
            window = self._windows[limit.name] = Window(limit.rate)
        return window


class Turns:
    """Calls wait here for their turn; ``common`` counts for all processes, where there are several."""

    def __init__(self, common: CommonTurns | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = Line()
        self._common = common
        self._clock = clock
        self._alone_until = NEVER
        self._asking = asyncio.Lock()
        self._counting: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def are_held(self, limits: Iterable[Limit]) -> bool:
        """Whether Slack asked to wait with such a call."""
        return self._line.is_held(limits, self._clock())

    async def take(self, limits: Sequence[Limit], urgency: Urgency) -> None:
        """Wait for the turn of one call that counts against ``limits``; it is then to be made at once."""
        place = self._line.join(limits, urgency)
        try:
            while True:
                self._call_up()
                if not place.called.is_set():
                    with giving_way():
                        await place.called.wait()
                taken_until = await self._taken_in_common(place)
                now = self._clock()
                if taken_until <= now:
                    return
                self._line.put_back(place, now, taken_until)
        finally:
            self._line.leave(place)

    async def hold(self, limit: Limit, seconds: float) -> None:
        """Slack asked to wait so many ``seconds`` with what counts against ``limit``: everybody does."""
        now = self._clock()
        self._line.hold(limit, now, now + seconds)
        if limit.rate is not None:
            await self._commonly(lambda common: common.hold(limit.name, seconds, EVENLY), None)

    def _call_up(self) -> None:
        now = self._clock()
        for place in self._line.call_up(now):
            place.called.set()
        if self._timer is not None:
            self._timer.cancel()
        at = self._line.next_at(now)
        self._timer = asyncio.get_running_loop().call_later(at - now, self._call_up) if at is not None else None

    async def _taken_in_common(self, place: Place) -> float:
        """Until when other processes leave nothing to whoever was called; that it is long past, where it is their turn.

        One asks after the other, so that what the first hears the others know. A person waits for no database: that
        call is counted beside.
        """
        claims = [claim for limit in place.limits if (claim := limit.claim(place.urgency))]
        if self._common is None or not claims:
            return NEVER
        if place.urgency is Urgency.PERSON:
            counting = asyncio.create_task(self._counted(place, claims))
            self._counting.add(counting)
            counting.add_done_callback(self._counting.discard)
            return NEVER
        async with self._asking:
            now = self._clock()
            known = self._line.taken_until(place, now)
            return known if known > now else await self._taken(claims)

    async def _counted(self, place: Place, claims: Sequence[Claim]) -> None:
        """A call that is under way already is counted; where others had left nothing to it, those after it wait."""
        async with self._asking:
            until = await self._taken(claims)
        self._line.taken(place, self._clock(), until)

    async def _taken(self, claims: Sequence[Claim]) -> float:
        wait = await self._commonly(lambda common: common.take(claims), 0.0)
        return self._clock() + wait if wait else NEVER

    async def _commonly(self, ask: Callable[[CommonTurns], Awaitable[Answer]], otherwise: Answer) -> Answer:
        """What all processes keep in common says; while it can't be asked, each keeps the rates by itself."""
        if self._common is None or self._clock() < self._alone_until:
            return otherwise
        try:
            async with asyncio.timeout(COMMON_LIMIT):
                return await ask(self._common)
        except Exception:
            log.exception("rates_not_kept_in_common", seconds=ALONE)
            self._alone_until = self._clock() + ALONE
            return otherwise
