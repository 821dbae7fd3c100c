"""From Slack's message events to deliveries for the timeline: what somebody wrote, edited or deleted.

Subtypes: https://docs.slack.dev/reference/events/message#subtypes
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from bot.channels.wording import words
from bot.context import Identity, channel, person
from incidents.actions.mirror import Delivery, message_origin
from incidents.model import facts
from incidents.model.identity import Channel, Person

Ts = Annotated[str, StringConstraints(pattern=r"^\d{1,11}\.\d{1,6}$")]
"""A message's id in its channel, which is also when it was written: seconds since 1970."""

ChannelId = Annotated[str, StringConstraints(pattern=r"^\w+$")]

WRITTEN = {None, "", "bot_message", "file_share", "me_message", "thread_broadcast"}
"""The subtypes that are somebody's words; the others are Slack's housekeeping."""


class SlackFile(BaseModel):
    """A file of a message: https://docs.slack.dev/reference/objects/file-object"""

    id: str
    name: str | None = None
    permalink: str | None = None


class Edited(BaseModel):
    """When a message was last edited, in whole seconds, and by whom."""

    ts: Ts
    user: str | None = None


class SlackMessage(BaseModel):
    """What the bot reads of a message, in an event or in a channel's history."""

    ts: Ts
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str | None = None
    thread_ts: Ts | None = None
    files: list[SlackFile] | None = None
    attachments: list[dict[str, Any]] | None = None
    blocks: list[dict[str, Any]] | None = None
    edited: Edited | None = None
    reply_count: int = 0
    latest_reply: Ts | None = None

    def is_by(self, identity: Identity) -> bool:
        """Whether the bot itself wrote it."""
        return self.bot_id == identity.bot_id or self.user == identity.user_id

    def said(self) -> tuple[str, tuple[facts.File, ...]]:
        """The words and the files. What bots say may stand in attachments and blocks, what is shared in an attachment.

        What Slack shows of a link is nobody's word.
        """
        files = tuple(facts.File(id=f.id, name=f.name or f.id, link=f.permalink or "") for f in self.files or [])
        said = [each for each in self.attachments or [] if each.get("is_share") or "from_url" not in each]
        blocks = (self.blocks or []) if self.bot_id or not self.text else []
        text = self.text or ""
        more = [line for line in words(said, blocks).splitlines() if line not in text]
        return "\n".join(filter(None, [text, *more])), files

    def author(self) -> Person:
        return person(self.user or self.bot_id or "unknown")

    def thread(self) -> str | None:
        """The message to which this is a reply."""
        return self.thread_ts if self.thread_ts != self.ts else None


class Written(SlackMessage):
    """A `message` event that is the message itself."""

    channel: ChannelId


class Changed(BaseModel):
    """A `message_changed` event; the previous message is missing where Slack does not know it."""

    channel: ChannelId
    message: SlackMessage
    previous_message: SlackMessage | None = None
    ts: Ts


class Deleted(BaseModel):
    """A `message_deleted` event."""

    channel: ChannelId
    deleted_ts: Ts
    previous_message: SlackMessage | None = None
    ts: Ts


def read_event(event: Mapping[str, Any], identity: Identity) -> Delivery | None:
    """What ``event`` (of type `message`) brings to the timeline; None for nothing. Raises ValidationError."""
    match event.get("subtype"):
        case "message_changed":
            return _changed(Changed.model_validate(event), identity)
        case "message_deleted":
            return _deleted(Deleted.model_validate(event), identity)
    message = Written.model_validate(event)
    return written(channel(message.channel), message, identity)


def written(where: Channel, message: SlackMessage, identity: Identity, *, caught_up: bool = False) -> Delivery | None:
    """A message as it was written; None for the bot's own, and for Slack's housekeeping."""
    if message.subtype not in WRITTEN or message.is_by(identity):
        return None
    text, files = message.said()
    fact = facts.Message(
        channel=where, message=message.ts, text=text, thread=message.thread(), files=files, caught_up=caught_up
    )
    return Delivery(message_origin(where, message.ts), moment(message.ts), message.author(), fact)


def edited(where: Channel, message: SlackMessage, edit: Edited, at: datetime, *, caught_up: bool = False) -> Delivery:
    """The ``edit`` that ``message`` shows, made ``at``; it counts once.

    Slack tells the second of an edit only, so what it says tells edits within one second apart.
    """
    text, files = message.said()
    fact = facts.MessageEdited(
        channel=where, message=message.ts, text=text, thread=message.thread(), files=files, caught_up=caught_up
    )
    said = hashlib.sha256("\n".join([text, *(file.id for file in files)]).encode(errors="replace")).hexdigest()[:12]
    origin = f"{message_origin(where, message.ts)}/edited/{edit.ts}/{said}"
    return Delivery(origin, at, person(edit.user) if edit.user else message.author(), fact)


def deleted(where: Channel, ts: str, by: Person, at: datetime) -> Delivery:
    """That message ``ts`` is no more, which counts once. Slack does not say who deleted it: ``by`` is its author."""
    return Delivery(f"{message_origin(where, ts)}/deleted", at, by, facts.MessageDeleted(channel=where, message=ts))


def moment(ts: str) -> datetime:
    """When something with this ``ts`` was written, aware UTC."""
    return datetime.fromtimestamp(float(ts), UTC)


def _changed(event: Changed, identity: Identity) -> Delivery | None:
    """An edit; not what Slack changes by itself, such as the preview of a link, nor the bot's own updates."""
    where, message, before = channel(event.channel), event.message, event.previous_message
    if message.is_by(identity) or (before is not None and before.is_by(identity)):
        return None
    if message.subtype == "tombstone":
        return deleted(where, message.ts, (before or message).author(), moment(event.ts))
    if message.subtype not in WRITTEN or (before is not None and before.said() == message.said()):
        return None
    return edited(where, message, message.edited or Edited(ts=event.ts), moment(event.ts))


def _deleted(event: Deleted, identity: Identity) -> Delivery | None:
    before = event.previous_message
    if before is not None and (before.is_by(identity) or before.subtype not in WRITTEN):
        return None
    by = before.author() if before is not None else person("unknown")
    return deleted(channel(event.channel), event.deleted_ts, by, moment(event.ts))
