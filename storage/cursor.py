"""Where a page ends, as an opaque text that leads to the next one.

It names the last row shown, not a position, so nothing is shown twice or skipped when rows come in between.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any

from incidents.model.refusals import Refusal


class BadCursor(Refusal):
    """A text that leads to no page."""

    def __init__(self) -> None:
        super().__init__("There is no such page. Ask again from the start.")


def write_cursor(*last: int | str) -> str:
    """The cursor after the row with the sort key ``last``."""
    return urlsafe_b64encode(json.dumps(last, separators=(",", ":")).encode()).decode()


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """The sort key in ``cursor``, a value of each of ``kinds``. Raises BadCursor."""
    try:
        last = json.loads(urlsafe_b64decode(cursor.encode()))
    except (Error, ValueError) as error:
        raise BadCursor from error
    if not isinstance(last, list) or [type(value) for value in last] != list(kinds):
        raise BadCursor
    return last
