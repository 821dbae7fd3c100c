"""Messages as the page shows them: who, when, whether joined to the one above, with which reactions.
Plain values for the templates, so that these decide nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zlib import crc32

from sandbox.things import Channel, Message
from sandbox.workspace import Workspace

JOIN_WITHIN = timedelta(minutes=5)
TINTS = 8
# Subtypes that Slack's client shows as a line of the channel's own: docs.slack.dev/reference/events/message
NOTICES = {
    f"{kind}_{what}"
    for kind in ("channel", "group")
    for what in ("join", "leave", "topic", "purpose", "name", "archive", "unarchive", "convert_to_private")
} | {"bot_add", "bot_remove", "pinned_item"}


@dataclass(frozen=True)
class Who:
    """An author or a person, ready to be drawn; `note` is what tells them from others (a guest, an admin, a title)."""

    id: str
    name: str
    handle: str
    is_app: bool = False
    note: str = ""

    @property
    def initials(self) -> str:
        words = re.findall(r"\w+", self.name) or ["?"]
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def tint(self) -> int:
        return crc32(self.id.encode()) % TINTS


@dataclass(frozen=True)
class Reaction:
    name: str
    count: int
    who: str
    is_mine: bool


@dataclass(frozen=True)
class MessageRow:
    """One message for one reader. `id` is unique on the page, for a reply in its thread too."""

    id: str
    message: Message
    who: Who
    at: datetime
    is_mine: bool
    is_joined: bool
    is_notice: bool
    new_day: bool
    replies: Sequence[Message]
    root: Message | None
    reactions: Sequence[Reaction]
    pinned_by: str | None
    in_thread: bool
    is_first_new: bool = False

    @property
    def surroundings(self) -> tuple[object, ...]:
        """What it shows of other messages, which change without it."""
        last = self.replies[-1].ts if self.replies else None
        return self.is_joined, self.new_day, self.is_first_new, len(self.replies), last, self.root and self.root.text

    @property
    def epoch(self) -> int:
        return int(self.at.timestamp())

    @property
    def last_reply(self) -> int:
        """When the latest reply came, in seconds since the epoch."""
        return int(float(self.replies[-1].ts))

    @property
    def fallback_time(self) -> str:
        return f"{self.at:%H:%M} UTC"

    @property
    def fallback_day(self) -> str:
        return f"{self.at:%A, %d %B}"

    @property
    def notice(self) -> str:
        """A notice's words without its author's name, which stands beside them."""
        return self.message.text.removeprefix(f"<@{self.message.user}> ")

    @property
    def is_pinned(self) -> bool:
        return self.pinned_by is not None


def who(workspace: Workspace, user_id: str) -> Who:
    """The person or bot behind a user id, even one the workspace no longer has."""
    user = workspace.users.get(user_id)
    if user is None:
        return Who(user_id, user_id, user_id)
    notes = {
        "from another organisation": user.is_stranger,
        "guest": user.is_guest,
        "admin": user.is_admin or user.is_owner,
    }
    note = " · ".join(filter(None, [user.title, *(text for text, is_so in notes.items() if is_so)]))
    return Who(user.id, user.real_name or user.name, user.name, user.is_bot, note)


def author(workspace: Workspace, message: Message) -> Who:
    """Who a message says it is from: its own `username` goes before the user's name."""
    known = who(workspace, message.user)
    if message.username:
        return Who(known.id, message.username, known.handle, is_app=True)
    return Who(known.id, known.name, known.handle, known.is_app or message.bot_id is not None)


def moment(ts: str) -> datetime:
    """The time in a Slack ts."""
    return datetime.fromtimestamp(float(ts), UTC)


def channel_rows(
    workspace: Workspace, channel: Channel, reader: str, limit: int, new_since: str | None = None
) -> list[MessageRow]:
    """The latest `limit` messages of the channel that `reader` sees, ephemeral ones in their places, oldest first.

    The first that somebody else wrote after `new_since` (a ts) is marked.
    """
    latest = list(islice(channel.latest(), limit))
    theirs = [m for m in channel.ephemerals.values() if m.visible_to == reader and not m.is_reply]
    seen = sorted([*latest, *theirs], key=lambda message: message.ts)
    rows = _rows(workspace, channel, reader, seen[-limit:], in_thread=False)
    return _with_first_new(rows, reader, new_since) if new_since else rows


def _with_first_new(rows: list[MessageRow], reader: str, new_since: str) -> list[MessageRow]:
    for number, row in enumerate(rows):
        if row.message.ts > new_since and row.message.user != reader:
            return [*rows[:number], replace(row, is_first_new=True, is_joined=False), *rows[number + 1 :]]
    return rows


def thread_rows(workspace: Workspace, channel: Channel, reader: str, ts: str) -> list[MessageRow]:
    """The thread under `ts` as `reader` sees it, its parent first."""
    theirs = [m for m in channel.ephemerals.values() if m.visible_to == reader and m.thread_ts == ts]
    seen = sorted([*channel.thread(ts), *theirs], key=lambda message: message.ts)
    return _rows(workspace, channel, reader, seen, in_thread=True)


def _rows(
    workspace: Workspace, channel: Channel, reader: str, messages: Iterable[Message], *, in_thread: bool
) -> list[MessageRow]:
    pinned = {pin.ts: who(workspace, pin.created_by).name for pin in channel.pins}
    rows: list[MessageRow] = []
    for message in messages:
        at = moment(message.ts)
        row = MessageRow(
            id=f"{'t' if in_thread else 'm'}-{message.channel}-{message.ts.replace('.', '-')}",
            message=message,
            who=author(workspace, message),
            at=at,
            is_mine=message.user == reader and message.subtype not in NOTICES,
            is_joined=bool(rows) and _joins(rows[-1], message, at) and message.ts not in pinned,
            is_notice=message.subtype in NOTICES,
            new_day=not rows or rows[-1].at.date() != at.date(),
            replies=list(channel.replies.get(message.ts, {}).values()),
            root=channel.messages.get(message.thread_ts or "") if message.is_reply and not in_thread else None,
            reactions=_reactions(workspace, message, reader),
            pinned_by=pinned.get(message.ts),
            in_thread=in_thread,
        )
        rows.append(row)
    return rows


def _joins(above: MessageRow, message: Message, at: datetime) -> bool:
    same_author = above.message.user == message.user and above.message.username == message.username
    same_kind = above.message.visible_to == message.visible_to and not above.is_notice
    return same_author and same_kind and message.subtype not in NOTICES and at - above.at < JOIN_WITHIN


def _reactions(workspace: Workspace, message: Message, reader: str) -> list[Reaction]:
    return [
        Reaction(name, len(users), ", ".join(who(workspace, user).name for user in users), reader in users)
        for name, users in message.reactions.items()
    ]
