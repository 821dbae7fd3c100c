"""The timeline's chain: whole as recorded, and telling where it was tampered with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.timeline import GENESIS, Entry, Head, StoredEntry, canonical, first_broken

ANA = Person.of("slack", "UANA")
AT = datetime(2026, 3, 1, 3, 12, 0, 123456, tzinfo=UTC)


def chain(length: int) -> tuple[Head, list[StoredEntry]]:
    head = Head(12)
    entries = [
        head.seal(facts.Comment(text=f"note {n}"), ANA, AT + timedelta(seconds=n), AT, f"o{n}") for n in range(length)
    ]
    return head, [stored(entry) for entry in entries]


def stored(entry: Entry) -> StoredEntry:
    return StoredEntry(
        entry.number,
        entry.happened_at,
        entry.recorded_at,
        str(entry.by),
        canonical(entry.fact),
        entry.origin,
        entry.previous,
        entry.hash,
    )


def test_entries_are_numbered_without_gaps_and_chained() -> None:
    head, entries = chain(3)
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[0].previous == GENESIS
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert (head.length, head.hash) == (3, entries[-1].hash)
    assert first_broken(head, entries) is None


def test_every_field_of_an_entry_is_held_by_its_hash() -> None:
    head, entries = chain(3)
    changes = {
        "number": 9,
        "happened_at": AT - timedelta(microseconds=1),
        "recorded_at": AT + timedelta(microseconds=1),
        "by": "slack:UBEN",
        "fact": canonical(facts.Comment(text="something else")),
        "origin": None,
        "previous": "f" * 64,
        "hash": "f" * 64,
    }
    assert set(changes) == set(StoredEntry._fields)
    for field, value in changes.items():
        tampered = [entries[0], entries[1]._replace(**{field: value}), entries[2]]
        assert first_broken(head, tampered) == 2, field


def test_missing_swapped_and_added_entries_are_found() -> None:
    head, entries = chain(4)
    assert first_broken(head, entries[:3]) == 4
    assert first_broken(head, [entries[0], *entries[2:]]) == 2
    assert first_broken(head, [entries[0], entries[2], entries[1], entries[3]]) == 2
    assert first_broken(replace(head, length=3, hash=entries[2].hash), entries) is not None
    assert first_broken(Head(12), []) is None
