"""What every face of a status page is made from, and what it is made into: the page, its feeds, its JSON, its badge."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from incidents.public.page import Snapshot


@dataclass(frozen=True)
class Reading:
    """A page at one moment (aware UTC), and its whole address, without a slash at the end."""

    snapshot: Snapshot
    address: str
    now: datetime


@dataclass(frozen=True)
class Rendered:
    """A body of this media type, charset included."""

    media_type: str
    body: bytes


Surface = Callable[[Reading], Rendered]
"""One face of a page: pure, so that it can be made once and given to thousands."""
