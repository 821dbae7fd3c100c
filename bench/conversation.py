"""People write in some channels of the sandbox, which is in this process; all is timed until it is acknowledged.

What an incident's channel hears is acknowledged once it is committed. At an even rate, a message is timed from when it
was due, not from when it was written, so that waiting counts too.
"""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox import messages
from sandbox.log import Call, Log
from sandbox.messages import Draft
from sandbox.server import Sandbox
from sandbox.things import Channel

TEXT = "p99 of checkout is at 4.2 s, up from 300 ms; the pool of connections is used up again, see <https://graphs.example>"
TOGETHER = 200
"""Messages on their way at once to each process that listens, when it goes as fast as it can."""
PATIENCE = 30.0
"""Seconds for the last messages to be acknowledged."""


@dataclass
class Heard(Log):
    """The log of calls, which also knows how long each message was on its way, and what people waited for."""

    due: dict[str, float] = field(default_factory=dict)
    """By message: when it was to be written, in seconds since the epoch."""
    taken: list[float] = field(default_factory=list)
    waited: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds until commands, presses and submissions were acknowledged, by Slack's names for them."""
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TOGETHER))
    """How many more messages may be on their way."""
    all_heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        super().__init__()

    @contextmanager
    def timed(self, call: Call) -> Iterator[Call]:
        with super().timed(call):
            yield call
        if call.direction == "delivery" and call.kind != "events_api" and call.latency is not None:
            self.waited[call.name].append(call.latency)
        due = self.due.pop(call.arguments["event"]["ts"], None) if call.name == "message" else None
        if due is not None:
            self.taken.append(time.time() - due)
            self.free.release()
            if not self.due:
                self.all_heard.set()


class Conversation:
    """What people say in ``channels``, one after the other, to so many processes that ``listen``."""

    def __init__(self, sandbox: Sandbox, channels: Sequence[Channel], author: str, listen: int = 1) -> None:
        self._workspace = sandbox.workspace
        self._channels = channels
        self._author = self._workspace.users[author]
        self._listen = listen
        self._said = 0

    @property
    def said(self) -> int:
        """Messages so far."""
        return self._said

    async def as_fast_as_heard(self, seconds: float) -> float:
        """Write for so many ``seconds``; gives how many messages a second were acknowledged."""
        with self._listening() as heard:
            began = time.perf_counter()
            while time.perf_counter() < began + seconds:
                await heard.free.acquire()
                self._write(heard, time.time())
            rate = len(heard.taken) / (time.perf_counter() - began)
            await _last(heard)
        return rate

    async def until_said(self, messages: int) -> None:
        """Write until so many ``messages`` have been said, as fast as they are acknowledged."""
        with self._listening() as heard:
            while self._said < messages:
                await heard.free.acquire()
                self._write(heard, time.time())
            await _last(heard)

    async def evenly(self, rate: float, seconds: float) -> Heard:
        """Write ``rate`` messages a second; gives how long each took, and what else was waited for meanwhile."""
        with self._listening() as heard:
            began = time.time()
            for number in range(int(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.time()))
                self._write(heard, due)
            await _last(heard)
        return heard

    @contextmanager
    def _listening(self) -> Iterator[Heard]:
        """All that is said stays in the sandbox's memory: the garbage collector would go through it again and again."""
        self._workspace.calls = heard = Heard(free=asyncio.Semaphore(TOGETHER * self._listen))
        gc.disable()
        try:
            yield heard
        finally:
            gc.enable()

    def _write(self, heard: Heard, due: float) -> None:
        channel = self._channels[self._said % len(self._channels)]
        self._said += 1
        message = messages.post(self._workspace, channel, self._author, Draft(f"{TEXT} ({self._said})"))
        heard.due[message.ts] = due
        heard.all_heard.clear()


async def _last(heard: Heard) -> None:
    async with asyncio.timeout(PATIENCE):
        await heard.all_heard.wait()
