"""The column types both databases share: exact moments, and ids that sort by their bytes.

Hashes are computed over times, so a time must come back to the microsecond, whatever the database makes of it.
"""

from datetime import UTC, datetime

from sqlalchemy import ARRAY, JSON, Dialect, Double, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

Id = Text().with_variant(Text(collation="C"), "postgresql")
"""A text that is compared byte by byte, as SQLite always does."""

Moments = ARRAY(Double).with_variant(JSON(), "sqlite")
"""Several times, in seconds."""


class UtcTime(TypeDecorator[datetime]):
    """An aware moment: ``timestamptz`` on PostgreSQL, ``2026-01-31 12:00:00.000000`` (UTC) on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value
