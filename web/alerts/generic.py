"""Any tool that can post JSON: in the schema below, or in its own, which the source's mapping reads by JMESPath.

https://jmespath.org/specification.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AwareDatetime, BaseModel, Field, JsonValue, RootModel, TypeAdapter, ValidationError

from incidents.model.signal import Signal, SignalKind
from web.alerts.received import CannotRead, Received
from web.alerts.severities import severity_of

FIRING = {
    "",
    "firing",
    "fire",
    "alert",
    "alarm",
    "alerting",
    "trigger",
    "triggered",
    "open",
    "problem",
    "active",
    "down",
}
RESOLVED = {"resolved", "resolve", "ok", "recovered", "recovery", "closed", "close", "normal", "inactive", "up"}
ACCEPTED = {"accepted", "accept", "acknowledged", "acknowledge", "ack"}
COMMENT = {"comment", "note"}

KINDS = {
    **dict.fromkeys(FIRING, SignalKind.FIRE),
    **dict.fromkeys(RESOLVED, SignalKind.RESOLVE),
    **dict.fromkeys(ACCEPTED, SignalKind.ACCEPT),
    **dict.fromkeys(COMMENT, SignalKind.COMMENT),
}
"""What the words of ``status`` mean."""

ALERTS = "alerts"
"""The expression of a mapping that gives the list of alerts, where a body holds several."""


class GenericAlert(BaseModel):
    """One alert, or what becomes of one."""

    key: Annotated[str, Field(min_length=1, max_length=500)]
    """What tells it apart: the same key while it is open is the same alert."""
    status: str = ""
    title: str = ""
    severity: str | int = ""
    """1 to 5, SEV1 to SEV5, P1 to P5, or a word such as critical, error, warning, info."""
    details: str = ""
    service: str = ""
    link: str = ""
    runbook: str = ""
    labels: dict[str, str] = {}
    began_at: AwareDatetime | None = None
    episode: str | None = None
    delivery: str | None = None

    def signal(self) -> Signal:
        """Raises CannotRead for a status that is none of the words known."""
        kind = KINDS.get(self.status.strip().casefold())
        if kind is None:
            raise CannotRead(f'status is "{self.status[:50]}"; write firing, accepted, resolved or comment.')
        if kind is SignalKind.FIRE and not self.title.strip():
            raise CannotRead("title is missing: say in a few words what is wrong.")
        return Signal(
            **self.model_dump(exclude={"status", "severity"}), kind=kind, severity=severity_of(self.severity or None)
        )


class GenericBody(RootModel[JsonValue]):
    """One alert (`GenericAlert`), or a list of them, or whatever the source's mapping reads."""


_alerts = TypeAdapter(list[GenericAlert])


def read(body: GenericBody, received: Received) -> list[Signal]:
    """A signal for each alert that the body holds. Raises CannotRead."""
    mapping = received.source.mapping
    found: list[Any] = body.root if isinstance(body.root, list) else [body.root]
    if mapping:
        found = [_mapped(mapping, each) for each in _listed(mapping, body.root)]
    try:
        return [alert.signal() for alert in _alerts.validate_python(found)]
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"][1:]) or "the body"
        hint = " The source's mapping reads it." if mapping else ""
        raise CannotRead(f"{where}: {fault['msg']}.{hint}") from error


def _listed(mapping: Mapping[str, str], body: JsonValue) -> list[Any]:
    if ALERTS not in mapping:
        return [body]
    found = _search(ALERTS, mapping[ALERTS], body)
    return found if isinstance(found, list) else [] if found is None else [found]


def _mapped(mapping: Mapping[str, str], body: Any) -> dict[str, Any]:
    """The fields that the mapping fills; texts that a tool sends as numbers are taken as they are written."""
    found = {field: _search(field, path, body) for field, path in mapping.items() if field != ALERTS}
    return {field: _as_text(field, value) for field, value in found.items() if value is not None}


def _as_text(field: str, value: Any) -> Any:
    if field == "labels" and isinstance(value, dict):
        return {str(name): _written(each) for name, each in value.items() if each is not None}
    return value if field == "labels" or isinstance(value, str | datetime) else _written(value)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else TypeAdapter(Any).dump_json(value).decode()


def _search(field: str, path: str, body: Any) -> Any:
    try:
        return jmespath.search(path, body)
    except JMESPathError as error:
        raise CannotRead(f'The mapping of {field}, "{path[:100]}", cannot read this body: {error}.') from error
