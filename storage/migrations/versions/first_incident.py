"""The first tables: incidents with their timelines, services, posts and jobs."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcTime

revision = "first_incident"
down_revision = None
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.bulk_insert(counters, [{"name": "incident", "value": 0}])
    op.create_table(
        "services",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
    )
    _incidents()
    _timeline()
    _posts()
    _jobs()


def downgrade() -> None:
    for table in (
        "jobs",
        "posts",
        "timeline_entries",
        "incident_responders",
        "incident_services",
        "incidents",
        "services",
        "counters",
    ):
        op.drop_table(table)
    if _on_postgresql():
        op.execute("DROP FUNCTION refuse_timeline_change()")


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("declared_by", Id, nullable=False),
        sa.Column("declared_at", UtcTime, nullable=False),
        sa.Column("resolved_at", UtcTime),
        sa.Column("commander", Id),
        sa.Column("channel", Id),
        sa.Column("channel_name", sa.Text),
        sa.Column("channel_archived", sa.Boolean, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_incidents"),
        sa.UniqueConstraint("channel", name="uq_incidents_channel"),
    )
    _partial_index("ix_incidents_open", "incidents", ["severity", "number"], "resolved_at IS NULL")
    op.create_table(
        "incident_services",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("service", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("impact", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "service", name="pk_incident_services"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_incident_services_incident"),
        sa.ForeignKeyConstraint(["service"], ["services.id"], name="fk_incident_services_service"),
    )
    op.create_index("ix_incident_services_service", "incident_services", ["service"])
    op.create_table(
        "incident_responders",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("since", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("incident", "person", name="pk_incident_responders"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_incident_responders_incident"),
    )
    op.create_index("ix_incident_responders_person", "incident_responders", ["person"])


def _timeline() -> None:
    op.create_table(
        "timeline_entries",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("happened_at", UtcTime, nullable=False),
        sa.Column("recorded_at", UtcTime, nullable=False),
        sa.Column("by", Id, nullable=False, quote=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Boolean, nullable=False, quote=True),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("origin", Id),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "number", name="pk_timeline_entries"),
        sa.UniqueConstraint("origin", name="uq_timeline_entries_origin"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_timeline_entries_incident"),
    )
    position = ["incident", "happened_at", "number"]
    op.create_index("ix_timeline_entries_happened", "timeline_entries", position)
    _partial_index("ix_timeline_entries_key", "timeline_entries", position, '"key"')
    for statement in POSTGRESQL_APPEND_ONLY if _on_postgresql() else SQLITE_APPEND_ONLY:
        op.execute(statement)


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("channel", Id, nullable=False),
        sa.Column("message", Id, nullable=False),
        sa.PrimaryKeyConstraint("incident", "purpose", "channel", name="pk_posts"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_posts_incident"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("lane", Id, nullable=False),
        sa.Column("due_at", UtcTime, nullable=False),
        sa.Column("first_entry", sa.Integer, nullable=False),
        sa.Column("last_entry", sa.Integer, nullable=False),
        sa.Column("coalesce", Id, quote=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reason", sa.Text),
        sa.Column("leased_by", sa.Text),
        sa.Column("leased_until", UtcTime),
        sa.Column("parked_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_jobs_incident"),
        sqlite_autoincrement=True,
    )
    _partial_index("ix_jobs_lane", "jobs", ["lane", "id"], "parked_at IS NULL")
    _partial_index("ix_jobs_due", "jobs", ["due_at"], "parked_at IS NULL")
    _partial_index("uq_jobs_waiting", "jobs", ["coalesce"], "leased_by IS NULL AND parked_at IS NULL", unique=True)
    _partial_index("uq_jobs_running", "jobs", ["lane"], "leased_by IS NOT NULL", unique=True)


def _partial_index(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _on_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


REFUSAL = "the timeline is append-only"

SQLITE_APPEND_ONLY = [
    *(
        f"CREATE TRIGGER timeline_entries_no_{event} BEFORE {event} ON timeline_entries "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for event in ("update", "delete")
    ),
    # INSERT OR REPLACE deletes what is in its way without firing the trigger above.
    "CREATE TRIGGER timeline_entries_no_replace BEFORE INSERT ON timeline_entries WHEN EXISTS ("
    "SELECT 1 FROM timeline_entries WHERE (incident = NEW.incident AND number = NEW.number) OR origin = NEW.origin) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
]

POSTGRESQL_APPEND_ONLY = [
    "CREATE FUNCTION refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER timeline_entries_no_change BEFORE UPDATE OR DELETE ON timeline_entries "
    "FOR EACH ROW EXECUTE FUNCTION refuse_timeline_change()",
    "CREATE TRIGGER timeline_entries_no_truncate BEFORE TRUNCATE ON timeline_entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_timeline_change()",
]
