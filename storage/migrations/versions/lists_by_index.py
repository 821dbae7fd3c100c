"""Indexes by which lists find the incidents of a service and of a person without looking at anything else."""

from alembic import op

revision = "lists_by_index"
down_revision = "override_origins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_incident_services_service", "incident_services")
    op.create_index("ix_incident_services_service", "incident_services", ["service", "incident"])
    op.drop_index("ix_incident_responders_person", "incident_responders")
    op.create_index("ix_incident_responders_person", "incident_responders", ["person", "incident"])


def downgrade() -> None:
    op.drop_index("ix_incident_services_service", "incident_services")
    op.create_index("ix_incident_services_service", "incident_services", ["service"])
    op.drop_index("ix_incident_responders_person", "incident_responders")
    op.create_index("ix_incident_responders_person", "incident_responders", ["person"])
