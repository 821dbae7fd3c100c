"""What the actions need from outside, as Protocols; `storage/` fulfils them, and the core does not know how."""

from incidents.ports.jobs import CannotSucceed, Job, JobHandler, ParkedJob, TryLater, giving_way
from incidents.ports.posts import Post, Purpose
from incidents.ports.queries import (
    MOST_COUNTED,
    IncidentPage,
    IncidentQuery,
    Mirrored,
    TimelinePage,
    TimelineQuery,
)
from incidents.ports.storage import Reader, Storage, Unit
from incidents.ports.turns import Claim, CommonTurns

__all__ = [
    "MOST_COUNTED",
    "CannotSucceed",
    "Claim",
    "CommonTurns",
    "IncidentPage",
    "IncidentQuery",
    "Job",
    "JobHandler",
    "Mirrored",
    "ParkedJob",
    "Post",
    "Purpose",
    "Reader",
    "Storage",
    "TimelinePage",
    "TimelineQuery",
    "TryLater",
    "Unit",
    "giving_way",
]
