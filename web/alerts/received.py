"""What a tool's module is given, and what it gives back where a payload says something that cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass

from incidents.model.organisation import AlertSource


@dataclass(frozen=True)
class Received:
    """How a payload came: the request's headers (their names in small letters), and the source's settings."""

    headers: Mapping[str, str]
    source: AlertSource


class CannotRead(ValueError):
    """A payload of the right shape that makes no sense; the message says what is expected, in one sentence."""
