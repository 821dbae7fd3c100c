"""How often something outside may be asked, kept in common by all processes that ask it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Claim:
    """A wish to ask once, counted under ``name``: at most ``calls`` in any stretch of ``seconds``.

    While ``allowed`` of them, which may be fewer, are used up, this one waits. Where it was asked too often, at least
    ``evenly`` seconds lie between one and the next.
    """

    name: str
    allowed: int
    calls: int
    seconds: float
    evenly: float


class CommonTurns(Protocol):
    """Keeps count for several processes."""

    async def take(self, claims: Sequence[Claim]) -> float:
        """Count all of ``claims`` and give 0; or none of them, and give the seconds after which to try again."""

    async def hold(self, name: str, seconds: float, even_for: float) -> None:
        """Nobody asks ``name`` for so many ``seconds``; and ``even_for`` seconds more only at an even pace."""
