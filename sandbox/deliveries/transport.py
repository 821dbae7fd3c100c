"""What the two ways to the app, Socket Mode and HTTP, have in common.

A delivery is sent once and either acknowledged, maybe with an answer, or not.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sandbox.things import Json

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True)
class Timing:
    """Seconds: how long the app may take to acknowledge, and how long after a failure an event comes again.

    docs.slack.dev/apis/events-api ("Error handling") and docs.slack.dev/interactivity/handling-user-interaction.
    """

    acknowledge: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 30 * 60.0
    answers_per_response_url: int = 5


@dataclass(frozen=True)
class Retry:
    """Which further attempt this is (from 1), and why the one before failed."""

    number: int
    reason: str


class UnansweredError(Exception):
    """The app did not acknowledge; `reason` in the words of `x-slack-retry-reason`. It may want no retry."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class NobodyListeningError(UnansweredError):
    """There is no connection and no request URL: what was sent is lost."""

    def __init__(self) -> None:
        super().__init__("nobody_listening")


class Transport(Protocol):
    async def deliver(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Any:
        """Send `payload` and give the body of the acknowledgement (None when empty). Raises UnansweredError."""
