"""Readers of status pages who want to be told, and what each was told."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcTime

revision = "readers"
down_revision = "status_updates"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "readers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("page", Id, nullable=False),
        sa.Column("address", Id, nullable=False),
        sa.Column("services", sa.Text, nullable=False),
        sa.Column("token", Id, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("asked_at", UtcTime),
        sa.Column("confirmed_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_readers"),
        sa.UniqueConstraint("token", name="uq_readers_token"),
        sa.UniqueConstraint("page", "address", name="uq_readers_page_address"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reader_updates",
        sa.Column("reader", BigId, nullable=False, autoincrement=False),
        sa.Column("update", Id, nullable=False, quote=True),
        sa.Column("told_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("reader", "update", name="pk_reader_updates"),
        sa.ForeignKeyConstraint(["reader"], ["readers.id"], name="fk_reader_updates_reader", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("reader_updates")
    op.drop_table("readers")
