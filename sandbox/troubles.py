"""Troubles a test asks for: refusals, delays, cut connections, deliveries that come twice or never.

Each is used up after so many times.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class ApiTrouble:
    """What befalls the next `times` calls of `method` ("*" for any).

    Seconds: `delay` before it is done, `hold` from then until it is answered, and `retry_after`.
    """

    method: str
    times: int = 1
    error: str | None = None
    delay: float = 0.0
    hold: float = 0.0
    cut: Literal["before", "after"] | None = None
    retry_after: int = 1


@dataclass
class DeliveryTrouble:
    """The next `times` events come twice ("double") or not at all ("drop")."""

    delivery: Literal["double", "drop"]
    times: int = 1


@dataclass
class Troubles:
    api: list[ApiTrouble] = field(default_factory=list)
    deliveries: list[DeliveryTrouble] = field(default_factory=list)

    def for_call(self, method: str) -> ApiTrouble | None:
        """The trouble that befalls this call, used up once."""
        for trouble in self.api:
            if trouble.times > 0 and trouble.method in {method, "*"}:
                trouble.times -= 1
                return trouble
        return None

    def copies(self) -> int:
        """How many copies of the next event are delivered."""
        for trouble in self.deliveries:
            if trouble.times > 0:
                trouble.times -= 1
                return 2 if trouble.delivery == "double" else 0
        return 1
