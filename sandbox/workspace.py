"""The workspace's state: everything there is, found by id, and told to whoever listens.

One object in memory; it hands out ids and timestamps, and publishes each change to subscribers at once and in order.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.log import Call as Call
from sandbox.log import Log
from sandbox.refusals import RefusedError
from sandbox.samples import Samples
from sandbox.things import SLACKBOT, App, Bot, Change, Channel, File, Message, User, Usergroup, View


@dataclass
class Workspace:
    """A whole workspace. Look things up with the `find_*` methods; change it through the modules of `sandbox`."""

    team_id: str
    team_name: str
    domain: str
    app: App
    url: str = "http://127.0.0.1:0"
    users: dict[str, User] = field(default_factory=dict)
    bots: dict[str, Bot] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    deleted_files: set[str] = field(default_factory=set)
    views: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    samples: Samples = field(default_factory=Samples)
    calls: Log = field(default_factory=Log)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: int = 0
    _listeners: list[Callable[[Change], None]] = field(default_factory=list)

    def new_id(self, letter: str) -> str:
        """An id in Slack's manner: a letter that tells the kind, then capitals and digits."""
        return f"{letter}0SB{next(self._numbers):06d}"

    def new_ts(self) -> str:
        """A message timestamp: later than every one before, in seconds with six decimals."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    @property
    def slackbot(self) -> User:
        """Slack's own voice; it is no bot to the Web API, and nobody one can be."""
        return User(SLACKBOT, "slackbot", "Slackbot", self.team_id)

    def now(self) -> int:
        return int(time.time())

    # Listening -----------------------------------------------------------------------------------------------------

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` with every change, in order, before the change's author goes on."""
        self._listeners.append(listener)

    @contextmanager
    def subscribe(self) -> Iterator["asyncio.Queue[Change]"]:
        """A queue that gets every change from now on: `with workspace.subscribe() as changes: await changes.get()`."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.append(queue.put_nowait)
        try:
            yield queue
        finally:
            self._listeners.remove(queue.put_nowait)

    def publish(self, kind: str, channel: str | None = None, user: str | None = None, **data: Any) -> None:
        change = Change(kind, channel, user, data)
        for listener in list(self._listeners):
            listener(change)

    # Finding -------------------------------------------------------------------------------------------------------

    def find_user(self, user_id: str) -> User:
        """Raises RefusedError `user_not_found`."""
        try:
            return self.users[user_id]
        except KeyError:
            raise RefusedError("user_not_found") from None

    def find_channel(self, channel_id: str, viewer: str) -> Channel:
        """Raises RefusedError `channel_not_found`, also for a channel that `viewer` may not see."""
        channel = self.channels.get(channel_id)
        if channel is None or not self.can_see(viewer, channel):
            raise RefusedError("channel_not_found")
        return channel

    def find_message(self, channel: Channel, ts: str) -> Message:
        """Raises RefusedError `message_not_found`."""
        try:
            return channel.messages[ts]
        except KeyError:
            raise RefusedError("message_not_found") from None

    def can_see(self, user_id: str, channel: Channel) -> bool:
        """Members see private channels; guests and people of other organisations see only where they were invited."""
        if user_id in channel.members:
            return True
        user = self.users[user_id]
        return not (channel.is_private or channel.is_im or user.is_guest or user.is_stranger)

    def visible_channels(self, user_id: str) -> list[Channel]:
        return [channel for channel in self.channels.values() if self.can_see(user_id, channel)]

    def channel_named(self, name: str) -> Channel | None:
        """The channel of that name, archived ones included (their names stay taken)."""
        return next((c for c in self.channels.values() if c.name == name and not c.is_im), None)

    def user_named(self, name: str) -> User | None:
        return next((u for u in self.users.values() if u.name == name), None)

    def open_views(self, user_id: str) -> list[View]:
        """The person's stack of modals, the top one last."""
        return self.views.setdefault(user_id, [])

    def find_view(self, view_id: str) -> View | None:
        """An open modal or a Home tab."""
        everything = itertools.chain(self.homes.values(), *self.views.values())
        return next((view for view in everything if view.id == view_id), None)
