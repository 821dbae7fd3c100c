"""The HTTP API for monitoring tools as an OpenAPI 3.1 description, made from the very models that read it.

https://spec.openapis.org/oas/v3.1.0
"""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.alerts.generic import GenericAlert
from web.alerts.ilert import IlertEvent
from web.alerts.pagerduty import PagerDutyEvent
from web.alerts.tools import PAYLOADS

SCHEMAS = "#/components/schemas/"
ERRORS = {
    "type": "object",
    "required": ["status", "errors"],
    "properties": {"status": {"type": "string"}, "errors": {"type": "array", "items": {"type": "string"}}},
}
ACCEPTED = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"const": "accepted"}, "alertKey": {"type": "string"}},
}
PROCESSED = {
    "type": "object",
    "required": ["status", "message", "dedup_key"],
    "properties": {name: {"type": "string"} for name in ("status", "message", "dedup_key")},
}
REFUSALS = {
    "400": "The body is no JSON, or no event of this kind",
    "403": "The message is not Amazon's",
    "404": "There is no alert source with this key",
    "413": "The body is too large",
    "422": "The body does not have the expected form; errors name the fields",
    "503": "It could not be stored now; try again after Retry-After seconds",
}


@cache
def openapi() -> dict[str, Any]:
    """The whole description."""
    models = {payload.body for payload in PAYLOADS.values()} | {GenericAlert}
    _, schemas = models_json_schema(
        [(model, "validation") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template=SCHEMAS + "{model}",
    )
    bodies = [_reference(payload.body) for payload in PAYLOADS.values()]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tocsin, alert intake", "version": "1"},
        "paths": {
            "/alerts/{source}/{key}": {
                "parameters": [_path_parameter("source"), _path_parameter("key")],
                "post": _operation("What the source's tool posts", {"anyOf": bodies}, ACCEPTED),
            },
            "/v2/enqueue": {
                "post": _operation(
                    "PagerDuty Events API v2; routing_key is the key", _reference(PagerDutyEvent), PROCESSED
                )
            },
            "/api/events": {"post": _operation("ilert events; apiKey is the key", _reference(IlertEvent), ACCEPTED)},
        },
        "components": {"schemas": schemas["$defs"] | {"Errors": ERRORS}},
    }


def _operation(summary: str, body: dict[str, Any], accepted: dict[str, Any]) -> dict[str, Any]:
    refusals = {status: _answer(why, {"$ref": SCHEMAS + "Errors"}) for status, why in REFUSALS.items()}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"202": _answer("It is stored", accepted), **refusals},
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": SCHEMAS + model.__name__}
