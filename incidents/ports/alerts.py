"""Keeping and reading alerts and storms of them."""

from typing import Protocol


class AlertUnit(Protocol):
    """In one transaction."""


class AlertReader(Protocol):
    """Reads, none of which locks."""
