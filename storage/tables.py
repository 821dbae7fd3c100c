"""The tables, as the migrations leave them.

Incidents are stored as they stand, beside the timeline from which they can be rebuilt.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    column,
)

from storage.columns import Id, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the column is an INTEGER."""

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)
"""The last number given out; a row, not a sequence, because a rollback must leave no gap."""

services = Table(
    "services",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("declared_by", Id, nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    Column("resolved_at", UtcTime),
    Column("commander", Id),
    Column("channel", Id, unique=True),
    Column("channel_name", Text),
    Column("channel_archived", Boolean, nullable=False),
    Column("length", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Index(
        "ix_incidents_open",
        "severity",
        "number",
        sqlite_where=column("resolved_at").is_(None),
        postgresql_where=column("resolved_at").is_(None),
    ),
)
"""``folded`` is what a search looks in: title and summary, case folded. ``length`` and ``hash`` end the timeline."""

incident_services = Table(
    "incident_services",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("service", ForeignKey("services.id"), primary_key=True, index=True),
    Column("name", Text, nullable=False),
    Column("impact", Text, nullable=False),
)

incident_responders = Table(
    "incident_responders",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("person", Id, primary_key=True, index=True),
    Column("response", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
)

timeline_entries = Table(
    "timeline_entries",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("happened_at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("by", Id, nullable=False, quote=True),
    Column("kind", Text, nullable=False),
    Column("key", Boolean, nullable=False, quote=True),
    Column("fact", Text, nullable=False),
    Column("origin", Id, unique=True),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_timeline_entries_happened", "incident", "happened_at", "number"),
    Index(
        "ix_timeline_entries_key",
        "incident",
        "happened_at",
        "number",
        sqlite_where=column("key"),
        postgresql_where=column("key"),
    ),
)
"""Append-only: triggers refuse any change."""

posts = Table(
    "posts",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("channel", Id, primary_key=True),
    Column("message", Id, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("incident", ForeignKey("incidents.number"), nullable=False),
    Column("lane", Id, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("first_entry", Integer, nullable=False),
    Column("last_entry", Integer, nullable=False),
    Column("coalesce", Id, quote=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("leased_by", Text),
    Column("leased_until", UtcTime),
    Column("parked_at", UtcTime),
    sqlite_autoincrement=True,
)
"""What is still to do. Waiting: neither leased nor parked. ``reason`` says why it last failed."""

waiting = jobs.c.leased_by.is_(None) & jobs.c.parked_at.is_(None)

Index(
    "ix_jobs_lane",
    jobs.c.lane,
    jobs.c.id,
    sqlite_where=jobs.c.parked_at.is_(None),
    postgresql_where=jobs.c.parked_at.is_(None),
)
Index(
    "ix_jobs_due", jobs.c.due_at, sqlite_where=jobs.c.parked_at.is_(None), postgresql_where=jobs.c.parked_at.is_(None)
)
Index("uq_jobs_waiting", jobs.c.coalesce, unique=True, sqlite_where=waiting, postgresql_where=waiting)
Index(
    "uq_jobs_running",
    jobs.c.lane,
    unique=True,
    sqlite_where=jobs.c.leased_by.is_not(None),
    postgresql_where=jobs.c.leased_by.is_not(None),
)
