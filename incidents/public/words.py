"""The words that customers read: how a service does, and where a status update says that things stand."""

from enum import StrEnum


class Impact(StrEnum):
    """How a service does, from well to worst; what an incident does to it is said on the same scale."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def word(self) -> str:
        return self.value.replace("_", " ")

    @property
    def rank(self) -> int:
        """0 for the best, higher for worse."""
        return list(Impact).index(self)

    @property
    def is_outage(self) -> bool:
        """Whether customers are worse off than they expect to be; announced maintenance is not that."""
        return self.rank >= Impact.DEGRADED.rank


class Stage(StrEnum):
    """How far planned maintenance has come; customers read that in place of a public status."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"

    @property
    def word(self) -> str:
        return self.value.replace("_", " ").capitalize()


class PublicStatus(StrEnum):
    """Where a status update says that things stand; an incident's own status is another matter."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"

    @property
    def word(self) -> str:
        return self.value.capitalize()
