"""What a workspace is made of: people, bots, channels, messages, views and the app.

Plain data with Slack's names; who may do what is decided in the modules that change it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
SLACKBOT = "USLACKBOT"


@dataclass
class User:
    """A person or the user behind a bot; `is_stranger` people belong to another organisation's `team_id`."""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str | None = None
    tz: str = "Etc/UTC"
    title: str = ""
    color: str = "4bbe2e"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    bot_id: str | None = None
    updated: int = 0

    @property
    def is_bot(self) -> bool:
        return self.bot_id is not None

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted


@dataclass
class Bot:
    """A bot that can post; `app_id` is its app's, `user_id` the user it speaks as."""

    id: str
    name: str
    app_id: str
    user_id: str
    updated: int = 0


@dataclass
class Note:
    """A channel's topic or purpose."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass
class File:
    """A file with its real bytes; `channels` are those it was shared in, or it was given to the app by a form."""

    id: str
    name: str
    user: str
    created: int
    content: bytes = b""
    title: str = ""
    mimetype: str = "text/plain"
    alt_text: str | None = None
    channels: list[str] = field(default_factory=list)
    complete: bool = True
    is_for_app: bool = False


@dataclass
class Message:
    """A message; `visible_to` names the one person who sees it when it is ephemeral.

    `extra` holds the fields only some subtypes have (`topic`, `inviter`, `old_name`, `root` …), as Slack names them.
    """

    ts: str
    channel: str
    user: str
    text: str
    subtype: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    edited: Json | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    client_msg_id: str | None = None
    visible_to: str | None = None
    extra: Json = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_in_channel(self) -> bool:
        """Whether it stands in the channel, and not in a thread only."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass
class Pin:
    ts: str
    created: int
    created_by: str


@dataclass
class Bookmark:
    id: str
    channel_id: str
    title: str
    type: str
    link: str
    emoji: str
    date_created: int
    date_updated: int
    rank: str
    updated_by: str
    app_id: str | None = None


@dataclass
class Channel:
    """A conversation: public or private channel, or a direct message (`is_im`, then `im_user` is the person).

    `messages` are by ts, oldest first, and `replies` the same by their parents' ts: both are changed by `add` and
    `remove` alone.
    """

    id: str
    name: str
    creator: str
    created: int
    is_private: bool = False
    is_im: bool = False
    is_general: bool = False
    is_archived: bool = False
    im_user: str | None = None
    shared_team_ids: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, dict[str, Message]] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    pins: list[Pin] = field(default_factory=list)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    updated: int = 0

    @property
    def is_ext_shared(self) -> bool:
        return bool(self.shared_team_ids)

    @property
    def kind(self) -> Literal["channel", "group", "im"]:
        """The `channel_type` of events."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    def add(self, message: Message) -> None:
        """Have a message, which is newer than all others."""
        self.messages[message.ts] = message
        if message.is_reply and message.thread_ts:
            self.replies.setdefault(message.thread_ts, {})[message.ts] = message

    def remove(self, message: Message) -> None:
        del self.messages[message.ts]
        self.replies.get(message.thread_ts or "", {}).pop(message.ts, None)

    def timeline(self) -> list[Message]:
        """The channel's own messages, oldest first: no replies unless broadcast."""
        return [m for m in self.messages.values() if m.is_in_channel]

    def latest(self) -> Iterator[Message]:
        """The same, newest first."""
        return (m for m in reversed(self.messages.values()) if m.is_in_channel)

    def thread(self, ts: str) -> list[Message]:
        """The parent at `ts` (if it still exists) and its replies, oldest first."""
        parent = [self.messages[ts]] if ts in self.messages else []
        return [*parent, *self.replies.get(ts, {}).values()]


@dataclass
class View:
    """A modal or a person's Home tab; `content` is what the app sent, `values` the state of its inputs."""

    id: str
    user: str
    content: Json
    hash: str
    app_id: str
    bot_id: str
    team_id: str
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.content["type"])

    @property
    def blocks(self) -> list[Json]:
        return list(self.content["blocks"])


@dataclass
class Usergroup:
    id: str
    handle: str
    name: str
    users: list[str]
    created: int
    created_by: str
    description: str = ""
    updated: int = 0
    deleted_at: int = 0


@dataclass
class App:
    """The app under trial: what its manifest asks for, and its secrets."""

    id: str
    name: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    scopes: set[str]
    bot_events: set[str]
    commands: dict[str, Json]
    shortcuts: list[Json]
    socket_mode: bool
    interactivity: bool = True
    request_url: str | None = None
    options_url: str | None = None
    home_tab: bool = True
    messages_tab: bool = True


@dataclass(frozen=True)
class Change:
    """Something that happened in the workspace, told to every subscriber in order.

    `kind` is one of: message_posted, message_changed, message_deleted, ephemeral_posted, ephemeral_changed,
    ephemeral_deleted, reaction_added, reaction_removed, pin_added, pin_removed, bookmark_changed, channel_created,
    channel_changed, channel_renamed, channel_archived, channel_unarchived, channel_deleted, member_joined, member_left,
    user_changed, home_opened, view_opened, view_updated, view_closed, home_published, samples_changed,
    usergroup_changed.
    `channel` and `user` say whom it concerns (a view's owner, an ephemeral message's reader, a member …).
    """

    kind: str
    channel: str | None = None
    user: str | None = None
    data: Json = field(default_factory=dict)
