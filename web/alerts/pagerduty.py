"""PagerDuty's Events API v2: whatever can talk to PagerDuty can talk to Tocsin, by changing the address.

https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
"""

import json
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from incidents.model.signal import Signal, SignalKind
from web.alerts.received import Received
from web.alerts.severities import severity_of

KINDS = {"trigger": SignalKind.FIRE, "acknowledge": SignalKind.ACCEPT, "resolve": SignalKind.RESOLVE}

Text = Annotated[str, Field(min_length=1)]


class Link(BaseModel):
    href: str = ""
    text: str = ""


class Payload(BaseModel):
    """What is wrong: PagerDuty's common event format."""

    summary: Annotated[str, Field(min_length=1, max_length=1024)]
    source: Text
    severity: Literal["critical", "error", "warning", "info"]
    timestamp: AwareDatetime | None = None
    component: str | None = None
    group: str | None = None
    class_: Annotated[str | None, Field(alias="class")] = None
    custom_details: Any = None


class PagerDutyEvent(BaseModel):
    """The body; ``routing_key`` is the source's key where the address does not hold it."""

    routing_key: str = ""
    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: Annotated[str, Field(max_length=255)] | None = None
    payload: Payload | None = None
    links: list[Link] = []
    client: str | None = None
    client_url: str | None = None

    @model_validator(mode="after")
    def _enough(self) -> "PagerDutyEvent":
        if self.event_action == "trigger":
            if self.payload is None:
                raise ValueError("'payload' is missing or blank")
            self.dedup_key = self.dedup_key or uuid4().hex
        elif not self.dedup_key:
            raise ValueError(f"'dedup_key' is needed to {self.event_action}")
        return self


def read(event: PagerDutyEvent, received: Received) -> list[Signal]:
    """The one thing that an event says."""
    assert event.dedup_key, "the model makes one where it may be missing"
    signal = Signal(kind=KINDS[event.event_action], key=event.dedup_key)
    payload = event.payload
    if payload is None:
        return [signal]
    named = {"source": payload.source, "component": payload.component, "group": payload.group, "class": payload.class_}
    return [
        Signal(
            kind=signal.kind,
            key=signal.key,
            title=payload.summary,
            severity=severity_of(payload.severity),
            details=_written(payload.custom_details),
            service=payload.component or "",
            link=event.client_url or next((link.href for link in event.links if link.href), ""),
            runbook=next((link.href for link in event.links if "runbook" in link.text.casefold()), ""),
            labels={name: value for name, value in named.items() if value},
            began_at=payload.timestamp,
        )
    ]


def _written(details: Any) -> str:
    """Custom details, a line each where they are an object."""
    if details is None or isinstance(details, str):
        return details or ""
    if isinstance(details, dict):
        return "\n".join(f"{name}: {_short(value)}" for name, value in details.items())
    return _short(details)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
