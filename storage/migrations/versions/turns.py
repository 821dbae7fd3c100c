"""How often Slack was asked lately, by all processes together."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Moments

revision = "turns"
down_revision = "readers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("name", Id, nullable=False),
        sa.Column("called", Moments, nullable=False),
        sa.Column("held_until", sa.Double, nullable=False),
        sa.Column("even_until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_turns"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE turns SET UNLOGGED")


def downgrade() -> None:
    op.drop_table("turns")
