"""The incident card in the channel: posted once, pinned, bookmarked, and kept true; and the channel's topic."""

import html
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.background import background_of
from bot.cards.incident_card import incident_card
from bot.cards.message import Message
from bot.cards.topic import topic
from bot.channels.channel_state import incident_now, noticing_loss, open_channel_of
from bot.channels.posting import marked, show_once, shows_now
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.posts import remember_post
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.ports import Job, Post, Purpose


async def show_card(bot: Bot, job: Job) -> None:
    """Have the channel's card show the incident as it is: post it, or edit the one that is there."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    async with noticing_loss(bot, where):
        post = await _card(bot, incident.number, where)
        if post is not None and await shows_now(bot, post, partial(_drawn, bot, incident.number)):
            return
        names, background = await _names(bot, incident), await background_of(bot.core, incident)
        message = incident_card(incident, bot.core.clock(), names.__getitem__, background)
        place, id = await show_once(bot, job, where, message, marked("incident_card", incident.number))
        await remember_post(bot.core, Post(incident.number, Purpose.CARD, place, id))


async def _drawn(bot: Bot, number: int) -> Message:
    """The card as it is to be by now."""
    incident = await incident_now(bot, number)
    return incident_card(incident, bot.core.clock(), background=await background_of(bot.core, incident))


async def pin_card(bot: Bot, job: Job) -> None:
    """Pin the card: https://docs.slack.dev/reference/methods/pins.add"""
    post = await _card_of(bot, job)
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
    post = await _card_of(bot, job)
    if post is None:
        return
    async with noticing_loss(bot, post.channel):
        answer = await bot.slack.call("chat.getPermalink", channel=post.channel.id, message_ts=post.message)
        link = answer["permalink"]
        if job.attempt > 1:
            there = await bot.slack.call("bookmarks.list", channel_id=post.channel.id)
            if any(bookmark["link"] == link for bookmark in there["bookmarks"]):
                return
        title = f"INC-{job.subject} card"
        await bot.slack.call("bookmarks.add", channel_id=post.channel.id, title=title, type="link", link=link)


async def set_topic(bot: Bot, job: Job) -> None:
    """Have the channel's topic say severity, status and commander; each setting is a line there, the same one too."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here

    async def drawn() -> Mapping[str, Any]:
        return {"channel": where.id, "topic": await _topic(bot, incident.number)}

    async with noticing_loss(bot, where):
        shown = (await bot.slack.call("conversations.info", channel=where.id))["channel"].get("topic") or {}
        if html.unescape(shown.get("value") or "") != await _topic(bot, incident.number):
            await bot.slack.show("conversations.setTopic", f"{where.id}/topic", drawn)


async def _topic(bot: Bot, number: int) -> str:
    incident = await incident_now(bot, number)
    names = await bot.people.names([incident.commander] if incident.commander else [])
    return topic(incident, names.__getitem__)


async def _card_of(bot: Bot, job: Job) -> Post | None:
    """The card that is up in the incident's open channel."""
    here = await open_channel_of(bot, job)
    return await _card(bot, job.subject, here[1]) if here else None


async def _card(bot: Bot, incident: int, where: Channel) -> Post | None:
    posts = await bot.core.storage.read.posts(incident, Purpose.CARD)
    return next((post for post in posts if post.channel == where), None)


async def _names(bot: Bot, incident: Incident) -> dict[Person, str]:
    return await bot.people.names([incident.declared_by, *incident.responders])
