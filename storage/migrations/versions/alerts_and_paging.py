"""Alerts, paging, who is on call, and the organisation; jobs and posts may be about more than incidents."""

import json
import re

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcTime

revision = "alerts_and_paging"
down_revision = "first_incident"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

COUNTERS = ("organisation", "alert", "storm", "escalation", "call")


def upgrade() -> None:
    counters = sa.table("counters", sa.column("name", sa.Text), sa.column("value", sa.Integer))
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])
    _subjects()
    _organisation()
    _on_call()
    _alerts()
    _paging()


def downgrade() -> None:
    for table in (
        "calls",
        "escalations",
        "incident_subscribers",
        "incident_alerts",
        "alert_log",
        "alerts",
        "storms",
        "calendar_shifts",
        "calendars",
        "overrides",
        "source_keys",
        "organisation",
    ):
        op.drop_table(table)
    _incidents_only()
    names = ", ".join(f"'{name}'" for name in COUNTERS)
    op.execute(f"DELETE FROM counters WHERE name IN ({names})")


def _subjects() -> None:
    """``incident`` of posts and jobs becomes ``subject``, the number of whatever they are about."""
    op.rename_table("posts", "old_posts")
    _posts("subject", part=True)
    op.execute(
        "INSERT INTO posts (purpose, subject, part, channel, message) "
        "SELECT purpose, incident, 0, channel, message FROM old_posts"
    )
    op.drop_table("old_posts")
    if _on_postgresql():
        op.drop_constraint("fk_jobs_incident", "jobs")
        op.alter_column("jobs", "incident", new_column_name="subject")
        op.alter_column("jobs", "first_entry", new_column_name="first")
        op.alter_column("jobs", "last_entry", new_column_name="last")
        op.add_column("jobs", sa.Column("detail", sa.Text, nullable=False, server_default=""))
    else:
        _sqlite_jobs(
            [
                sa.Column("subject", sa.Integer, nullable=False),
                sa.Column("detail", sa.Text, nullable=False, server_default=""),
                sa.Column("first", sa.Integer, nullable=False),
                sa.Column("last", sa.Integer, nullable=False),
            ],
            "incident, '', first_entry, last_entry",
        )


def _incidents_only() -> None:
    """What is about anything but an incident cannot be kept in the tables of before."""
    kept = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in INCIDENT_JOBS))
    op.execute(f"DELETE FROM jobs WHERE NOT ({kept})")
    op.rename_table("posts", "new_posts")
    _posts("incident", part=False)
    op.execute(
        "INSERT INTO posts (purpose, incident, channel, message) "
        "SELECT purpose, subject, channel, message FROM new_posts WHERE purpose IN ('card', 'announcement')"
    )
    op.drop_table("new_posts")
    if _on_postgresql():
        op.drop_column("jobs", "detail")
        op.alter_column("jobs", "subject", new_column_name="incident")
        op.alter_column("jobs", "first", new_column_name="first_entry")
        op.alter_column("jobs", "last", new_column_name="last_entry")
        op.create_foreign_key("fk_jobs_incident", "jobs", "incidents", ["incident"], ["number"])
    else:
        _sqlite_jobs(
            [
                sa.Column("incident", sa.Integer, sa.ForeignKey("incidents.number", name="fk_jobs_incident")),
                sa.Column("first_entry", sa.Integer, nullable=False),
                sa.Column("last_entry", sa.Integer, nullable=False),
            ],
            "subject, first, last",
        )


def _posts(subject: str, part: bool) -> None:
    if _on_postgresql():
        op.execute("ALTER INDEX pk_posts RENAME TO pk_posts_of_before")
    about = [sa.Column(subject, sa.Integer, nullable=False)]
    key = ["purpose", subject, "channel"]
    if part:
        about.append(sa.Column("part", sa.Integer, nullable=False))
        key.insert(2, "part")
        owner: list[sa.ForeignKeyConstraint] = []
    else:
        owner = [sa.ForeignKeyConstraint([subject], ["incidents.number"], name="fk_posts_incident")]
    op.create_table(
        "posts",
        sa.Column("purpose", sa.Text, nullable=False),
        *about,
        sa.Column("channel", Id, nullable=False),
        sa.Column("message", Id, nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_posts"),
        *owner,
    )


def _sqlite_jobs(about: list[sa.Column[int] | sa.Column[str]], copied: str) -> None:
    """SQLite cannot drop a foreign key, so the table is made anew and its rows are copied."""
    indexes = {
        "ix_jobs_lane": (["lane", "id"], "parked_at IS NULL"),
        "ix_jobs_due": (["due_at"], "parked_at IS NULL"),
        "uq_jobs_waiting": (["coalesce"], "leased_by IS NULL AND parked_at IS NULL"),
        "uq_jobs_running": (["lane"], "leased_by IS NOT NULL"),
    }
    for name in indexes:
        op.drop_index(name, "jobs")
    op.rename_table("jobs", "old_jobs")
    op.create_table(
        "jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        *about,
        sa.Column("lane", Id, nullable=False),
        sa.Column("due_at", UtcTime, nullable=False),
        sa.Column("coalesce", Id, quote=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reason", sa.Text),
        sa.Column("leased_by", sa.Text),
        sa.Column("leased_until", UtcTime),
        sa.Column("parked_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sqlite_autoincrement=True,
    )
    same = 'id, kind, lane, due_at, "coalesce", attempts, failures, reason, leased_by, leased_until, parked_at'
    into = ", ".join(column.name for column in about)
    op.execute(f"INSERT INTO jobs ({same}, {into}) SELECT {same}, {copied} FROM old_jobs")
    op.drop_table("old_jobs")
    for name, (columns, where) in indexes.items():
        _partial_index(name, "jobs", columns, where, unique=name.startswith("uq_"))


INCIDENT_JOBS = (
    "open_channel",
    "greet",
    "invite",
    "show_card",
    "pin_card",
    "bookmark_card",
    "set_topic",
    "announce",
    "notice",
    "post_comment",
    "say_farewell",
)


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("kind", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_organisation"),
    )
    _known_services()
    op.create_table(
        "source_keys",
        sa.Column("hash", Id, nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime),
        sa.PrimaryKeyConstraint("hash", name="pk_source_keys"),
    )
    op.create_index("ix_source_keys_source", "source_keys", ["source"])


def _known_services() -> None:
    """What was a service is one of the organisation's."""
    services = sa.table("services", sa.column("id"), sa.column("name"))
    part = sa.table("organisation", sa.column("kind"), sa.column("id"), sa.column("document"))
    rows = [
        {"kind": "service", "id": row.id, "document": json.dumps({"name": row.name})}
        for row in op.get_bind().execute(sa.select(services))
        if re.fullmatch(r"[^\W_][\w-]{0,74}", row.id)
    ]
    op.bulk_insert(part, rows)


def _on_call() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", BigId, nullable=False),
        sa.Column("schedule", Id, nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("begins_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime, nullable=False),
        sa.Column("made_by", Id, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("taken_back_by", Id),
        sa.Column("taken_back_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_overrides"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_overrides_schedule", "overrides", ["schedule", "ends_at"])
    op.create_table(
        "calendars",
        sa.Column("schedule", Id, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("read_at", UtcTime),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("fault_at", UtcTime),
        sa.PrimaryKeyConstraint("schedule", name="pk_calendars"),
    )
    op.create_table(
        "calendar_shifts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("schedule", Id, nullable=False),
        sa.Column("begins_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("person", Id),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_shifts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calendar_shifts_schedule", "calendar_shifts", ["schedule", "ends_at"])


def _alerts() -> None:
    op.create_table(
        "storms",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("began_at", UtcTime, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("alerts", sa.Integer, nullable=False),
        sa.Column("accepted_by", Id),
        sa.PrimaryKeyConstraint("id", name="pk_storms"),
    )
    op.create_index("ix_storms_source", "storms", ["source", "last_at"])
    op.create_table(
        "alerts",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("key", Id, nullable=False, quote=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("service", Id),
        sa.Column("service_name", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("runbook", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("episode", sa.Text),
        sa.Column("began_at", UtcTime, nullable=False),
        sa.Column("received_at", UtcTime, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("accepted_by", Id),
        sa.Column("resolved_by", Id),
        sa.Column("resolved_at", UtcTime),
        sa.Column("incident", sa.Integer),
        sa.Column("storm", sa.Integer),
        sa.Column("storm_place", sa.Integer),
        sa.Column("length", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_alerts"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_alerts_incident"),
        sa.ForeignKeyConstraint(["storm"], ["storms.id"], name="fk_alerts_storm"),
    )
    _partial_index("uq_alerts_open", "alerts", ["source", "key"], "resolved_at IS NULL", unique=True)
    op.create_index("ix_alerts_key", "alerts", ["source", "key", "number"])
    op.create_index("ix_alerts_received", "alerts", ["source", "received_at"])
    op.create_index("ix_alerts_storm", "alerts", ["storm", "storm_place"])
    op.create_index("ix_alerts_incident", "alerts", ["incident"])
    op.create_table(
        "alert_log",
        sa.Column("alert", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("by", Id, nullable=False, quote=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("origin", Id),
        sa.PrimaryKeyConstraint("alert", "number", name="pk_alert_log"),
        sa.UniqueConstraint("origin", name="uq_alert_log_origin"),
        sa.ForeignKeyConstraint(["alert"], ["alerts.number"], name="fk_alert_log_alert"),
    )
    op.create_table(
        "incident_alerts",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("alert", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "alert", name="pk_incident_alerts"),
        sa.UniqueConstraint("alert", name="uq_incident_alerts_alert"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_incident_alerts_incident"),
        sa.ForeignKeyConstraint(["alert"], ["alerts.number"], name="fk_incident_alerts_alert"),
    )
    op.create_table(
        "incident_subscribers",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("subscriber", Id, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("incident", "subscriber", name="pk_incident_subscribers"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_incident_subscribers_incident"),
    )


def _paging() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("incident", sa.Integer),
        sa.Column("alert", sa.Integer),
        sa.Column("storm", sa.Integer),
        sa.Column("target", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("begun_by", Id, nullable=False),
        sa.Column("begun_at", UtcTime, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("due_at", UtcTime),
        sa.Column("ended_at", UtcTime),
        sa.Column("ended_by", Id),
        sa.Column("origin", Id),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
        sa.UniqueConstraint("origin", name="uq_escalations_origin"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_escalations_incident"),
        sa.ForeignKeyConstraint(["alert"], ["alerts.number"], name="fk_escalations_alert"),
        sa.ForeignKeyConstraint(["storm"], ["storms.id"], name="fk_escalations_storm"),
    )
    _partial_index("ix_escalations_incident", "escalations", ["incident"], "ended_at IS NULL")
    op.create_index("ix_escalations_alert", "escalations", ["alert", "id"])
    op.create_index("ix_escalations_storm", "escalations", ["storm", "id"])
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("escalation", sa.Integer, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("called_at", UtcTime, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.ForeignKeyConstraint(["escalation"], ["escalations.id"], name="fk_calls_escalation"),
    )
    op.create_index("ix_calls_escalation", "calls", ["escalation"])
    op.create_index("ix_calls_person", "calls", ["person"])


def _partial_index(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _on_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"
