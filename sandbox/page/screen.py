"""The whole screen of one person as named pieces of HTML, drawn from the workspace.
Pieces are compared by the live connection, so that only what changed is sent and redrawn."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from sandbox import channels
from sandbox.api.registry import METHODS
from sandbox.limits import MODES
from sandbox.page import mrkdwn
from sandbox.page.drawing import environment
from sandbox.page.drawn import DrawnMessages
from sandbox.page.names import Choice
from sandbox.page.rows import MessageRow, Who, author, channel_rows, thread_rows, who
from sandbox.page.unread import Unread
from sandbox.things import Bookmark, Channel, User
from sandbox.workspace import Workspace

MESSAGES_SHOWN = 200
PLACES = ("sidebar", "header", "start", "composer", "thread", "dialogs", "home", "samples")
REACTIONS_OFFERED = ["thumbsup", "eyes", "white_check_mark", "pushpin", "fire", "tada", "heart", "rotating_light"]
HEX_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")
# https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments (color)
NAMED_COLOURS = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}


CHANNELS_ONLY = {"include": ["public", "private"]}


@dataclass(frozen=True)
class Look:
    """What a person is looking at: a channel, perhaps a thread beside it, or the app's `home` tab.

    Of the channel the latest messages, `shown` of them; what came after `new_since` (a ts) was new when they came.
    """

    user: str
    channel: str | None = None
    thread: str | None = None
    tab: str | None = None
    shown: int = MESSAGES_SHOWN
    new_since: str | None = None


@dataclass(frozen=True)
class Drawn:
    """The screen: HTML by the id of its place, the ids of the messages in order, and the window's title."""

    pieces: dict[str, Markup]
    order: Sequence[str]
    title: str


@dataclass(frozen=True)
class SidebarRow:
    id: str
    name: str
    who: Who | None
    is_private: bool
    is_archived: bool
    is_open: bool
    is_unread: bool
    mentions: int


class WorkspaceNames:
    """A workspace's ids as one reader's client names them, for the text and the menus of blocks."""

    def __init__(self, workspace: Workspace, reader: str) -> None:
        self.workspace = workspace
        self.reader = reader

    def user(self, user_id: str) -> str | None:
        user = self.workspace.users.get(user_id)
        return user.name if user else None

    def channel(self, channel_id: str) -> str | None:
        channel = self.workspace.channels.get(channel_id)
        return channel.name if channel and not channel.is_im and self.workspace.can_see(self.reader, channel) else None

    def usergroup(self, usergroup_id: str) -> str | None:
        group = self.workspace.usergroups.get(usergroup_id)
        return group.handle if group else None

    def user_choices(self) -> list[Choice]:
        people = [user for user in self.workspace.users.values() if not user.is_bot and not user.deleted]
        return [Choice(user.id, f"{user.real_name} @{user.name}") for user in people]

    def channel_choices(self) -> list[Choice]:
        visible = [c for c in self.workspace.visible_channels(self.reader) if c.kind == "channel" and not c.is_archived]
        return [Choice(channel.id, channel.name) for channel in visible]

    def conversation_choices(self, wanted: Mapping[str, Any]) -> list[Choice]:
        return [
            Choice(c.id, conversation_name(self.workspace, c, self.reader))
            for c in self.workspace.visible_channels(self.reader)
            if not c.is_archived and channels.passes(self.workspace, c, wanted)
        ]


class Screen:
    """Draws any person's screen of one workspace."""

    def __init__(self, workspace: Workspace, unread: Unread) -> None:
        self.workspace = workspace
        self.unread = unread
        self._templates: dict[str, Environment] = {}
        self.drawn_messages = DrawnMessages(workspace)

    def first_look(self, user_id: str | None, channel_id: str | None, tab: str | None) -> Look:
        """What an address asks for; a person or channel that is left out or out of sight is chosen for it."""
        people = self.people()
        user = user_id if user_id in {person.id for person in people} else people[0].id
        visible = {channel.id: channel for channel in self.workspace.visible_channels(user)}
        if channel_id in visible:
            return Look(user, channel_id, None, tab if self._has_home(visible[channel_id]) else None)
        mine = [channel for channel in visible.values() if user in channel.members and not channel.is_im]
        general = [channel for channel in mine if channel.is_general]
        return Look(user, next((c.id for c in [*general, *mine, *visible.values()]), None))

    def people(self) -> list[Who]:
        """Everybody whom one can be."""
        people = [user for user in self.workspace.users.values() if not user.is_bot and not user.deleted]
        return [who(self.workspace, user.id) for user in people]

    def draw(self, look: Look) -> Drawn:
        """Every piece of the screen for `look`, which must name a person and a channel they may see."""
        shared = self._shared(look)
        pieces = {place: self._piece(place, shared) for place in PLACES}
        rows = [] if look.tab == "home" else self._rows(look)
        for row in rows:
            pieces[row.id] = self.drawn_messages.drawn(
                look.user, row, lambda row: self._piece("message", shared | {"item": row})
            )
        return Drawn(pieces, [row.id for row in rows], shared["title"])

    def page(self, look: Look) -> str:
        """The whole document."""
        drawn = self.draw(look)
        shared = self._shared(look) | {
            "pieces": drawn.pieces,
            "order": drawn.order,
            "reactions": REACTIONS_OFFERED,
            "everybody": [who(self.workspace, user) for user in self.workspace.users],
            "methods": sorted(METHODS),
            "events": sorted({name.partition(".")[0] for name in self.workspace.app.bot_events}),
            "limit_modes": MODES,
        }
        return self._template("page", look.user).render(shared)

    def _template(self, place: str, reader: str) -> Template:
        if reader not in self._templates:
            made = environment(WorkspaceNames(self.workspace, reader))
            made.filters |= {"colour": colour, "bookmark_link": bookmark_link, "seconds": seconds}
            self._templates[reader] = made
        return self._templates[reader].get_template(f"{place}.html")

    def _piece(self, place: str, values: dict[str, Any]) -> Markup:
        return Markup(self._template(place, values["me"].id).render(values))

    def _rows(self, look: Look) -> list[MessageRow]:
        channel = self.workspace.channels[look.channel] if look.channel else None
        return channel_rows(self.workspace, channel, look.user, look.shown, look.new_since) if channel else []

    def _shared(self, look: Look) -> dict[str, Any]:
        channel = self.workspace.channels[look.channel] if look.channel else None
        app = self.workspace.app
        values = self._sidebar(look) | {
            "me": who(self.workspace, look.user),
            "people": self.people(),
            "usergroups": list(self.workspace.usergroups.values()),
            "team_name": self.workspace.team_name,
            "app_name": app.name,
            "app_user": app.bot_user_id,
            "tab": look.tab,
            "open_channel": look.channel,
            "title": self.workspace.team_name,
            "channel": channel,
            "channel_names": WorkspaceNames(self.workspace, look.user).conversation_choices(CHANNELS_ONLY),
            "commands": self._commands(),
            "global_shortcuts": [s for s in app.shortcuts if s["type"] == "global"],
            "shortcuts": [s for s in app.shortcuts if s["type"] == "message"],
            "views": self.workspace.open_views(look.user),
            "home": self.workspace.homes.get(look.user),
            "samples": list(self.workspace.samples.requests.values()),
            "outcomes": self.workspace.samples.outcomes,
            "thread": None,
        }
        return values | (self._of_channel(channel, look) if channel else {})

    def _of_channel(self, channel: Channel, look: Look) -> dict[str, Any]:
        name = conversation_name(self.workspace, channel, look.user)
        is_member = look.user in channel.members
        first = islice(channel.messages.values(), MESSAGES_SHOWN)
        app_spoke = any(message.bot_id == self.workspace.app.bot_id for message in first)
        commands = self._commands()
        thread = thread_rows(self.workspace, channel, look.user, look.thread) if look.thread else None
        return {
            "name": name,
            "title": f"{name} | {self.workspace.team_name}",
            "is_member": is_member,
            "may_write": is_member and not channel.is_archived,
            "members": [who(self.workspace, member) for member in channel.members],
            "invitable": [who(self.workspace, user.id) for user in self._invitable(channel)],
            "has_earlier": next(islice(channel.latest(), look.shown, None), None) is not None,
            "pins": self._pins(channel),
            "has_home": self._has_home(channel),
            "lesson": lesson(commands[0]) if commands and not app_spoke else None,
            "thread": thread,
            "thread_ts": look.thread,
        }

    def _pins(self, channel: Channel) -> list[dict[str, Any]]:
        pinned = [channel.messages[pin.ts] for pin in channel.pins if pin.ts in channel.messages]
        return [
            {"id": f"m-{channel.id}-{m.ts.replace('.', '-')}", "who": author(self.workspace, m), "text": m.text}
            for m in pinned
        ]

    def _invitable(self, channel: Channel) -> list[User]:
        everybody = self.workspace.users.values()
        return [user for user in everybody if user.id not in channel.members and not user.deleted]

    def _commands(self) -> list[dict[str, Any]]:
        return [{"name": name, **about} for name, about in self.workspace.app.commands.items()]

    def _has_home(self, channel: Channel) -> bool:
        return channel.is_im and self.workspace.app.home_tab and self._is_app_im(channel)

    def _is_app_im(self, channel: Channel) -> bool:
        return self.workspace.app.bot_user_id in channel.members

    def _sidebar(self, look: Look) -> dict[str, Any]:
        mine = [c for c in self.workspace.channels.values() if look.user in c.members]
        channels = sorted((c for c in mine if not c.is_im and not c.is_archived), key=lambda c: c.name)
        directs = [c for c in mine if c.is_im]
        rows = {c.id: self._row(c, look) for c in mine}
        joinable = [c for c in self.workspace.visible_channels(look.user) if c not in mine and not c.is_archived]
        return {
            "channels": [rows[c.id] for c in channels],
            "directs": [rows[c.id] for c in directs if not self._is_app_im(c)],
            "apps": [rows[c.id] for c in directs if self._is_app_im(c)],
            "any_unread": any(row.is_unread for row in rows.values()),
            "joinable": [
                {"id": c.id, "name": c.name, "members": len(c.members), "purpose": c.purpose.value} for c in joinable
            ],
        }

    def _row(self, channel: Channel, look: Look) -> SidebarRow:
        is_open = channel.id == look.channel
        others = [member for member in channel.members if member != look.user]
        return SidebarRow(
            id=channel.id,
            name=conversation_name(self.workspace, channel, look.user),
            who=who(self.workspace, (others or [look.user])[0]) if channel.is_im else None,
            is_private=channel.is_private,
            is_archived=channel.is_archived,
            is_open=is_open,
            is_unread=not is_open and any(self.unread.messages(look.user, channel)),
            mentions=0 if is_open else self.unread.mentions(look.user, channel),
        )


def conversation_name(workspace: Workspace, channel: Channel, reader: str) -> str:
    """The channel's name; for a direct message, the other side's."""
    if not channel.is_im:
        return channel.name
    others = [member for member in channel.members if member != reader]
    return who(workspace, others[0] if others else reader).name


def lesson(command: dict[str, Any]) -> dict[str, Any]:
    """What a newcomer is told to type: the command, and the first word of several that its usage hint names."""
    first, among_others, _ = command["usage_hint"].partition("|")
    words = takewhile(str.isalnum, first.split()) if among_others else ()
    return command | {"typed": " ".join([command["name"], *words])}


def colour(value: Any) -> str:
    """An attachment's `color` as CSS, and nothing that is not a colour."""
    named = NAMED_COLOURS.get(str(value))
    match = HEX_COLOUR.fullmatch(str(value))
    return named or (f"#{match[1]}" if match else "#8b8593")


def bookmark_link(bookmark: Bookmark) -> Markup:
    """A bookmark as a link that opens beside the page."""
    return mrkdwn.link(bookmark.link, bookmark.title)


def seconds(value: float) -> str:
    """A short while, as one reads it."""
    return f"{value:.1f} s" if value >= 1 else f"{value * 1000:.0f} ms"
