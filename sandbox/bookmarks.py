"""Links at the top of a channel, at most a hundred, added by the app and by people.

docs.slack.dev/reference/methods/bookmarks.add, .edit, .remove
"""

import re

from sandbox.refusals import RefusedError
from sandbox.things import Bookmark, Channel
from sandbox.workspace import Workspace

MAX_BOOKMARKS = 100


def add(workspace: Workspace, channel: Channel, by: str, title: str, link: str, emoji: str = "") -> Bookmark:
    """Raises RefusedError `too_many_bookmarks`, `invalid_link`, `invalid_emoji`."""
    if len(channel.bookmarks) >= MAX_BOOKMARKS:
        raise RefusedError("too_many_bookmarks")
    bookmark = Bookmark(
        id=workspace.new_id("Bk"),
        channel_id=channel.id,
        title=title,
        type="link",
        link=checked_link(link),
        emoji=checked_emoji(emoji),
        date_created=workspace.now(),
        date_updated=0,
        rank=f"{len(channel.bookmarks):06d}",
        updated_by=by,
        app_id=workspace.app.id if by == workspace.app.bot_user_id else None,
    )
    channel.bookmarks[bookmark.id] = bookmark
    workspace.publish("bookmark_changed", channel.id, by)
    return bookmark


def edit(workspace: Workspace, bookmark: Bookmark, by: str, changes: dict[str, str]) -> None:
    """Change what is named of `title`, `link` and `emoji`. Raises RefusedError `invalid_link`, `invalid_emoji`."""
    checks = {"link": checked_link, "emoji": checked_emoji}
    for name, value in changes.items():
        setattr(bookmark, name, checks[name](value) if name in checks else value)
    bookmark.date_updated, bookmark.updated_by = workspace.now(), by
    workspace.publish("bookmark_changed", bookmark.channel_id, by)


def find(channel: Channel, bookmark_id: str) -> Bookmark:
    """Raises RefusedError `not_found`."""
    found = channel.bookmarks.get(bookmark_id)
    if found is None:
        raise RefusedError("not_found")
    return found


def remove(workspace: Workspace, channel: Channel, bookmark_id: str, by: str) -> None:
    """Raises RefusedError `not_found`."""
    del channel.bookmarks[find(channel, bookmark_id).id]
    workspace.publish("bookmark_changed", channel.id, by)


def checked_link(link: str) -> str:
    if not re.match(r"https?://", link):
        raise RefusedError("invalid_link")
    return link


def checked_emoji(emoji: str) -> str:
    if emoji and not re.fullmatch(r":[\w+'-]+:", emoji):
        raise RefusedError("invalid_emoji")
    return emoji
