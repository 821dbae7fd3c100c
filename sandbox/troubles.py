"""Trouble on demand: calls slow, refused or cut off; events twice, late, out of order or never; Slack all down.

Each befalls with its probability, and is used up after so many times or stands until `Troubles.calm`. What befalls is
drawn by a seed, for each method and type of event apart: with the same seed and the same standing troubles the nth call
of a method fares the same in each run, whatever else is called in between.
"""

import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, Field, with_config

from sandbox.watching import Changes

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Probability = Annotated[float, Field(gt=0, le=1)]
Times = Annotated[int, Field(ge=0)] | None
"""How often more; None for ever."""
STRICT = ConfigDict(extra="forbid")
MOST_SEEDS = 1_000_000

_numbers = itertools.count(1)


@with_config(STRICT)
@dataclass
class ApiTrouble:
    """What befalls calls of `method`, which may be a pattern (`chat.*`, `*`): the next `times`, or all (None).

    Seconds: `delay` before it is done, `hold` from then until it is answered, and `retry_after`.
    """

    method: str
    times: Times = 1
    error: str | None = None
    delay: Seconds = 0.0
    hold: Seconds = 0.0
    cut: Literal["before", "after"] | None = None
    retry_after: Annotated[int, Field(ge=1)] = 1
    probability: Probability = 1.0
    id: int = field(init=False, compare=False, default_factory=_numbers.__next__)

    @property
    def effect(self) -> str:
        """In words; empty where nothing happens."""
        parts = [
            f"{self.delay:g} s before it is done" if self.delay else "",
            f"{self.hold:g} s before it is answered" if self.hold else "",
            self.error or "",
            f"cut off {self.cut} its effect" if self.cut else "",
        ]
        return ", ".join(filter(None, parts))

    def concerns(self, name: str) -> bool:
        return fnmatchcase(name, self.method)


@with_config(STRICT)
@dataclass
class DeliveryTrouble:
    """What befalls events of a type (`event`, maybe a pattern): the next `times`, or all (None).

    `double`: sent twice. `drop`: never sent. `delay`: sent after `seconds`. `reorder`: held back until another event
    has gone, `seconds` at most. `cut`: every socket breaks off once it is sent, before it can be acknowledged.
    """

    delivery: Literal["double", "drop", "delay", "reorder", "cut"]
    times: Times = 1
    event: str = "*"
    seconds: Seconds = 1.0
    probability: Probability = 1.0
    id: int = field(init=False, compare=False, default_factory=_numbers.__next__)

    @property
    def effect(self) -> str:
        return {
            "double": "sent twice",
            "drop": "never sent",
            "delay": f"{self.seconds:g} s late",
            "reorder": f"overtaken by the next, within {self.seconds:g} s",
            "cut": "sockets cut before it is acknowledged",
        }[self.delivery]

    def concerns(self, name: str) -> bool:
        return fnmatchcase(name, self.event)


@with_config(STRICT)
@dataclass
class Outage:
    """Slack is down for `outage` seconds from now: every call is cut off or answered 503, and there are no sockets."""

    outage: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    answer: Literal["503", "cut"] = "503"
    began: float = field(init=False, compare=False, default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until it is over; 0 when it is."""
        return max(0.0, self.began + self.outage - time.monotonic())

    @property
    def effect(self) -> str:
        return "Slack is down: HTTP 503" if self.answer == "503" else "Slack is down: connections cut"


Trouble = TypeVar("Trouble", ApiTrouble, DeliveryTrouble)


class Troubles:
    """All that is asked for. `at_outage` is called when Slack goes down."""

    def __init__(self, seed: int | None = None) -> None:
        self.api: list[ApiTrouble] = []
        self.deliveries: list[DeliveryTrouble] = []
        self.changes = Changes()
        self.at_outage: list[Callable[[], None]] = []
        self._outage: Outage | None = None
        self.seed = random.randrange(MOST_SEEDS) if seed is None else seed

    @property
    def seed(self) -> int:
        """What the draws begin from; setting it begins them anew."""
        return self._seed

    @seed.setter
    def seed(self, seed: int) -> None:
        self._seed = seed
        self._dice: dict[str, random.Random] = {}
        self.changes.tell()

    @property
    def outage(self) -> Outage | None:
        """The outage that is on."""
        return self._outage if self._outage and self._outage.left else None

    def ask(self, trouble: ApiTrouble | DeliveryTrouble | Outage) -> None:
        """Have this befall from now on; an outage takes the place of the one before."""
        if isinstance(trouble, ApiTrouble):
            self.api.append(trouble)
        elif isinstance(trouble, DeliveryTrouble):
            self.deliveries.append(trouble)
        else:
            self._outage = trouble
            for cut in self.at_outage:
                cut()
        self.changes.tell()

    def calm(self, id: int | None = None) -> None:
        """No trouble from here on; or no more of the one with this id. What has begun goes on."""
        self.api[:] = [trouble for trouble in self.api if id not in (None, trouble.id)]
        self.deliveries[:] = [trouble for trouble in self.deliveries if id not in (None, trouble.id)]
        if id is None:
            self._outage = None
        self.changes.tell()

    def for_call(self, method: str) -> ApiTrouble | None:
        """The trouble that befalls this call, used up once."""
        return self._befalls(self.api, method)

    def for_event(self, name: str) -> DeliveryTrouble | None:
        """The trouble that befalls the next event, used up once."""
        return self._befalls(self.deliveries, name)

    def _befalls(self, troubles: Sequence[Trouble], name: str) -> Trouble | None:
        """The first, in the order they were asked for, that concerns this and is drawn."""
        for trouble in troubles:
            if trouble.times != 0 and trouble.concerns(name) and self._draw(trouble, name):
                if trouble.times is not None:
                    trouble.times -= 1
                    self.changes.tell()
                return trouble
        return None

    def _draw(self, trouble: ApiTrouble | DeliveryTrouble, name: str) -> bool:
        die = f"{self._seed}/{trouble.effect}/{name}"
        if die not in self._dice:
            self._dice[die] = random.Random(die)
        return self._dice[die].random() < trouble.probability
