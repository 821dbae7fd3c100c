"""Long lists of values in pieces that one statement can name."""

from collections.abc import Iterable, Iterator
from itertools import islice

CHUNK = 500
"""How many values one statement names at most, well below either database's limit."""


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """``values`` in their order, at most `CHUNK` at a time."""
    remaining = iter(values)
    while some := list(islice(remaining, CHUNK)):
        yield some
