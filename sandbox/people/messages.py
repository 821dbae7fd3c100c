"""People write: messages, edits, deletions, reactions, pins; and another bot posts.

`/me waves` becomes a me_message, as in Slack's own client.
"""

import mimetypes
from typing import Any

from pydantic import Base64Bytes, BaseModel, Field

from sandbox import messages
from sandbox.messages import Draft
from sandbox.people.desk import Act, open_channel_of, verb
from sandbox.refusals import RefusedError
from sandbox.shapes import file_json
from sandbox.slack import Slack
from sandbox.things import Channel, File, Json, Message, User


class FileGiven(BaseModel):
    name: str
    content: str = ""
    base64: Base64Bytes | None = None
    mimetype: str | None = None


class Say(Act):
    channel: str
    text: str = ""
    thread_ts: str | None = None
    broadcast: bool = False
    files: list[FileGiven] = Field(default_factory=list)


class Upload(Act):
    files: list[FileGiven]


class OnMessage(Act):
    channel: str
    ts: str


class Edit(OnMessage):
    text: str


class React(OnMessage):
    name: str


class BotMessage(Act):
    channel: str
    text: str = ""
    bot: str = "Grafana"
    blocks: list[dict[str, Any]] | None = None
    attachments: list[dict[str, Any]] | None = None
    thread_ts: str | None = None
    webhook: bool = True


@verb("message", Say)
async def say(slack: Slack, person: User, act: Say) -> Json:
    channel = open_channel_of(slack, person, act.channel)
    files = [_upload(slack, person, file) for file in act.files]
    draft = Draft(act.text, thread_ts=act.thread_ts, broadcast=act.broadcast, files=files)
    if act.text.startswith("/me "):
        draft.text, draft.subtype = act.text.removeprefix("/me "), "me_message"
    return {"ts": messages.post(slack.workspace, channel, person, draft).ts}


@verb("upload", Upload)
async def upload(slack: Slack, person: User, act: Upload) -> Json:
    """Files for a form, which the app can see: docs.slack.dev/reference/block-kit/block-elements/file-input-element."""
    files = [_upload(slack, person, file) for file in act.files]
    for file in files:
        file.is_for_app = True
    return {"files": [file_json(slack.workspace, file) for file in files]}


def _upload(slack: Slack, person: User, given: FileGiven) -> File:
    kind = given.mimetype or mimetypes.guess_type(given.name)[0] or "application/octet-stream"
    file = File(
        id=slack.workspace.new_id("F"),
        name=given.name,
        user=person.id,
        created=slack.workspace.now(),
        content=given.content.encode() if given.base64 is None else given.base64,
        mimetype=kind,
    )
    slack.workspace.files[file.id] = file
    return file


@verb("edit", Edit)
async def edit(slack: Slack, person: User, act: Edit) -> Json:
    channel, message = _found(slack, person, act)
    if message.user != person.id or message.bot_id:
        raise RefusedError("cant_update_message")
    if not act.text.strip():
        raise RefusedError("no_text")
    if act.text != message.text:
        messages.edit(slack.workspace, channel, message, {"text": act.text}, by=person.id)
    return {}


@verb("delete", OnMessage)
async def delete(slack: Slack, person: User, act: OnMessage) -> Json:
    channel = open_channel_of(slack, person, act.channel)
    whispered = channel.ephemerals.get(act.ts)
    if whispered and whispered.visible_to == person.id:
        messages.hush(slack.workspace, channel, whispered)
        return {}
    message = slack.workspace.find_message(channel, act.ts)
    if message.user != person.id and not person.is_admin:
        raise RefusedError("cant_delete_message")
    messages.delete(slack.workspace, channel, message, by=person.id)
    return {}


@verb("react", React)
async def react(slack: Slack, person: User, act: React) -> Json:
    channel, message = _found(slack, person, act)
    messages.react(slack.workspace, channel, message, act.name, by=person.id)
    return {}


@verb("unreact", React)
async def unreact(slack: Slack, person: User, act: React) -> Json:
    channel, message = _found(slack, person, act)
    messages.unreact(slack.workspace, channel, message, act.name, by=person.id)
    return {}


@verb("pin", OnMessage)
async def pin(slack: Slack, person: User, act: OnMessage) -> Json:
    channel, message = _found(slack, person, act)
    messages.pin(slack.workspace, channel, message, by=person.id)
    return {}


@verb("unpin", OnMessage)
async def unpin(slack: Slack, person: User, act: OnMessage) -> Json:
    channel, message = _found(slack, person, act)
    messages.unpin(slack.workspace, channel, message, by=person.id)
    return {}


@verb("bot_message", BotMessage)
async def bot_message(slack: Slack, person: User, act: BotMessage) -> Json:
    """Another app posts: by an incoming webhook, which makes a `bot_message`, or else by `chat.postMessage`.

    docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    and docs.slack.dev/reference/events/message/bot_message
    """
    bot = next((b for b in slack.workspace.bots.values() if b.name.lower() == act.bot.lower()), None)
    if bot is None:
        raise RefusedError("bot_not_found")
    channel = slack.workspace.find_channel(act.channel, person.id)
    draft = Draft(act.text, blocks=act.blocks, attachments=act.attachments, thread_ts=act.thread_ts)
    if act.webhook:
        draft.subtype, draft.username = "bot_message", bot.name
    return {"ts": messages.post(slack.workspace, channel, slack.workspace.users[bot.user_id], draft).ts}


def _found(slack: Slack, person: User, act: OnMessage) -> tuple[Channel, Message]:
    channel = open_channel_of(slack, person, act.channel)
    return channel, slack.workspace.find_message(channel, act.ts)
