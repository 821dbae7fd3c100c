"""files.*: upload in three steps, and information; the bytes are real.

docs.slack.dev/messaging/working-with-files: getUploadURLExternal, a POST of the bytes, completeUploadExternal.
"""

import mimetypes
import secrets

from sandbox import channels, messages
from sandbox.api.registry import Ask, method
from sandbox.blockkit.surfaces import check_message
from sandbox.messages import Draft
from sandbox.refusals import RefusedError
from sandbox.shapes import file_json
from sandbox.slack import Slack
from sandbox.things import Channel, File, Json

MAX_DESCRIPTION = 1000
MAX_CHANNELS = 100


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(ask: Ask) -> Json:
    name = ask.text("filename")
    if len(ask.optional("alt_txt") or "") > MAX_DESCRIPTION:
        raise RefusedError("alt_txt_too_large")
    if ask.number("length", 0) <= 0:
        raise RefusedError("missing_argument")
    file = File(
        id=ask.workspace.new_id("F"),
        name=name,
        user=ask.bot.id,
        created=ask.workspace.now(),
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        alt_text=ask.optional("alt_txt"),
        complete=False,
    )
    ask.workspace.files[file.id] = file
    ticket = secrets.token_urlsafe(16)
    ask.slack.uploads[ticket] = file.id
    return {"upload_url": f"{ask.workspace.url}/upload/v1/{ticket}", "file_id": file.id}


def receive(slack: Slack, ticket: str, content: bytes) -> File:
    """Keep the bytes posted to an upload address. Raises RefusedError `file_not_found`."""
    file = slack.workspace.files.get(slack.uploads.pop(ticket, ""))
    if file is None:
        raise RefusedError("file_not_found")
    file.content = content
    return file


@method("files.completeUploadExternal", "files:write")
def complete_upload(ask: Ask) -> Json:
    files = [_uploaded(ask, entry) for entry in ask.objects("files", "invalid_arguments") or []]
    if not files:
        raise RefusedError("invalid_arguments")
    shared_in = _channels(ask)
    blocks = ask.objects("blocks", "invalid_blocks")
    check_message(blocks)
    for file in files:
        file.complete = True
    draft = Draft(
        ask.optional("initial_comment") or "", blocks=blocks, files=files, thread_ts=ask.optional("thread_ts")
    )
    for channel in shared_in:
        messages.post(ask.workspace, channel, ask.bot, draft)
    return {"files": [file_json(ask.workspace, file) for file in files]}


@method("files.info", "files:read")
def info(ask: Ask) -> Json:
    file = _file(ask)
    return {"file": file_json(ask.workspace, file), "comments": []}


@method("files.delete", "files:write")
def delete(ask: Ask) -> Json:
    file = _file(ask)
    if file.user != ask.bot.id:
        raise RefusedError("cant_delete_file")
    del ask.workspace.files[file.id]
    ask.workspace.deleted_files.add(file.id)
    return {}


def _file(ask: Ask) -> File:
    """Raises RefusedError `file_not_found`, `file_deleted`."""
    file_id = ask.optional("file") or ""
    file = ask.workspace.files.get(file_id)
    if file_id in ask.workspace.deleted_files:
        raise RefusedError("file_deleted")
    if file is None or not file.complete or not _visible(ask, file):
        raise RefusedError("file_not_found")
    return file


def _uploaded(ask: Ask, entry: Json) -> File:
    file = ask.workspace.files.get(entry.get("id", ""))
    if file is None or file.complete or file.id in ask.slack.uploads.values():
        raise RefusedError("file_not_found")
    file.title = entry.get("title") or file.name
    return file


def _channels(ask: Ask) -> list[Channel]:
    """Where the files are to be shared: `channel_id`, or `channels` by ids of channels and people.

    Raises RefusedError `channel_not_found`, `not_in_channel`, `channels_limit_exceeded`, `invalid_channel`.
    """
    names = ask.names("channels")
    if not names:
        return [_channel(ask, name) for name in ask.names("channel_id")]
    if len(names) > MAX_CHANNELS:
        raise RefusedError("channels_limit_exceeded")
    known = ask.workspace.users.keys() | {c.id for c in ask.workspace.visible_channels(ask.bot.id)}
    if not known.issuperset(names):
        raise RefusedError("invalid_channel")
    direct = {
        name: channels.direct(ask.workspace, ask.bot.id, name).id for name in names if name in ask.workspace.users
    }
    return [_channel(ask, direct.get(name, name)) for name in names]


def _channel(ask: Ask, channel_id: str) -> Channel:
    channel = ask.workspace.find_channel(channel_id, ask.bot.id)
    if ask.bot.id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _visible(ask: Ask, file: File) -> bool:
    here = [ask.workspace.channels[c] for c in file.channels if c in ask.workspace.channels]
    return file.is_for_app or file.user == ask.bot.id or any(ask.bot.id in channel.members for channel in here)
