"""Keeping and reading who is on call when: overrides, and the shifts that calendars tell of."""

from typing import Protocol


class OnCallUnit(Protocol):
    """In one transaction."""


class OnCallReader(Protocol):
    """Reads, none of which locks."""
