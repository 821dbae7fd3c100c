"""How often Slack lets an app call each method, as Slack publishes it, and whose call goes first where that is little.

The tiers: https://docs.slack.dev/apis/web-api/rate-limits; which method is of which: its own page,
https://docs.slack.dev/reference/methods
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context, ContextVar
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from incidents.ports import Claim


class Urgency(IntEnum):
    """Who waits for a call, the most urgent first."""

    PERSON = 0
    """Somebody who looks at the screen: forms, answers."""
    PAGE = 1
    """Somebody who is called, or whose channel opens."""
    NOTICE = 2
    """Those who read along."""
    REFRESH = 3
    """Nobody: what is there is made true again."""


SHARES: Mapping[Urgency, float] = {
    Urgency.PERSON: 1.0,
    Urgency.PAGE: 1.0,
    Urgency.NOTICE: 0.9,
    Urgency.REFRESH: 0.8,
}
"""How much of a rate each may use up, so that something is left for who comes later and cannot wait."""

urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.PERSON)
"""How urgent calls are from here on; what is not said to be less is what a person waits for."""


@contextmanager
def as_urgent_as(given: Urgency) -> Iterator[None]:
    """Calls in this block are that urgent."""
    token = urgency.set(given)
    try:
        yield
    finally:
        urgency.reset(token)


def beside(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Have ``work`` done as a refresh: beside what has it done, and neither in its place nor in its name."""
    context = Context()
    context.run(urgency.set, Urgency.REFRESH)
    return asyncio.create_task(work, context=context)


@dataclass(frozen=True)
class Rate:
    """So many ``calls`` in any stretch of so many ``seconds``."""

    calls: int
    seconds: float

    @property
    def evenly(self) -> float:
        """Seconds between two calls, where they are made at an even pace; a tenth more, since the network is not."""
        return 1.1 * self.seconds / self.calls

    def share(self, of: Urgency) -> int:
        """The calls that one so urgent may use up."""
        return max(1, int(self.calls * SHARES[of]))


@dataclass(frozen=True)
class Limit:
    """What a call counts against: a rate with a name, or a name alone, where only Slack's wish to wait counts."""

    name: str
    rate: Rate | None

    def claim(self, of: Urgency) -> Claim | None:
        """What a call so urgent asks for, where all processes keep the rate in common."""
        rate = self.rate
        return None if rate is None else Claim(self.name, rate.share(of), rate.calls, rate.seconds, rate.evenly)


LATE = 1.0
"""Seconds by which one call may be longer on its way than another: what we send in a minute, Slack may see in less."""

TIER_2, TIER_3, TIER_4 = (Rate(calls, 60 + LATE) for calls in (20, 50, 100))
HUNDREDS = Rate(100, 20 + LATE)
"""What Slack calls hundreds a minute is 300 here, or fewer than 300: https://docs.slack.dev/reference/methods/auth.test"""
CHANNEL = Rate(5, 5 + LATE / 2)
"""Messages into one channel: "1 per second … short bursts >1 allowed"."""
WORKSPACE = Rate(100, 20 + LATE)
"""Messages into all channels: "several hundred messages per minute"."""

POSTING = "chat.postMessage"
RATES: Mapping[str, Rate] = {
    "apps.connections.open": TIER_3,
    "auth.test": HUNDREDS,
    "bookmarks.add": TIER_2,
    "bookmarks.list": TIER_3,
    "bots.info": TIER_3,
    "chat.getPermalink": HUNDREDS,
    "chat.update": TIER_3,
    "conversations.create": TIER_2,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.invite": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.setTopic": TIER_2,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "pins.add": TIER_2,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
"""The rate of each method that the bot calls, but for posting, which is counted by channel."""

Limits = Callable[[str, str], list[Limit]]
"""What a call of a method, into a channel where it is about one, counts against; last what its 429 speaks of."""


def published(method: str, channel: str) -> list[Limit]:
    """As Slack publishes it."""
    if method == POSTING:
        return [Limit(method, WORKSPACE), Limit(f"{method} {channel.removeprefix('#')}", CHANNEL)]
    return [Limit(method, RATES.get(method))]


def unlimited(method: str, channel: str) -> list[Limit]:
    """For a Slack that counts nothing: a sandbox."""
    return [Limit(limit.name, None) for limit in published(method, channel)]


LIMITS: Mapping[str, Limits] = {"published": published, "none": unlimited}
"""By the setting SLACK_RATES."""
