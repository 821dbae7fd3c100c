"""How often Slack lets an app call each method, and post into each channel.

The tiers: docs.slack.dev/apis/web-api/rate-limits. Which method is of which tier: its own page,
docs.slack.dev/reference/methods/<method> ("Rate Limits").
"""

import math
import time
from typing import Literal, get_args

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from sandbox.workspace import Workspace

Mode = Literal["off", "real", "harsh"]
Rate = Literal["tier 2", "tier 3", "tier 4", "hundreds", "channel", "workspace"]
MODES: tuple[Mode, ...] = get_args(Mode)
POSTING = "chat.postMessage"

TIERS: dict[Rate, tuple[str, ...]] = {
    "tier 2": (
        "bookmarks.add",
        "bookmarks.edit",
        "bookmarks.remove",
        "conversations.archive",
        "conversations.close",
        "conversations.create",
        "conversations.list",
        "conversations.rename",
        "conversations.setPurpose",
        "conversations.setTopic",
        "conversations.unarchive",
        "pins.add",
        "pins.list",
        "pins.remove",
        "reactions.list",
        "reactions.remove",
        "usergroups.list",
        "usergroups.users.list",
        "users.list",
    ),
    "tier 3": (
        "apps.connections.open",
        "bookmarks.list",
        "bots.info",
        "chat.delete",
        "chat.deleteScheduledMessage",
        "chat.meMessage",
        "chat.scheduleMessage",
        "chat.scheduledMessages.list",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.invite",
        "conversations.join",
        "conversations.kick",
        "conversations.leave",
        "conversations.mark",
        "conversations.open",
        "conversations.replies",
        "files.delete",
        "reactions.add",
        "reactions.get",
        "team.info",
        "users.conversations",
        "users.lookupByEmail",
    ),
    "tier 4": (
        "chat.postEphemeral",
        "conversations.members",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "files.info",
        "users.info",
        "users.profile.get",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
    ),
    "hundreds": ("auth.test", "chat.getPermalink"),
}
RATE_OF: dict[str, Rate] = {method: rate for rate, methods in TIERS.items() for method in methods}

# Slack gives the least it grants, and tolerates bursts: "1 per second … short bursts >1 allowed", "several hundred
# messages per minute" in a workspace. What "hundreds" are, Slack's own Java SDK reckons as 600 (MethodsRateLimitTier).
# In harsh mode the rates are the same, without bursts.
RATES: dict[Mode, dict[Rate, RateLimitItem]] = {
    "off": {},
    "real": {
        "tier 2": parse("20 per minute"),
        "tier 3": parse("50 per minute"),
        "tier 4": parse("100 per minute"),
        "hundreds": parse("600 per minute"),
        "channel": parse("5 per 5 seconds"),
        "workspace": parse("300 per minute"),
    },
    "harsh": {
        "tier 2": parse("2 per 6 seconds"),
        "tier 3": parse("5 per 6 seconds"),
        "tier 4": parse("10 per 6 seconds"),
        "hundreds": parse("60 per 6 seconds"),
        "channel": parse("1 per second"),
        "workspace": parse("30 per 6 seconds"),
    },
}


class Limits:
    """Counts the app's calls; `mode` may be changed at any time."""

    def __init__(self, workspace: Workspace, mode: Mode = "off") -> None:
        self.mode = mode
        self._workspace = workspace
        self._counter = MovingWindowRateLimiter(MemoryStorage())

    async def wait(self, method: str, channel: str) -> int:
        """The whole seconds that the app must wait before this call; 0, and counted, when it may be made now."""
        counted = self._counted(method, channel)
        wait = max([await self._left(item, key) for item, key in counted], default=0)
        if not wait:
            for item, key in counted:
                await self._counter.hit(item, key)
        return wait

    def _counted(self, method: str, channel: str) -> list[tuple[RateLimitItem, str]]:
        """What this call counts against: limits, each with the name of whom or what it limits."""
        rates = RATES[self.mode]
        if method == POSTING and rates:
            return [(rates["workspace"], POSTING), (rates["channel"], self._place(channel))]
        rate = RATE_OF.get(method)
        return [(rates[rate], method)] if rate in rates else []

    def _place(self, wanted: str) -> str:
        """One name for a channel, however the app called it: its id, or the person of direct messages."""
        channel = self._workspace.channels.get(wanted) or self._workspace.channel_named(wanted.removeprefix("#"))
        return (channel.im_user or channel.id) if channel else wanted

    async def _left(self, item: RateLimitItem, key: str) -> int:
        if await self._counter.test(item, key):
            return 0
        window = await self._counter.get_window_stats(item, key)
        return max(1, math.ceil(window.reset_time - time.time()))
