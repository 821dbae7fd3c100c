"""What a press stands for, and how its ids say so: a word of `/incident`, as if it had been typed.

- ``action_id`` is ``incident.<word>:<number>``, or ``incident.<word>`` where it is about no incident; where one block
  has several of a word, ``incident.<word>.<part>`` tells them apart and means the same;
- what one would type after the word is a button's ``value``, the value of a menu's option, or the chosen person;
- an option of the ``⋯`` menu (word ``more``) is itself the word;
- an option holds no more than 150 characters, so what one would have typed before it may stand in the ``block_id``,
  as ``with:<words>``.

Limits: https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DECLARE = "declare"
LIST = "list"
SEVERITY = "severity"
STATUS = "status"
RESOLVE = "resolve"
REOPEN = "reopen"
JOIN = "join"
LEAVE = "leave"
LEAD = "lead"
ONCALL = "oncall"
PAGE = "page"
SUBSCRIBE = "subscribe"
UNSUBSCRIBE = "unsubscribe"
TITLE = "title"
SUMMARY = "summary"
SERVICES = "services"
NOTE = "note"
TIMELINE = "timeline"
UPDATE = "update"
UPDATES = "updates"
CHANNEL = "channel"
DETACH = "detach"
UNDO = "undo"
PANEL = "panel"
SETTINGS = "settings"
DOCTOR = "doctor"
MORE = "more"
OPEN = "open"
"""A link was followed; Slack tells of it, and there is nothing to do."""

WITH = "with:"

_ACTION = re.compile(r"incident\.([a-z_]+)(?:\.[a-z]+)?(?::([0-9]{1,9}))?")


@dataclass(frozen=True)
class Pressed:
    """What was meant: ``/incident <word> INC-<incident> <text>``."""

    word: str
    incident: int | None = None
    text: str = ""


def action(word: str, incident: int | None = None, part: str = "") -> str:
    """The action id for ``word``, about ``incident``; ``part`` tells several of one word in a block apart."""
    name = f"incident.{word}.{part}" if part else f"incident.{word}"
    return name if incident is None else f"{name}:{incident}"


def read_press(action: Mapping[str, Any]) -> Pressed | None:
    """What one ``action`` of a `block_actions` payload means; None where it means nothing, or is malformed.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    said = _ACTION.fullmatch(_text(action.get("action_id")))
    chosen = _chosen(action)
    if said is None or chosen is None or said[1] == OPEN:
        return None
    word, incident = said[1], int(said[2]) if said[2] else None
    if word == MORE:
        return Pressed(chosen, incident)
    before = _text(action.get("block_id"))
    return Pressed(word, incident, f"{before.removeprefix(WITH)} {chosen}" if before.startswith(WITH) else chosen)


def _chosen(action: Mapping[str, Any]) -> str | None:
    """What was chosen in a menu or stands behind a button; None where a choice was taken back."""
    match action:
        case {"type": "button"}:
            return _text(action.get("value"))
        case {"type": "users_select"}:
            user = _text(action.get("selected_user"))
            return f"<@{user}>" if user else None
        case {"type": "static_select" | "overflow", "selected_option": {"value": str(value)}}:
            return value
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
