"""What can be done with messages: post, edit, delete, react, pin, and the lines Slack itself writes.

Slack's rules and error names (docs.slack.dev/reference/methods, chat.*, reactions.*, pins.*).
"""

import copy
import uuid
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from sandbox import forms
from sandbox.blockkit import blocks as kit
from sandbox.emoji_names import character
from sandbox.refusals import RefusedError
from sandbox.things import SLACKBOT, Channel, File, Json, Message, Pin, User
from sandbox.workspace import Workspace

MAX_TEXT = 40_000
MAX_PINS = 100
"""In a channel: slack.com/help/articles/205239997."""


@dataclass
class Draft:
    """What somebody wants to say, before it is a message."""

    text: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    files: list[File] = field(default_factory=list)
    subtype: str | None = None
    username: str | None = None
    icons: Json | None = None


def check_sayable(draft: Draft) -> None:
    """Raises RefusedError `no_text` when there is nothing to show."""
    if not (draft.text.strip() or draft.blocks or draft.attachments or draft.files):
        raise RefusedError("no_text")


def post(workspace: Workspace, channel: Channel, author: User, draft: Draft) -> Message:
    """Put a message into the channel; text beyond 40,000 characters is cut.

    docs.slack.dev/reference/methods/chat.postMessage ("Truncating content").
    Raises RefusedError `no_text`, `is_archived`, `thread_not_found`.
    """
    check_sayable(draft)
    if channel.is_archived:
        raise RefusedError("is_archived")
    root = _root(channel, draft.thread_ts)
    message = compose(workspace, channel, author, draft)
    message.thread_ts = root.ts if root else None
    if root and draft.broadcast:
        message.subtype = "thread_broadcast"
        message.extra["root"] = root.ts
    if root:
        root.thread_ts = root.ts
    channel.add(message)
    for file in draft.files:
        file.channels.append(channel.id)
    workspace.publish("message_posted", channel.id, author.id, message=message)
    return message


def compose(workspace: Workspace, channel: Channel, author: User, draft: Draft) -> Message:
    """The message that `draft` becomes, not yet in the channel."""
    bot = workspace.bots.get(author.bot_id) if author.bot_id else None
    return Message(
        ts=workspace.new_ts(),
        channel=channel.id,
        user=author.id,
        text=draft.text[:MAX_TEXT],
        subtype=draft.subtype or ("file_share" if draft.files else None),
        blocks=name_blocks(workspace, draft.blocks),
        attachments=_named_attachments(workspace, draft.attachments),
        bot_id=bot.id if bot else None,
        app_id=bot.app_id if bot else None,
        username=draft.username,
        icons=draft.icons,
        files=list(draft.files),
        metadata=draft.metadata,
        client_msg_id=None if bot else str(uuid.uuid4()),
    )


def note(workspace: Workspace, channel: Channel, user: str, subtype: str, text: str, **extra: Any) -> Message:
    """A line Slack writes about what `user` did (`channel_join`, `channel_topic`, `pinned_item` …)."""
    message = Message(workspace.new_ts(), channel.id, user, text, subtype=subtype, extra=extra)
    channel.add(message)
    workspace.publish("message_posted", channel.id, user, message=message)
    return message


def edit(workspace: Workspace, channel: Channel, message: Message, changes: Json, by: str) -> None:
    """Change the fields named in `changes` (`text`, `blocks`, `attachments`, `metadata`, `files`)."""
    before = copy.deepcopy(message)
    for name, value in changes.items():
        setattr(message, name, value)
    _name_again(workspace, message, before)
    message.edited = {"user": by, "ts": f"{workspace.now()}.000000"}
    workspace.publish("message_changed", channel.id, by, message=message, previous=before)


def delete(workspace: Workspace, channel: Channel, message: Message, by: str) -> None:
    """Delete a message; the parent of a thread leaves a `tombstone` (docs.slack.dev/reference/events/message)."""
    channel.pins = [pin for pin in channel.pins if pin.ts != message.ts]
    if len(channel.thread(message.ts)) > 1 and not message.is_reply:
        before = copy.deepcopy(message)
        message.subtype, message.text, message.user = "tombstone", "This message was deleted.", SLACKBOT
        message.blocks = message.attachments = message.bot_id = message.app_id = None
        message.files, message.reactions, message.extra = [], {}, {"hidden": True}
        workspace.publish("message_changed", channel.id, by, message=message, previous=before)
        return
    channel.remove(message)
    workspace.publish("message_deleted", channel.id, by, message=message)


def react(workspace: Workspace, channel: Channel, message: Message, name: str, by: str) -> None:
    """Raises RefusedError `invalid_name`, `already_reacted`."""
    _check_emoji(name)
    people = message.reactions.setdefault(name, [])
    if by in people:
        raise RefusedError("already_reacted")
    people.append(by)
    workspace.publish("reaction_added", channel.id, by, message=message, reaction=name)


def unreact(workspace: Workspace, channel: Channel, message: Message, name: str, by: str) -> None:
    """Raises RefusedError `invalid_name`, `no_reaction`."""
    _check_emoji(name)
    if by not in message.reactions.get(name, []):
        raise RefusedError("no_reaction")
    message.reactions[name].remove(by)
    if not message.reactions[name]:
        del message.reactions[name]
    workspace.publish("reaction_removed", channel.id, by, message=message, reaction=name)


def _check_emoji(name: str) -> None:
    """Slack knows its own names alone (github.com/slackapi/bolt-python/issues/808)."""
    if character(name) is None:
        raise RefusedError("invalid_name")


def pin(workspace: Workspace, channel: Channel, message: Message, by: str) -> None:
    """Pin a message, which Slack notes in the channel as `pinned_item`.

    Raises RefusedError `already_pinned`, `too_many_pins`.
    """
    if any(pin.ts == message.ts for pin in channel.pins):
        raise RefusedError("already_pinned")
    if len(channel.pins) >= MAX_PINS:
        raise RefusedError("too_many_pins")
    added = Pin(message.ts, workspace.now(), by)
    channel.pins.append(added)
    workspace.publish("pin_added", channel.id, by, message=message, pin=added)
    note(
        workspace,
        channel,
        by,
        "pinned_item",
        f"<@{by}> pinned a message to this channel.",
        item_type="C",
        item_ts=message.ts,
    )


def unpin(workspace: Workspace, channel: Channel, message: Message, by: str) -> None:
    """Raises RefusedError `no_pin`."""
    removed = next((pin for pin in channel.pins if pin.ts == message.ts), None)
    if removed is None:
        raise RefusedError("no_pin")
    channel.pins.remove(removed)
    workspace.publish("pin_removed", channel.id, by, message=message, pin=removed)


# Messages only one person sees ---------------------------------------------------------------------------------------


def whisper(workspace: Workspace, channel: Channel, author: User, reader: str, draft: Draft) -> Message:
    """A message only `reader` sees; it is kept in no history. Raises RefusedError `no_text`."""
    check_sayable(draft)
    message = compose(workspace, channel, author, draft)
    message.visible_to, message.thread_ts = reader, draft.thread_ts
    channel.ephemerals[message.ts] = message
    workspace.publish("ephemeral_posted", channel.id, reader, message=message)
    return message


def rewhisper(workspace: Workspace, channel: Channel, message: Message, draft: Draft) -> None:
    """Replace what an ephemeral message says. Raises RefusedError `no_text`."""
    check_sayable(draft)
    before = copy.copy(message)
    message.text, message.blocks, message.attachments = draft.text, draft.blocks, draft.attachments
    _name_again(workspace, message, before)
    workspace.publish("ephemeral_changed", channel.id, message.visible_to, message=message)


def hush(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Take an ephemeral message away."""
    if channel.ephemerals.pop(message.ts, None):
        workspace.publish("ephemeral_deleted", channel.id, message.visible_to, message=message)


def name_blocks(workspace: Workspace, blocks: list[Json] | None, before: list[Json] | None = None) -> list[Json] | None:
    """Give a `block_id`, and their interactive elements an `action_id`, to those that have none, as Slack does.

    A block that is much like one in `before`, what these replace, keeps the name it was given there, so that what one
    has under one's hand stays the same; one that holds a choice does not, and the choice goes.
    """
    if blocks is None:
        return None
    named: list[Json] = _without_nulls(blocks)
    taken = {block.get("block_id") for block in named}
    free = [one for one in before or [] if forms.GIVEN.fullmatch(one["block_id"]) and one["block_id"] not in taken]
    for block in named:
        like = None if "block_id" in block else _likest(block, free)
        if like:
            free.remove(like)
            block["block_id"] = like["block_id"]
        block.setdefault("block_id", workspace.new_id("b"))
        for element in kit.elements(block):
            if element.get("type") not in {"image", "mrkdwn", "plain_text"}:
                element.setdefault("action_id", workspace.new_id("a"))
        if block["type"] in kit.HOLDING:
            field = kit.HOLDING[block["type"]]
            block[field] = name_blocks(workspace, block[field], kit.within(like or {}))
    return named


def _without_nulls(value: Any) -> Any:
    """A copy without the fields that are null, which count as absent."""
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _likest(block: Json, among: list[Json]) -> Json | None:
    """The block of the same type with the most elements of the same name; neither holds a choice."""
    wanted = {element.get("action_id") for element in kit.elements(block)}
    if any(element.get("type") in forms.HOLDS for element in kit.elements(block)):
        return None

    def shared(other: Json) -> int:
        return len(wanted & {element.get("action_id") for element in kit.elements(other)})

    like = [other for other in among if other["type"] == block["type"] and (shared(other) or not wanted)]
    return max(like, key=shared, default=None)


def _name_again(workspace: Workspace, message: Message, before: Message) -> None:
    message.blocks = name_blocks(workspace, message.blocks, before.blocks)
    message.attachments = _named_attachments(workspace, message.attachments, before.attachments)


def _named_attachments(
    workspace: Workspace, attachments: list[Json] | None, before: list[Json] | None = None
) -> list[Json] | None:
    """With the `id` Slack gives each, and their blocks named."""
    if attachments is None:
        return None
    named = [{"id": number, **attachment} for number, attachment in enumerate(attachments, 1)]
    for attachment, former in zip(named, chain(before or [], repeat({})), strict=False):
        if attachment.get("blocks"):
            attachment["blocks"] = name_blocks(workspace, attachment["blocks"], former.get("blocks"))
    return named


def _root(channel: Channel, thread_ts: str | None) -> Message | None:
    if thread_ts is None:
        return None
    message = channel.messages.get(thread_ts)
    if message is None:
        raise RefusedError("thread_not_found")
    return channel.messages.get(message.thread_ts or thread_ts, message)
