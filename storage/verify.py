"""Recomputes an incident's chain of hashes from the raw rows, so that a record that was tampered with shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Dialect, Row, select, type_coerce

from incidents.model.facts import fact_adapter
from incidents.model.refusals import NoSuchIncident
from incidents.model.timeline import Head, StoredEntry, first_broken
from storage.columns import UtcTime
from storage.storage import SqlStorage
from storage.tables import incidents, timeline_entries

UNREADABLE = datetime.min.replace(tzinfo=UTC)
"""Stands for a time that is none; no entry was ever made then."""


class _RawTime(UtcTime):
    """A moment as it is stored; SQLite keeps whatever somebody wrote there."""

    cache_ok = True

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        try:
            return super().process_result_value(value, dialect)
        except ValueError:
            return UNREADABLE


async def verify(storage: SqlStorage, number: int) -> int | None:
    """The number of the first entry of incident ``number`` that is changed or missing; None where all is whole.

    Raises NoSuchIncident.
    """
    async with storage.database.reading() as connection:
        return await connection.run_sync(_verify, number)


def _verify(connection: Connection, number: int) -> int | None:
    ends = select(incidents.c.length, incidents.c.hash).where(incidents.c.number == number)
    end = connection.execute(ends).one_or_none()
    if end is None:
        raise NoSuchIncident(number)
    return first_broken(Head(number, end.length, end.hash), _stored(connection, number))


def _stored(connection: Connection, number: int) -> Iterator[StoredEntry]:
    table = timeline_entries.c
    columns = select(
        table.number,
        type_coerce(table.happened_at, _RawTime).label("happened_at"),
        type_coerce(table.recorded_at, _RawTime).label("recorded_at"),
        table.by,
        table.kind,
        table.key,
        table.fact,
        table.origin,
        table.previous,
        table.hash,
    )
    rows = columns.where(table.incident == number).order_by(table.number).execution_options(yield_per=1000)
    for row in connection.execute(rows):
        yield StoredEntry(
            number=row.number,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
            by=str(row.by),
            fact=str(row.fact),
            origin=row.origin and str(row.origin),
            previous=row.previous,
            hash=row.hash if _is_labelled_truly(row) else "",
        )


def _is_labelled_truly(row: Row[Any]) -> bool:
    """Whether ``kind`` and ``key``, which the hash does not cover, say what the fact says."""
    try:
        fact = fact_adapter.validate_json(row.fact)
    except ValidationError:
        return False
    return (row.kind, row.key) == (fact.kind, fact.key)
