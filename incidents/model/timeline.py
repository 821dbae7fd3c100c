"""The append-only record of an incident: numbered without gaps, each entry holding the hash of the one before.

Anybody can recompute the chain, so a record that was tampered with gives itself away.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from incidents.model.facts import Fact
from incidents.model.identity import Person

GENESIS = "0" * 64
"""Stands where the first entry has no hash before it."""


def canonical(fact: Fact) -> str:
    """The one way to write ``fact`` down: JSON with sorted keys, no spaces, ASCII."""
    return json.dumps(fact.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. Times are aware UTC; ``origin`` names the delivery it came from, unique where given."""

    incident: int
    number: int
    happened_at: datetime
    recorded_at: datetime
    by: Person
    fact: Fact
    origin: str | None
    previous: str
    hash: str


def entry_hash(
    incident: int,
    number: int,
    happened_at: datetime,
    recorded_at: datetime,
    by: Person,
    fact: str,
    origin: str | None,
    previous: str,
) -> str:
    """SHA-256, in hex, over all that an entry says; ``fact`` is its canonical text."""
    said = [
        incident,
        number,
        happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
        recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(by),
        fact,
        origin,
        previous,
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


@dataclass(slots=True)
class Head:
    """Where an incident's timeline ends, so that the next entry can be sealed onto it."""

    incident: int
    length: int = 0
    hash: str = GENESIS

    def seal(
        self, fact: Fact, by: Person, happened_at: datetime, recorded_at: datetime, origin: str | None = None
    ) -> Entry:
        """Make the next entry and move the head onto it."""
        number, previous = self.length + 1, self.hash
        self.hash = entry_hash(self.incident, number, happened_at, recorded_at, by, canonical(fact), origin, previous)
        self.length = number
        return Entry(self.incident, number, happened_at, recorded_at, by, fact, origin, previous, self.hash)


class StoredEntry(NamedTuple):
    """An entry just as the database holds it: ``fact`` is its text, unread, so that nothing hides a change."""

    number: int
    happened_at: datetime
    recorded_at: datetime
    by: str
    fact: str
    origin: str | None
    previous: str
    hash: str


def first_broken(head: Head, entries: Iterable[StoredEntry]) -> int | None:
    """The number at which the chain of ``entries`` (in order) breaks, or falls short of ``head``; None if whole."""
    length, last = 0, GENESIS
    for length, entry in enumerate(entries, start=1):
        again = entry_hash(head.incident, length, *entry[1:3], Person(entry.by), entry.fact, entry.origin, last)
        if entry.number != length or entry.previous != last or entry.hash != again:
            return length
        last = again
    return None if (length, last) == (head.length, head.hash) else length + 1
