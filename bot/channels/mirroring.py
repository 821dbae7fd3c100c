"""From Slack's message events to deliveries for the timeline: what somebody wrote, edited or deleted.

Subtypes: https://docs.slack.dev/reference/events/message#subtypes
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from bot.context import Identity, channel, person
from incidents.actions.mirror import Delivery, message_origin
from incidents.model import facts
from incidents.model.identity import Channel, Person

WRITTEN = {None, "", "bot_message", "file_share", "me_message", "thread_broadcast"}
"""The subtypes that are somebody's words; the others are Slack's housekeeping."""


class SlackFile(BaseModel):
    """A file of a message: https://docs.slack.dev/reference/objects/file-object"""

    id: str
    name: str | None = None
    permalink: str | None = None


class Edited(BaseModel):
    ts: str
    user: str | None = None


class SlackMessage(BaseModel):
    """What the bot reads of a message, in an event or in a channel's history."""

    ts: str
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    files: list[SlackFile] | None = None
    attachments: list[dict[str, Any]] | None = None
    blocks: list[dict[str, Any]] | None = None
    edited: Edited | None = None
    latest_reply: str | None = None

    def is_by(self, identity: Identity) -> bool:
        """Whether the bot itself wrote it."""
        return self.bot_id == identity.bot_id or self.user == identity.user_id

    def said(self) -> tuple[str, tuple[facts.File, ...]]:
        """The words and the files; another bot's words may stand in its attachments or blocks only."""
        files = tuple(facts.File(id=f.id, name=f.name or f.id, link=f.permalink or "") for f in self.files or [])
        text = self.text or "\n".join(_words([*(self.attachments or []), *(self.blocks or [])]))
        return text, files


class Changed(BaseModel):
    """A `message_changed` event; the previous message is missing where Slack does not know it."""

    message: SlackMessage
    previous_message: SlackMessage | None = None
    ts: str


class Deleted(BaseModel):
    """A `message_deleted` event."""

    deleted_ts: str
    previous_message: SlackMessage | None = None
    ts: str


def read_event(event: Mapping[str, Any], identity: Identity) -> Delivery | None:
    """What ``event`` (of type `message`) brings to the timeline; None for nothing. Raises ValidationError."""
    where = channel(str(event.get("channel") or "")) if event.get("channel") else None
    if where is None:
        return None
    match event.get("subtype"):
        case "message_changed":
            return _changed(where, Changed.model_validate(event), identity)
        case "message_deleted":
            return _deleted(where, Deleted.model_validate(event), identity)
        case _:
            return written(where, SlackMessage.model_validate(event), identity)


def written(where: Channel, message: SlackMessage, identity: Identity, *, caught_up: bool = False) -> Delivery | None:
    """A message as it was written; None for the bot's own, and for Slack's housekeeping."""
    if message.subtype not in WRITTEN or message.is_by(identity):
        return None
    text, files = message.said()
    thread = message.thread_ts if message.thread_ts != message.ts else None
    fact = facts.Message(channel=where, message=message.ts, text=text, thread=thread, files=files, caught_up=caught_up)
    return Delivery(message_origin(where, message.ts), moment(message.ts), _author(message), fact)


def edited(where: Channel, message: SlackMessage, at: Edited, *, caught_up: bool = False) -> Delivery:
    """The edit that ``message`` shows; each edit counts once, by the time at which it was made."""
    text, files = message.said()
    thread = message.thread_ts if message.thread_ts != message.ts else None
    fact = facts.MessageEdited(
        channel=where, message=message.ts, text=text, thread=thread, files=files, caught_up=caught_up
    )
    by = person(at.user) if at.user else _author(message)
    return Delivery(f"{message_origin(where, message.ts)}/edited/{at.ts}", moment(at.ts), by, fact)


def moment(ts: str) -> datetime:
    """When something with this ``ts`` was written, aware UTC."""
    return datetime.fromtimestamp(float(ts), UTC)


def _changed(where: Channel, event: Changed, identity: Identity) -> Delivery | None:
    """An edit; not what Slack changes by itself, such as the preview of a link, nor the bot's own updates."""
    message, before = event.message, event.previous_message
    if message.is_by(identity):
        return None
    if message.subtype == "tombstone":
        return _gone(where, message.ts, before or message, event.ts)
    if message.subtype not in WRITTEN or (before is not None and before.said() == message.said()):
        return None
    return edited(where, message, message.edited or Edited(ts=event.ts))


def _deleted(where: Channel, event: Deleted, identity: Identity) -> Delivery | None:
    before = event.previous_message
    if before is not None and (before.is_by(identity) or before.subtype not in WRITTEN):
        return None
    return _gone(where, event.deleted_ts, before, event.ts)


def _gone(where: Channel, ts: str, before: SlackMessage | None, at: str) -> Delivery:
    """Slack does not say who deleted it, so it stands under its author's name."""
    by = _author(before) if before is not None else person("unknown")
    fact = facts.MessageDeleted(channel=where, message=ts)
    return Delivery(f"{message_origin(where, ts)}/deleted", moment(at), by, fact)


def _author(message: SlackMessage) -> Person:
    return person(message.user or message.bot_id or "unknown")


def _words(parts: object) -> Iterator[str]:
    """Every text in blocks or attachments, in order."""
    if isinstance(parts, list):
        for part in parts:
            yield from _words(part)
    elif isinstance(parts, dict):
        for name in ("pretext", "title", "text", "fields", "elements", "blocks"):
            value = parts.get(name)
            if isinstance(value, str) and value:
                yield value
            elif isinstance(value, list | dict):
                yield from _words(value)
