"""What every listener and job handler of the bot is given: the domain, Slack's door, and who the bot is."""

import asyncio
from dataclasses import dataclass, field

from bot.metrics import Metrics
from bot.people import People
from bot.slack import Door
from incidents.core import Core
from incidents.model.identity import Channel, Person


@dataclass(frozen=True)
class Identity:
    """Who the bot is in its workspace, as `auth.test` says."""

    user_id: str
    bot_id: str
    team_id: str
    workspace_url: str = ""
    """The workspace's address, with a slash at its end."""


@dataclass(frozen=True)
class Bot:
    """The running bot."""

    core: Core
    slack: Door
    people: People
    identity: Identity
    announcement_channels: tuple[str, ...] = ()
    """Ids or names of the channels in which public incidents are announced, where the organisation names none."""
    channel_name: str = "inc-{number}-{title}"
    """The template of an incident channel's name, where the organisation has none."""

    url: str = ""
    """Where this Tocsin is reached from outside, without a slash at its end."""

    metrics: Metrics = field(default_factory=Metrics)
    unanswered: set[Person] = field(default_factory=set)
    """Who is to be told, once Slack is back, that they could not be answered."""

    missed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something may have been said in Slack that is not on record, so that it is to be read back."""

    async def announces_in(self) -> tuple[str, ...]:
        """Ids or names of the channels in which public incidents are announced."""
        wanted = (await self.core.storage.read.organisation.current()).channels.announcements
        return self.announcement_channels if wanted is None else wanted

    async def names_channels(self) -> str:
        """The template of an incident channel's name."""
        return (await self.core.storage.read.organisation.current()).channels.name or self.channel_name


def person(slack_user: str) -> Person:
    """The person that Slack calls ``U…``."""
    return Person.of("slack", slack_user)


def channel(slack_channel: str) -> Channel:
    """The channel that Slack calls ``C…``, ``G…`` or ``D…``."""
    return Channel.of("slack", slack_channel)
