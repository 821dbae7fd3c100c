"""bookmarks.*: links at the top of a channel, at most a hundred.

docs.slack.dev/reference/methods/bookmarks.add, .edit, .list, .remove
"""

import re

from sandbox.api.registry import Ask, invalid, method
from sandbox.refusals import RefusedError
from sandbox.shapes import bookmark_json
from sandbox.things import Bookmark, Channel, Json

MAX_BOOKMARKS = 100


@method("bookmarks.add", "bookmarks:write")
def add(ask: Ask) -> Json:
    channel = _channel(ask)
    if ask.text("type") != "link":
        raise RefusedError("invalid_bookmark_type")
    if len(channel.bookmarks) >= MAX_BOOKMARKS:
        raise RefusedError("too_many_bookmarks")
    now = ask.workspace.now()
    bookmark = Bookmark(
        id=ask.workspace.new_id("Bk"),
        channel_id=channel.id,
        title=ask.text("title"),
        type="link",
        link=_link(ask),
        emoji=_emoji(ask),
        date_created=now,
        date_updated=0,
        rank=f"{len(channel.bookmarks):06d}",
        updated_by=ask.bot.id,
        app_id=ask.app.id,
    )
    channel.bookmarks[bookmark.id] = bookmark
    ask.workspace.publish("bookmark_changed", channel.id, ask.bot.id)
    return {"bookmark": bookmark_json(ask.workspace, bookmark)}


@method("bookmarks.edit", "bookmarks:write")
def edit(ask: Ask) -> Json:
    channel = _channel(ask)
    bookmark = _bookmark(ask, channel)
    if ask.optional("title"):
        bookmark.title = ask.text("title")
    if ask.optional("link"):
        bookmark.link = _link(ask)
    if ask.optional("emoji"):
        bookmark.emoji = _emoji(ask)
    bookmark.date_updated, bookmark.updated_by = ask.workspace.now(), ask.bot.id
    ask.workspace.publish("bookmark_changed", channel.id, ask.bot.id)
    return {"bookmark": bookmark_json(ask.workspace, bookmark)}


@method("bookmarks.remove", "bookmarks:write")
def remove(ask: Ask) -> Json:
    channel = _channel(ask)
    del channel.bookmarks[_bookmark(ask, channel).id]
    ask.workspace.publish("bookmark_changed", channel.id, ask.bot.id)
    return {}


@method("bookmarks.list", "bookmarks:read", "bookmarks:write")
def list_(ask: Ask) -> Json:
    channel = _channel(ask)
    return {"bookmarks": [bookmark_json(ask.workspace, bookmark) for bookmark in channel.bookmarks.values()]}


def _channel(ask: Ask) -> Channel:
    channel = ask.workspace.find_channel(ask.text("channel_id"), ask.bot.id)
    if ask.bot.id not in channel.members:
        raise RefusedError("channel_not_found")
    return channel


def _bookmark(ask: Ask, channel: Channel) -> Bookmark:
    found = channel.bookmarks.get(ask.text("bookmark_id"))
    if found is None:
        raise RefusedError("not_found")
    return found


def _link(ask: Ask) -> str:
    link = ask.optional("link")
    if link is None:
        raise invalid("missing required field: link", "link")
    if not re.match(r"https?://", link):
        raise RefusedError("invalid_link")
    return link


def _emoji(ask: Ask) -> str:
    emoji = ask.optional("emoji") or ""
    if emoji and not re.fullmatch(r":[\w+'-]+:", emoji):
        raise RefusedError("invalid_emoji")
    return emoji
