"""What every face of a status page is made from, and what it is made into: the page, its feeds, its JSON, its badge."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from incidents.public.page import Event, Snapshot


@dataclass(frozen=True)
class Reading:
    """A page at one moment (aware UTC), and its whole address, without a slash at the end."""

    snapshot: Snapshot
    address: str
    now: datetime

    def address_of(self, event: Event) -> str:
        """Where all that was said of ``event`` can be read, for as long as the page is there."""
        return f"{self.address}/incidents/{event.id}"


@dataclass(frozen=True)
class Rendered:
    """A body of this media type, charset included."""

    media_type: str
    body: bytes


Surface = Callable[[Reading], Rendered]
"""One face of a page: pure, so that it can be made once and given to thousands."""
