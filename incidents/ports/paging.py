"""Keeping and reading escalations and their calls."""

from typing import Protocol


class PagingUnit(Protocol):
    """In one transaction."""


class PagingReader(Protocol):
    """Reads, none of which locks."""
