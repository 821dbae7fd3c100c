"""What changed and is worth acting on at once, wherever it changed: several processes may share one database."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol


class Topic(StrEnum):
    """What there is news of."""

    JOBS = "jobs"
    """There is something to do."""
    PERSON = "person"
    """Somebody's profile changed on the platform; tells whose, or nothing where it may be anybody's."""


class News(Protocol):
    """A hint, never the only way to know: who could not hear finds what there is by looking now and then."""

    def when(self, topic: Topic, hear: Callable[[str], None]) -> Callable[[], None]:
        """Have ``hear`` called with what each piece of news is about; gives the function that ends this."""

    async def tell(self, topic: Topic, about: str = "") -> None:
        """Tell every process at work, this one included."""
