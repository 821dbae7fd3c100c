"""ilert's events API: alerts, who accepted them, and when they are over.

https://docs.ilert.com/developer-docs/rest-api/api-reference/events
"""

import json
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from incidents.model.signal import Signal, SignalKind
from incidents.model.vocabulary import DEFAULT_SEVERITY, Severity
from web.alerts.received import Received

KINDS = {
    "ALERT": SignalKind.FIRE,
    "ACCEPT": SignalKind.ACCEPT,
    "RESOLVE": SignalKind.RESOLVE,
    "COMMENT": SignalKind.COMMENT,
}
BY_PRIORITY = {"HIGH": Severity.SEV2, "LOW": Severity.SEV4, None: DEFAULT_SEVERITY}


class Alias(BaseModel):
    alias: str = ""


class Link(BaseModel):
    href: str = ""
    text: str = ""


class IlertEvent(BaseModel):
    """The body; ``apiKey`` (once ``integrationKey``) is the source's key where the address does not hold it."""

    model_config = ConfigDict(populate_by_name=True)

    apiKey: Annotated[str, Field(validation_alias=AliasChoices("apiKey", "integrationKey"))] = ""
    eventType: Literal["ALERT", "ACCEPT", "RESOLVE", "COMMENT"]
    summary: str = ""
    details: str = ""
    alertKey: Annotated[str, Field(max_length=500)] | None = None
    priority: Literal["HIGH", "LOW"] | None = None
    severity: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None
    services: list[Alias] = []
    labels: dict[str, str] = {}
    links: list[Link] = []
    customDetails: dict[str, Any] = {}

    @model_validator(mode="after")
    def _enough(self) -> "IlertEvent":
        if self.eventType == "ALERT":
            if not self.summary.strip():
                raise ValueError("summary is needed for an ALERT")
            self.alertKey = self.alertKey or uuid4().hex
        elif not self.alertKey:
            raise ValueError(f"alertKey is needed for {self.eventType}: it says which alert")
        return self


def read(event: IlertEvent, received: Received) -> list[Signal]:
    """The one thing that an event says; keys are the same in any case."""
    assert event.alertKey, "the model makes one where it may be missing"
    extra = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in event.customDetails.items()]
    return [
        Signal(
            kind=KINDS[event.eventType],
            key=event.alertKey.casefold()[:500],
            title=event.summary,
            severity=Severity(event.severity) if event.severity else BY_PRIORITY[event.priority],
            details="\n".join(filter(None, [event.details, *extra])),
            service=next((service.alias for service in event.services if service.alias), ""),
            link=next((link.href for link in event.links if link.href), ""),
            runbook=next((link.href for link in event.links if "runbook" in link.text.casefold()), ""),
            labels=event.labels,
        )
    ]
