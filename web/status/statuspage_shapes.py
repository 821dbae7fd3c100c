"""What Atlassian Statuspage's public JSON is made of, with the values each field can have.

https://status.atlassian.com/api
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

ComponentStatus = Literal["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]
Severity = Literal["none", "minor", "major", "critical", "maintenance"]
IncidentStatus = Literal[
    "investigating",
    "identified",
    "monitoring",
    "resolved",
    "postmortem",
    "scheduled",
    "in_progress",
    "verifying",
    "completed",
]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageShape(_Shape):
    id: str
    name: str
    url: str
    time_zone: str
    updated_at: str


class Status(_Shape):
    indicator: Severity
    description: str


class Component(_Shape):
    id: str
    name: str
    status: ComponentStatus
    created_at: str
    updated_at: str
    position: int
    description: str | None
    showcase: bool
    start_date: str | None
    group_id: str | None
    page_id: str
    group: bool
    only_show_if_degraded: bool
    components: list[str] = []
    """Of a group only."""


class Affected(_Shape):
    code: str
    name: str
    old_status: ComponentStatus
    new_status: ComponentStatus


class Update(_Shape):
    id: str
    status: IncidentStatus
    body: str
    incident_id: str
    created_at: str
    updated_at: str
    display_at: str
    affected_components: list[Affected] | None
    deliver_notifications: bool
    custom_tweet: str | None
    tweet_id: str | None


class Incident(_Shape):
    id: str
    name: str
    status: IncidentStatus
    created_at: str
    updated_at: str
    monitoring_at: str | None
    resolved_at: str | None
    impact: Severity
    shortlink: str
    started_at: str
    page_id: str
    incident_updates: list[Update]
    components: list[Component]
    reminder_intervals: str | None


class Maintenance(Incident):
    scheduled_for: str
    scheduled_until: str


class Answer(_Shape):
    """Each says of which page it is."""

    page: PageShape


class StatusAnswer(Answer):
    status: Status


class Components(Answer):
    components: list[Component]


class Incidents(Answer):
    incidents: list[Incident]


class Maintenances(Answer):
    scheduled_maintenances: list[Maintenance]


class Summary(Answer):
    components: list[Component]
    incidents: list[Incident]
    scheduled_maintenances: list[Maintenance]
    status: Status
