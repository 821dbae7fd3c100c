"""The log of all that the app asked and was told: Web API calls, answers to response_urls, deliveries."""

import itertools
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.watching import Changes

MAX_CALLS_KEPT = 5000

_numbers = itertools.count(1)


@dataclass
class Call:
    """One line of the log: a Web API call of the app (`direction` api) or a delivery to it (`direction` delivery).

    `at` is in seconds since the epoch, `latency` in seconds (None while unanswered). `kind` is `call`, or of a delivery
    Slack's kind (`events_api` …); `by` is the id of the user who caused it. `trouble` is what befell it, in words, and
    `failure` why its answer never arrived, if it did not.
    """

    at: float
    direction: Literal["api", "delivery"]
    name: str
    arguments: dict[str, Any]
    answer: Any = None
    latency: float | None = None
    kind: str = "call"
    by: str | None = None
    trouble: str | None = None
    failure: str | None = None
    id: int = field(default_factory=_numbers.__next__)

    @property
    def error(self) -> str | None:
        """Why it failed, in Slack's word where there is one; None where it went well, and while it is under way."""
        refused = self.direction == "api" and isinstance(self.answer, dict) and not self.answer.get("ok")
        return self.failure or (str(self.answer.get("error", "not ok")) if refused else None)


class Log:
    """The latest calls and deliveries, the newest last."""

    def __init__(self) -> None:
        self.changes = Changes()
        self._calls: deque[Call] = deque(maxlen=MAX_CALLS_KEPT)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __reversed__(self) -> Iterator[Call]:
        return reversed(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def find(self, id: int) -> Call | None:
        return next((call for call in self._calls if call.id == id), None)

    @contextmanager
    def timed(self, call: Call) -> Iterator[Call]:
        """Have the call in the log, and its latency once the block is left."""
        began = time.perf_counter()
        self._calls.append(call)
        self.changes.tell()
        try:
            yield call
        finally:
            call.latency = time.perf_counter() - began
            self.changes.tell()
