"""Messages that the app wants posted later, and their posting at that time.

docs.slack.dev/reference/methods/chat.scheduleMessage and .../chat.deleteScheduledMessage ("Restrictions")
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from sandbox import messages
from sandbox.messages import Draft
from sandbox.refusals import RefusedError
from sandbox.things import Channel
from sandbox.workspace import Workspace

FARTHEST = 120 * 24 * 3600
"""Seconds ahead."""
MOST_IN_WINDOW = 30
WINDOW = 5 * 60
"""Seconds in which a channel takes `MOST_IN_WINDOW`."""
TOO_LATE = 60
"""Seconds before its posting from which on a message cannot be deleted any more."""


@dataclass
class Scheduled:
    """A message that waits; `post_at` and `created` are seconds since the epoch."""

    id: str
    channel: str
    draft: Draft
    post_at: int
    created: int
    timer: asyncio.TimerHandle


class Schedule:
    """All that waits to be posted for the app."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._waiting: dict[str, Scheduled] = {}

    def add(self, channel: Channel, draft: Draft, post_at: int) -> Scheduled:
        """Raises RefusedError `time_in_past`, `time_too_far`, `restricted_too_many`."""
        ahead = post_at - time.time()
        if ahead <= 0:
            raise RefusedError("time_in_past")
        if ahead > FARTHEST:
            raise RefusedError("time_too_far")
        if sum(abs(other.post_at - post_at) < WINDOW for other in self.waiting(channel.id)) >= MOST_IN_WINDOW:
            raise RefusedError("restricted_too_many")
        id_ = self._workspace.new_id("Q")
        timer = asyncio.get_running_loop().call_later(ahead, self._post, id_)
        scheduled = Scheduled(id_, channel.id, draft, post_at, self._workspace.now(), timer)
        self._waiting[id_] = scheduled
        return scheduled

    def delete(self, channel: Channel, id_: str) -> None:
        """Raises RefusedError `invalid_scheduled_message_id`, within a minute of its posting too."""
        found = self._waiting.get(id_)
        if found is None or found.channel != channel.id or found.post_at - time.time() <= TOO_LATE:
            raise RefusedError("invalid_scheduled_message_id")
        found.timer.cancel()
        del self._waiting[id_]

    def waiting(self, channel_id: str | None = None) -> list[Scheduled]:
        """What waits, in that channel or in all, the next one first."""
        found = [one for one in self._waiting.values() if channel_id in (None, one.channel)]
        return sorted(found, key=lambda one: one.post_at)

    def close(self) -> None:
        for scheduled in self._waiting.values():
            scheduled.timer.cancel()
        self._waiting.clear()

    def _post(self, id_: str) -> None:
        """Post it, if it can be said there still; what has metadata Slack never posts ("Bug alert" on the page)."""
        scheduled = self._waiting.pop(id_)
        channel = self._workspace.channels.get(scheduled.channel)
        if channel is None or scheduled.draft.metadata:
            return
        bot = self._workspace.users[self._workspace.app.bot_user_id]
        with contextlib.suppress(RefusedError):
            messages.post(self._workspace, channel, bot, scheduled.draft)
