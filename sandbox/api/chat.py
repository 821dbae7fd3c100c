"""chat.*: the app's messages.

docs.slack.dev/reference/methods/chat.postMessage, .postEphemeral, .update, .delete, .getPermalink
"""

import json

from sandbox import channels, messages
from sandbox.api.registry import Ask, method
from sandbox.blockkit.surfaces import check_message
from sandbox.messages import Draft
from sandbox.refusals import RefusedError
from sandbox.shapes import message_json, permalink, said_json
from sandbox.things import Channel, Json, Message

MAX_UPDATED_TEXT = 4000
MAX_METADATA_BYTES = 8000


@method("chat.postMessage", "chat:write")
def post_message(ask: Ask) -> Json:
    channel = postable(ask)
    draft = read_draft(ask)
    if draft.username or draft.icons:
        ask.need("chat:write.customize")
        draft.subtype = "bot_message"
    message = messages.post(ask.workspace, channel, ask.bot, draft)
    shape = message_json(ask.workspace, message, all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(ask: Ask) -> Json:
    channel = postable(ask)
    reader = ask.text("user")
    if reader not in channel.members:
        raise RefusedError("user_not_in_channel")
    draft = read_draft(ask)
    if len(draft.text) > messages.MAX_TEXT:
        raise RefusedError("msg_too_long")
    return {"message_ts": messages.whisper(ask.workspace, channel, ask.bot, reader, draft).ts}


@method("chat.update", "chat:write")
def update(ask: Ask) -> Json:
    """Change the app's message; `reply_broadcast` shows a reply in the channel, too, from now on.

    docs.slack.dev/reference/methods/chat.update
    """
    channel = _own_channel(ask)
    message = _own_message(ask, channel, "cant_update_message")
    if channel.is_archived:
        raise RefusedError("is_inactive")
    draft = read_draft(ask)
    if len(draft.text) > MAX_UPDATED_TEXT:
        raise RefusedError("msg_too_long")
    changes = _changes(ask, draft)
    if draft.broadcast:
        _check_broadcast(message, changes)
        changes |= {"subtype": "thread_broadcast", "extra": message.extra | {"root": message.thread_ts}}
    if not draft.broadcast and not (changes.get("text") or changes.get("blocks") or changes.get("attachments")):
        raise RefusedError("no_text")
    messages.edit(ask.workspace, channel, message, changes, by=ask.bot.id)
    said = said_json(ask.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": said}


def _check_broadcast(message: Message, changes: Json) -> None:
    """Raises RefusedError `cant_broadcast_message`, `no_dual_broadcast_content_update`."""
    if not message.is_reply:
        raise RefusedError("cant_broadcast_message")
    if changes and message.subtype != "thread_broadcast":
        raise RefusedError("no_dual_broadcast_content_update")


@method("chat.delete", "chat:write")
def delete(ask: Ask) -> Json:
    channel = _own_channel(ask)
    message = _own_message(ask, channel, "cant_delete_message")
    messages.delete(ask.workspace, channel, message, by=ask.bot.id)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(ask: Ask) -> Json:
    channel = _own_channel(ask)
    message = ask.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(ask.workspace, message)}


def postable(ask: Ask) -> Channel:
    """The channel by id or name, or the direct messages with a user by id, if the app may write there.

    Raises RefusedError `channel_not_found`, `is_archived`, `not_in_channel`, `messages_tab_disabled`.
    """
    wanted = ask.optional("channel") or ""
    if wanted in ask.workspace.users:
        wanted = channels.direct(ask.workspace, ask.bot.id, wanted).id
    named = ask.workspace.channel_named(wanted.removeprefix("#"))
    channel = ask.workspace.find_channel(named.id if named else wanted, ask.bot.id)
    if channel.is_im and not ask.app.messages_tab:
        raise RefusedError("messages_tab_disabled")
    if channel.is_archived:
        raise RefusedError("is_archived")
    if ask.bot.id not in channel.members and "chat:write.public" not in ask.app.scopes:
        raise RefusedError("not_in_channel")
    return channel


def read_draft(ask: Ask) -> Draft:
    """The message that the arguments describe, its blocks checked.

    Raises RefusedError `invalid_blocks`, `invalid_blocks_format`, `invalid_attachments`, `invalid_metadata_format`,
    `metadata_too_large`, `markdown_text_conflict`, `too_many_attachments`.
    """
    blocks = ask.objects("blocks", "invalid_blocks_format")
    attachments = ask.objects("attachments", "invalid_attachments")
    markdown = ask.optional("markdown_text")
    if markdown and (blocks or ask.optional("text")):
        raise RefusedError("markdown_text_conflict")
    check_message(blocks, attachments)
    return Draft(
        text=markdown or ask.optional("text") or "",
        blocks=blocks,
        attachments=attachments,
        thread_ts=ask.optional("thread_ts"),
        broadcast=ask.flag("reply_broadcast"),
        metadata=_metadata(ask),
        username=ask.optional("username"),
        icons=_icons(ask),
    )


def _metadata(ask: Ask) -> Json | None:
    """docs.slack.dev/messaging/message-metadata"""
    metadata = ask.json("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    known = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not known or not isinstance(metadata.get("event_payload"), dict):
        raise RefusedError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MAX_METADATA_BYTES:
        raise RefusedError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def _icons(ask: Ask) -> Json | None:
    emoji, url = ask.optional("icon_emoji"), ask.optional("icon_url")
    if emoji:
        return {"emoji": emoji}
    return {"image_64": url} if url else None


def _changes(ask: Ask, draft: Draft) -> Json:
    """What is not named stays; an empty list takes blocks or attachments away, an empty object the metadata."""
    given: Json = {}
    if ask.args.get("text") is not None or ask.optional("markdown_text"):
        given["text"] = draft.text
    for name, value in (("blocks", draft.blocks), ("attachments", draft.attachments)):
        if value is not None:
            given[name] = value or None
    if ask.json("metadata") is not None:
        given["metadata"] = draft.metadata
    return given


def _own_channel(ask: Ask) -> Channel:
    return ask.workspace.find_channel(ask.optional("channel") or "", ask.bot.id)


def _own_message(ask: Ask, channel: Channel, refusal: str) -> Message:
    message = ask.message(channel)
    if message.bot_id != ask.app.bot_id:
        raise RefusedError(refusal)
    return message
