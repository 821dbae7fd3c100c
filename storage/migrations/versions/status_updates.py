"""Status updates of incidents, and what was published of them, which knows nothing of incidents."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcTime

revision = "status_updates"
down_revision = "alerts_and_paging"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counters = sa.table("counters", sa.column("name", sa.Text), sa.column("value", sa.Integer))
    op.bulk_insert(counters, [{"name": "public", "value": 0}])
    op.create_table(
        "incident_updates",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "number", name="pk_incident_updates"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_incident_updates_incident"),
    )
    op.create_table(
        "snoozes",
        sa.Column("incident", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("until", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("incident", name="pk_snoozes"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.number"], name="fk_snoozes_incident"),
    )
    op.create_table(
        "public_pages",
        sa.Column("id", Id, nullable=False),
        sa.Column("since", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_public_pages"),
    )
    op.create_table(
        "public_events",
        sa.Column("id", Id, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("begins_at", UtcTime),
        sa.Column("ends_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_public_events"),
    )
    op.create_table(
        "public_updates",
        sa.Column("id", Id, nullable=False),
        sa.Column("event", Id, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("impacts", sa.Text, nullable=False),
        sa.Column("published_at", UtcTime, nullable=False),
        sa.Column("edited_at", UtcTime),
        sa.Column("next_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_public_updates"),
        sa.ForeignKeyConstraint(["event"], ["public_events.id"], name="fk_public_updates_event"),
    )
    op.create_table(
        "page_keys",
        sa.Column("hash", Id, nullable=False),
        sa.Column("page", Id, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime),
        sa.PrimaryKeyConstraint("hash", name="pk_page_keys"),
    )
    op.create_index("ix_page_keys_page", "page_keys", ["page"])
    op.create_index("ix_public_updates_event", "public_updates", ["event", "place"])


def downgrade() -> None:
    for table in ("page_keys", "public_updates", "public_events", "public_pages", "snoozes", "incident_updates"):
        op.drop_table(table)
    op.execute("DELETE FROM counters WHERE name = 'public'")
