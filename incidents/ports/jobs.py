"""Work to do outside, as it is handed to whoever does it, and what that may answer."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from incidents.consequences import JobKind


@dataclass(frozen=True)
class Job:
    """Work to do outside, as handed to the handler of its kind. Its fields are those of `NewJob`."""

    id: int
    kind: JobKind
    subject: int
    first: int
    last: int
    attempt: int
    """1 the first time; above that, an earlier attempt may have had its effect."""
    about: str
    """What the subject is called in logs: the first part of the lane, as ``INC-12`` or ``alert-7``."""
    detail: str = ""


@dataclass(frozen=True)
class ParkedJob:
    """A job that was given up, and why."""

    job: Job
    lane: str
    parked_at: datetime
    reason: str


class ParkedJobs(Protocol):
    """What was given up, until somebody mends what its reason says."""

    async def parked(self, limit: int = 100) -> list[ParkedJob]:
        """The jobs that were given up, the latest first."""

    async def retry(self, id: int, now: datetime) -> bool:
        """Put a parked job at the end of its lane, due now. False where it is not parked."""


class CannotSucceed(Exception):
    """Raised by a job's handler: trying again is of no use until somebody mends what the reason says."""


class TryLater(Exception):
    """Raised by a job's handler: not done, try again after ``seconds``."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


JobHandler = Callable[[Job], Awaitable[None]]

way: ContextVar[Callable[[], AbstractContextManager[None]] | None] = ContextVar("way", default=None)
"""How the job that runs here gives way; set by whoever runs jobs."""


@contextmanager
def giving_way() -> Iterator[None]:
    """In this block a job only waits for its turn: its time stands still, and others run meanwhile.

    Outside of jobs this does nothing.
    """
    give = way.get()
    if give is None:
        yield
        return
    with give():
        yield
