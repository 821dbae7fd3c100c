"""From which delivery each override came, so that one that is delivered twice counts once."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id

revision = "override_origins"
down_revision = "turns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("overrides", sa.Column("origin", Id))
    op.create_index("uq_overrides_origin", "overrides", ["origin"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_overrides_origin", "overrides")
    op.drop_column("overrides", "origin")
