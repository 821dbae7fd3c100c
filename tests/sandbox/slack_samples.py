"""Slack's own samples of its payloads, where the folder that has them lies beside this repository.

A sample shows one recorded call, and so only some of an object's fields; an object is held against its sample first
and then against all others of its kind. What no sample shows must be documented.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = Path(__file__).parents[2].parent / "shared" / "slack-samples"

THE_APPS_OWN = {"blocks", "attachments"}
KINDS = {
    "actions": "action",
    "channels": "channel",
    "files": "file",
    "items": "item",
    "members": "user",
    "messages": "message",
    "previous_message": "message",
    "root": "message",
    "subteam": "usergroup",
    "usergroups": "usergroup",
}
ID = re.compile(r"[A-Z][0-9A-Z_]{7,}")

ELEMENTS = "docs.slack.dev/reference/block-kit/block-elements/"
DOCUMENTED = {
    "action.initial_date_time": ELEMENTS + "datetime-picker-element",
    "action.initial_options": ELEMENTS + "multi-select-menu-element",
    "action.selected_date_time": ELEMENTS + "datetime-picker-element",
    "action.selected_options": ELEMENTS + "multi-select-menu-element",
    "action.selected_users": ELEMENTS + "multi-select-menu-element",
    "answer.not_in_channel": "docs.slack.dev/reference/methods/conversations.leave",
    "answer.response_metadata": "docs.slack.dev/apis/web-api#responses",
    "answer.warning": "docs.slack.dev/apis/web-api#responses",
    "command.is_enterprise_install": "docs.slack.dev/interactivity/implementing-slash-commands: a form, so text",
    "event.event_ts": "docs.slack.dev/apis/events-api#event-type-structure",
    "message.item_ts": "docs.slack.dev/reference/events/message/pinned_item",
    "usergroup.auto_type": "docs.slack.dev/reference/objects/usergroup-object",
    "view_submission.response_urls": "docs.slack.dev/reference/interaction-payloads/view-interactions-payload",
}


class Samples:
    """All samples of `folder`; of one that is not there, none."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._answers = {path.stem: _read(path) for path in folder.glob("api/*.json")}
        self._deliveries = {
            delivery_name(one): one
            for place in ("events/*.json", "app-backend/*/*.json")
            for one in map(_read, folder.glob(place))
        }
        self._kinds: dict[str, Json] = {}
        for sample in (*self._answers.values(), *self._deliveries.values()):
            self._learn(_kind_of(sample), sample)

    def __len__(self) -> int:
        return len(self._answers) + len(self._deliveries)

    def answer_misfits(self, method: str, answer: Json) -> list[str]:
        """What is in the answer and not, or otherwise, in Slack's; nothing for a method without a sample."""
        sample = self._answers.get(method)
        return list(self._misfits(answer, sample, "answer", method)) if sample else []

    def delivery_misfits(self, payload: Json) -> list[str]:
        """As `answer_misfits`, for a delivery."""
        name = delivery_name(payload)
        sample = self._deliveries.get(name) or self._deliveries.get(name.split()[0])
        return list(self._misfits(payload, sample, _kind_of(payload), name)) if sample else []

    def _learn(self, kind: str, sample: Any) -> None:
        """Remember the fields of this object for its kind, and of those in it for theirs."""
        if isinstance(sample, list):
            for one in sample[:1]:
                self._learn(kind, one)
        elif isinstance(sample, dict):
            known = self._kinds.setdefault(kind, {})
            for name, value in sample.items():
                known[name] = known.get(name) or value
                if name not in THE_APPS_OWN:
                    self._learn(_kind(name, value), value)

    def _misfits(self, given: Any, sample: Any, kind: str, where: str) -> Iterator[str]:
        if given is None:
            return
        if _type(given) != _type(sample):
            yield f"{where}: {_type(given)} instead of {_type(sample)}"
        elif isinstance(given, list):
            for one in given if sample else ():
                yield from self._misfits(one, sample[0], kind, where)
        elif isinstance(given, dict) and sample:
            for name, value in given.items():
                yield from self._field_misfits(name, value, sample, kind, f"{where}.{name}")

    def _field_misfits(self, name: str, value: Any, sample: Json, kind: str, where: str) -> Iterator[str]:
        if f"{kind}.{name}" in DOCUMENTED:
            return
        if ID.fullmatch(name):
            yield from self._misfits(value, next(iter(sample.values())), kind, where)
        elif name in THE_APPS_OWN:
            yield from () if isinstance(value, list | None) else (f"{where}: not a list",)
        elif name in sample or name in self._kinds.get(kind, {}):
            shown = sample[name] if name in sample else self._kinds[kind][name]
            yield from self._misfits(value, shown, _kind(name, value), where)
        else:
            yield f"{where}: not in Slack's"


def delivery_name(payload: Json) -> str:
    """What kind of delivery this is: `command`, an interaction's type, an event's type and subtype."""
    if "command" in payload:
        return "command"
    if "event" not in payload:
        return str(payload["type"])
    event = payload["event"]
    return " ".join(filter(None, (event["type"], event.get("subtype"))))


def _read(path: Path) -> Json:
    return dict(json.loads(path.read_text()))


def _kind_of(payload: Json) -> str:
    if "ok" in payload:
        return "answer"
    return "callback" if "event" in payload else delivery_name(payload)


def _kind(name: str, value: Any) -> str:
    """An object's kind is the name it stands under, but for an event's, which may be a message."""
    if name == "event" and isinstance(value, dict) and value["type"] in {"message", "app_mention"}:
        return "message"
    return KINDS.get(name, name)


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]
