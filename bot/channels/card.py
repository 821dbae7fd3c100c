"""The incident card in the channel: posted once, pinned, bookmarked, and kept true; and the channel's topic."""

import html

from bot.cards.incident_card import incident_card
from bot.cards.topic import topic
from bot.channels.channel_state import noticing_loss
from bot.channels.posting import marked, show_once
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.posts import forget_post, remember_post
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.ports import Job, Post, Purpose


async def show_card(bot: Bot, job: Job) -> None:
    """Have the channel's card show the incident as it is: post it, or edit the one that is there."""
    incident = await _open_here(bot, job)
    if incident is None or incident.channel is None:
        return
    where = incident.channel.channel
    async with noticing_loss(bot, where):
        post = await _card(bot, incident.number, where)
        if post is not None and await _edited(bot, incident, post):
            return
        names = await _names(bot, incident)
        message = incident_card(incident, bot.core.clock(), names.__getitem__)
        place, id = await show_once(bot, job, where, message, marked("incident_card", incident.number))
        await remember_post(bot.core, Post(incident.number, Purpose.CARD, place, id))


async def pin_card(bot: Bot, job: Job) -> None:
    """Pin the card: https://docs.slack.dev/reference/methods/pins.add"""
    incident = await _open_here(bot, job)
    if incident is None or incident.channel is None:
        return
    post = await _card(bot, incident.number, incident.channel.channel)
    if post is None:
        return
    async with noticing_loss(bot, post.channel):
        try:
            await bot.slack.call("pins.add", channel=post.channel.id, timestamp=post.message)
        except SlackRefused as refused:
            if refused.error not in {"already_pinned", "message_not_found"}:
                raise


async def bookmark_card(bot: Bot, job: Job) -> None:
    """Bookmark the card: https://docs.slack.dev/reference/methods/bookmarks.add"""
    incident = await _open_here(bot, job)
    if incident is None or incident.channel is None:
        return
    post = await _card(bot, incident.number, incident.channel.channel)
    if post is None:
        return
    async with noticing_loss(bot, post.channel):
        answer = await bot.slack.call("chat.getPermalink", channel=post.channel.id, message_ts=post.message)
        link = answer["permalink"]
        if job.attempt > 1:
            there = await bot.slack.call("bookmarks.list", channel_id=post.channel.id)
            if any(bookmark["link"] == link for bookmark in there["bookmarks"]):
                return
        title = f"INC-{incident.number} card"
        await bot.slack.call("bookmarks.add", channel_id=post.channel.id, title=title, type="link", link=link)


async def set_topic(bot: Bot, job: Job) -> None:
    """Have the channel's topic say severity, status and commander; each setting is a line there, the same one too."""
    incident = await _open_here(bot, job)
    if incident is None or incident.channel is None:
        return
    where = incident.channel.channel
    async with noticing_loss(bot, where):
        names = await bot.people.names([incident.commander] if incident.commander else [])
        said = topic(incident, names.__getitem__)
        shown = (await bot.slack.call("conversations.info", channel=where.id))["channel"].get("topic") or {}
        if html.unescape(shown.get("value") or "") != said:
            await bot.slack.call("conversations.setTopic", channel=where.id, topic=said)


async def _open_here(bot: Bot, job: Job) -> Incident | None:
    incident = await bot.core.storage.read.incident(job.incident)
    if incident is None or incident.channel is None or incident.channel.archived:
        return None
    return incident


async def _card(bot: Bot, incident: int, where: Channel) -> Post | None:
    posts = await bot.core.storage.read.posts(incident, Purpose.CARD)
    return next((post for post in posts if post.channel == where), None)


async def _edited(bot: Bot, incident: Incident, post: Post) -> bool:
    """Whether the card is there to be edited; one that somebody deleted is forgotten, and posted anew."""
    message = incident_card(incident, bot.core.clock())
    try:
        await bot.slack.call("chat.update", channel=post.channel.id, ts=post.message, **message.to_dict())
    except SlackRefused as refused:
        if refused.error != "message_not_found":
            raise
        await forget_post(bot.core, post)
        return False
    return True


async def _names(bot: Bot, incident: Incident) -> dict[Person, str]:
    return await bot.people.names([incident.declared_by, *incident.responders])
