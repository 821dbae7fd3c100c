"""The messages of alerts and storms: posted once each in the source's channel, and kept true in place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.alerts.views import Draw, alert_view, list_views, naming, referring, storm_view
from bot.cards.alert import alert_message
from bot.cards.message import Message
from bot.cards.storm import storm_list, storm_message
from bot.channels.channel_state import CHANNEL_ERRORS
from bot.channels.places import enter, places
from bot.channels.posting import Spot, marked, show_once, shows_now
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.posts import remember_post
from incidents.model.identity import Channel
from incidents.model.storm import STORM_LIST
from incidents.ports import CannotSucceed, Job, Post, Purpose, TryLater

IN_TURN = 0.5
"""Seconds until a list looks again whether what comes before it in the storm's thread is there."""
TURNS = 60
"""How often it looks: what comes before may never be there."""


@dataclass(frozen=True)
class Shown:
    """A message that is to be there, and to show how things are."""

    purpose: Purpose
    source: str
    since: datetime
    drawn: Callable[[], Awaitable[Draw]]
    """How things are, when it is asked."""
    metadata: dict[str, Any]
    part: int = 0


async def show_alert(bot: Bot, job: Job) -> None:
    """Have an alert's message show how it stands. Raises CannotSucceed where the channel is not there."""
    alert = await bot.core.storage.read.alerts.alert(job.subject)
    if alert is None:
        return
    marks = marked("alert", alert=alert.number)
    drawn = partial(_alert, bot, alert.number)
    await _show_in_channel(bot, job, Shown(Purpose.ALERT, alert.source, alert.received_at, drawn, marks))


async def _alert(bot: Bot, number: int) -> Draw:
    alert = await bot.core.storage.read.alerts.alert(number)
    assert alert is not None
    return partial(alert_message, await alert_view(bot, alert))


async def show_storm(bot: Bot, job: Job) -> None:
    """Have a storm's message show how its alerts stand. Raises CannotSucceed where the channel is not there."""
    storm = await bot.core.storage.read.alerts.storm(job.subject)
    if storm is None:
        return
    marks = marked("storm", storm=storm.id)
    drawn = partial(_storm, bot, storm.id)
    await _show_in_channel(bot, job, Shown(Purpose.STORM, storm.source, storm.began_at, drawn, marks))


async def _storm(bot: Bot, id: int) -> Draw:
    storm = await bot.core.storage.read.alerts.storm(id)
    assert storm is not None
    return partial(storm_message, await storm_view(bot, storm))


async def show_storm_list(bot: Bot, job: Job) -> None:
    """Have one of the lists in a storm's thread show its alerts.

    Raises TryLater until it is its turn, CannotSucceed where there will be no thread.
    """
    storm, part = await bot.core.storage.read.alerts.storm(job.subject), job.first
    if storm is None or not await list_views(bot, storm, part):
        return
    drawn = partial(_list, bot, storm.id, part)
    marks = marked("storm_list", storm=storm.id, part=part)
    shown = Shown(Purpose.STORM_LIST, storm.source, storm.began_at, drawn, marks, part)
    if await _edited(bot, job, shown):
        return
    thread = await _thread(bot, job, part)
    await _post(bot, job, shown, Spot(thread.channel, shown.since, thread.message))


async def _list(bot: Bot, id: int, part: int) -> Draw:
    storm = await bot.core.storage.read.alerts.storm(id)
    assert storm is not None
    return partial(storm_list, await list_views(bot, storm, part), part * STORM_LIST + 1, storm.alerts)


async def _thread(bot: Bot, job: Job, part: int) -> Post:
    """The storm's own message, under which its lists follow each other in their order."""
    threads = await bot.core.storage.read.posts(job.subject, Purpose.STORM)
    lists = await bot.core.storage.read.posts(job.subject, Purpose.STORM_LIST)
    in_turn = part == 0 or any(post.part == part - 1 for post in lists)
    if job.attempt <= TURNS and not (threads and in_turn):
        raise TryLater("what comes before it in the storm's thread is not there yet", IN_TURN)
    if not threads:
        raise CannotSucceed("The storm's own message, under which this list belongs, could not be shown.")
    return threads[0]


async def _show_in_channel(bot: Bot, job: Job, shown: Shown) -> None:
    """A source that was removed meanwhile has no channel: what was not shown before is not shown any more."""
    if await _edited(bot, job, shown):
        return
    source = (await bot.core.storage.read.organisation.current()).sources.get(shown.source)
    if source is None:
        return
    try:
        where = await _place(bot, source.channel, looking=job.attempt > 1)
        await _post(bot, job, shown, Spot(where, shown.since))
    except SlackRefused as refused:
        if refused.error not in CHANNEL_ERRORS:
            raise
        raise CannotSucceed(
            f"Alerts of {source.name} cannot be shown in {source.channel} ({refused.error}). "
            "Make that channel and let the bot in, or name another: Home, Settings."
        ) from refused


async def _edited(bot: Bot, job: Job, shown: Shown) -> bool:
    """Whether the message is there; one in a channel that is closed or gone stays as it is."""
    posts = await bot.core.storage.read.posts(job.subject, shown.purpose)
    post = next((post for post in posts if post.part == shown.part), None)
    if post is None:
        return False
    try:
        return await shows_now(bot, post, partial(_referring, bot, shown))
    except SlackRefused as refused:
        if refused.error not in CHANNEL_ERRORS:
            raise
    return True


async def _referring(bot: Bot, shown: Shown) -> Message:
    return await referring(bot, await shown.drawn())


async def _post(bot: Bot, job: Job, shown: Shown, spot: Spot) -> None:
    if job.attempt > 1:
        await enter(bot, spot.channel)
    place, id = await show_once(bot, job, spot, await naming(bot, await shown.drawn()), shown.metadata)
    await remember_post(bot.core, Post(job.subject, shown.purpose, place, id, shown.part))


async def _place(bot: Bot, name: str, looking: bool) -> Channel:
    return (await places(bot, [name], looking))[name]
