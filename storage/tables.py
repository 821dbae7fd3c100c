"""The tables, as the migrations leave them.

Incidents are stored as they stand, beside the timeline from which they can be rebuilt.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
)

from storage.columns import Id, Moments, UtcTime

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
"""What incidents can affect, and services that are gone, which old incidents name; the rest is in ``organisation``."""

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
    Column("service", ForeignKey("services.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("impact", Text, nullable=False),
    Index("ix_incident_services_service", "service", "incident"),
)

incident_responders = Table(
    "incident_responders",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("person", Id, primary_key=True),
    Column("response", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    Index("ix_incident_responders_person", "person", "incident"),
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

incident_alerts = Table(
    "incident_alerts",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("alert", ForeignKey("alerts.number"), primary_key=True, unique=True),
    Column("title", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("status", Text, nullable=False),
)
"""An alert belongs to one incident at most."""

incident_subscribers = Table(
    "incident_subscribers",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("subscriber", Id, primary_key=True),
    Column("place", Integer, nullable=False),
)
"""``subscriber`` is a person or a team, as `Target` writes them."""

incident_updates = Table(
    "incident_updates",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)
"""Status updates as drafted, each as JSON."""

snoozes = Table(
    "snoozes",
    metadata,
    Column("incident", ForeignKey("incidents.number"), primary_key=True),
    Column("until", UtcTime, nullable=False),
)
"""Until when nobody is to be reminded that customers wait for an update."""

public_pages = Table(
    "public_pages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("since", UtcTime, nullable=False),
)

public_events = Table(
    "public_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("begins_at", UtcTime),
    Column("ends_at", UtcTime),
)

public_updates = Table(
    "public_updates",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event", ForeignKey("public_events.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("impacts", Text, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("edited_at", UtcTime),
    Column("next_at", UtcTime),
    Index("ix_public_updates_event", "event", "place"),
)
"""What was published: approved text alone, by ids that mean nothing inside. The counter ``public`` goes up with it."""

readers = Table(
    "readers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("page", Id, nullable=False),
    Column("address", Id, nullable=False),
    Column("services", Text, nullable=False),
    Column("token", Id, nullable=False, unique=True),
    Column("made_at", UtcTime, nullable=False),
    Column("asked_at", UtcTime),
    Column("confirmed_at", UtcTime),
    UniqueConstraint("page", "address"),
    sqlite_autoincrement=True,
)
"""Who wants to be told of what a status page says; ``services`` are public ids, as JSON."""

reader_updates = Table(
    "reader_updates",
    metadata,
    Column("reader", ForeignKey("readers.id", ondelete="CASCADE"), primary_key=True),
    Column("update", Id, primary_key=True, quote=True),
    Column("told_at", UtcTime, nullable=False),
)
"""Of which updates each reader was told, so that nobody is told twice."""

posts = Table(
    "posts",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("subject", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("channel", Id, primary_key=True),
    Column("message", Id, nullable=False),
)
"""``subject`` is the number of what the purpose is about; ``part`` tells apart several messages about one."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Integer, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("lane", Id, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("coalesce", Id, quote=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("leased_by", Text),
    Column("leased_until", UtcTime),
    Column("parked_at", UtcTime),
    sqlite_autoincrement=True,
)
"""What is still to do. Waiting: neither leased nor parked. ``reason`` says why it last failed.

``subject`` is the number of what the kind is about: an incident, an alert, a storm, an escalation or a call.
"""

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

organisation = Table(
    "organisation",
    metadata,
    Column("kind", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("document", Text, nullable=False),
)
"""Each team, service, policy, alert source … as JSON; the counter ``organisation`` goes up with each change."""

source_keys = Table(
    "source_keys",
    metadata,
    Column("hash", Id, primary_key=True),
    Column("source", Id, nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime),
)
"""SHA-256, in hex, of the keys of alert sources; the keys themselves are nowhere."""

page_keys = Table(
    "page_keys",
    metadata,
    Column("hash", Id, primary_key=True),
    Column("page", Id, nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime),
)
"""SHA-256, in hex, of the keys of private status pages; the keys themselves are nowhere."""

overrides = Table(
    "overrides",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("schedule", Id, nullable=False),
    Column("person", Id, nullable=False),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("made_by", Id, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("taken_back_by", Id),
    Column("taken_back_at", UtcTime),
    Column("origin", Id),
    Index("ix_overrides_schedule", "schedule", "ends_at"),
    Index("uq_overrides_origin", "origin", unique=True),
    sqlite_autoincrement=True,
)

calendars = Table(
    "calendars",
    metadata,
    Column("schedule", Id, primary_key=True),
    Column("address", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("read_at", UtcTime),
    Column("fault", Text, nullable=False),
    Column("fault_at", UtcTime),
)
"""How reading each schedule's calendar went: when it last succeeded, and what last went wrong."""

calendar_shifts = Table(
    "calendar_shifts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("schedule", Id, nullable=False),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("person", Id),
    Index("ix_calendar_shifts_schedule", "schedule", "ends_at"),
    sqlite_autoincrement=True,
)
"""``who`` is the name in the calendar; ``person`` is whom it stands for, where that could be found out."""

storms = Table(
    "storms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("source", Id, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("alerts", Integer, nullable=False),
    Column("accepted_by", Id),
    Index("ix_storms_source", "source", "last_at"),
)
"""Many alerts of one source within a short time, shown as one thread."""

alerts = Table(
    "alerts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("source", Id, nullable=False),
    Column("key", Id, nullable=False, quote=True),
    Column("status", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("service", Id),
    Column("service_name", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("runbook", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("episode", Text),
    Column("began_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("accepted_by", Id),
    Column("resolved_by", Id),
    Column("resolved_at", UtcTime),
    Column("incident", ForeignKey("incidents.number"), index=True),
    Column("storm", ForeignKey("storms.id")),
    Column("storm_place", Integer),
    Column("length", Integer, nullable=False),
    Index(
        "uq_alerts_open",
        "source",
        "key",
        unique=True,
        sqlite_where=column("resolved_at").is_(None),
        postgresql_where=column("resolved_at").is_(None),
    ),
    Index("ix_alerts_key", "source", "key", "number"),
    Index("ix_alerts_received", "source", "received_at"),
    Index("ix_alerts_storm", "storm", "storm_place"),
)
"""Of a source's alerts with one key, one is open at most. ``length`` is how many entries its log has."""

alert_log = Table(
    "alert_log",
    metadata,
    Column("alert", ForeignKey("alerts.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Id, nullable=False, quote=True),
    Column("event", Text, nullable=False),
    Column("origin", Id, unique=True),
)
"""What happened to each alert, oldest first."""

escalations = Table(
    "escalations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("incident", ForeignKey("incidents.number")),
    Column("alert", ForeignKey("alerts.number")),
    Column("storm", ForeignKey("storms.id")),
    Column("target", Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("begun_by", Id, nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    Column("plan", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("due_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("ended_by", Id),
    Column("origin", Id, unique=True),
    Index(
        "ix_escalations_incident",
        "incident",
        sqlite_where=column("ended_at").is_(None),
        postgresql_where=column("ended_at").is_(None),
    ),
    Index("ix_escalations_alert", "alert", "id"),
    Index("ix_escalations_storm", "storm", "id"),
)
"""Each target of each page, and how far calling it has come; ``plan`` is its steps as they were when it began."""

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("escalation", ForeignKey("escalations.id"), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("person", Id, nullable=False, index=True),
    Column("called_at", UtcTime, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", UtcTime),
)
"""Each time somebody is called, and what they said to it."""

turns = Table(
    "turns",
    metadata,
    Column("name", Id, primary_key=True),
    Column("called", Moments, nullable=False),
    Column("held_until", Double, nullable=False),
    Column("even_until", Double, nullable=False),
)
"""When Slack was asked lately, in seconds since 1970: `storage/turns.py`. On SQLite, one process knows by itself."""
