"""bookmarks.*: links at the top of a channel.

docs.slack.dev/reference/methods/bookmarks.add, .edit, .list, .remove
"""

from sandbox import bookmarks
from sandbox.api.registry import Ask, invalid, method
from sandbox.refusals import RefusedError
from sandbox.shapes import bookmark_json
from sandbox.things import Channel, Json


@method("bookmarks.add", "bookmarks:write")
def add(ask: Ask) -> Json:
    channel = _channel(ask)
    if ask.text("type") != "link":
        raise RefusedError("invalid_bookmark_type")
    link = ask.optional("link")
    if link is None:
        raise invalid("missing required field: link", "link")
    emoji = ask.optional("emoji") or ""
    bookmark = bookmarks.add(ask.workspace, channel, ask.bot.id, ask.text("title"), link, emoji)
    return {"bookmark": bookmark_json(ask.workspace, bookmark)}


@method("bookmarks.edit", "bookmarks:write")
def edit(ask: Ask) -> Json:
    bookmark = bookmarks.find(_channel(ask), ask.text("bookmark_id"))
    changes = {name: value for name in ("title", "link", "emoji") if (value := ask.optional(name))}
    bookmarks.edit(ask.workspace, bookmark, ask.bot.id, changes)
    return {"bookmark": bookmark_json(ask.workspace, bookmark)}


@method("bookmarks.remove", "bookmarks:write")
def remove(ask: Ask) -> Json:
    bookmarks.remove(ask.workspace, _channel(ask), ask.text("bookmark_id"), ask.bot.id)
    return {}


@method("bookmarks.list", "bookmarks:read")
def list_(ask: Ask) -> Json:
    channel = _channel(ask)
    return {"bookmarks": [bookmark_json(ask.workspace, bookmark) for bookmark in channel.bookmarks.values()]}


def _channel(ask: Ask) -> Channel:
    channel = ask.workspace.find_channel(ask.text("channel_id"), ask.bot.id)
    if ask.bot.id not in channel.members:
        raise RefusedError("channel_not_found")
    return channel
