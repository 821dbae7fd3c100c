"""Holding what Slack says against its shape."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from sandbox.schema.answers import ANSWERS, Refused
from sandbox.schema.deliveries import EVENTS, INTERACTIONS, EventCallback, SlashCommand
from sandbox.schema.exact import Json


def check_answer(method: str, answer: Json) -> None:
    """Raises pydantic's ValidationError where the answer is not as Slack's, KeyError for an unknown method."""
    refused = not answer.get("ok") and "error" in answer
    _adapter(Refused if refused else ANSWERS[method]).validate_python(answer)


def check_delivery(payload: Json) -> None:
    """Raises pydantic's ValidationError where the payload is not as Slack's, KeyError for one of an unknown type."""
    if "command" in payload:
        _adapter(SlashCommand).validate_python(payload)
    elif payload["type"] == "event_callback":
        _adapter(EventCallback).validate_python(payload)
        _adapter(EVENTS[payload["event"]["type"]]).validate_python(payload["event"])
    else:
        _adapter(INTERACTIONS[payload["type"]]).validate_python(payload)


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
