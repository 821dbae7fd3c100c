"""Channels that follow a status page: each update is posted there once, as customers have it."""

from slack_sdk.models.blocks import Block

from bot.cards.blocks import context, section
from bot.cards.customer_text import as_slack
from bot.cards.message import Message
from bot.cards.text import cut, escape, slack_date
from bot.channels.channel_state import CHANNEL_ERRORS
from bot.channels.places import enter, places
from bot.channels.posting import Spot, marked, post_once
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.ports import CannotSucceed, Job
from incidents.public.page import Event, PublicUpdate, Snapshot

TEXT = 2_500
"""Characters of a message to customers."""


async def tell_channel(bot: Bot, job: Job) -> None:
    """Post an update in one of its page's channels. Raises CannotSucceed where that channel is not there."""
    id, event_id, update_id = job.detail.split()
    page = (await bot.core.storage.read.organisation.current()).pages.get(id)
    snapshots = await bot.core.storage.read.public.snapshots()
    snapshot = next((each for each in snapshots if each.page.id == id), None)
    event = next((each for each in snapshot.events if each.id == event_id), None) if snapshot else None
    update = next((each for each in event.updates if each.id == update_id), None) if event else None
    if page is None or snapshot is None or event is None or update is None or job.first >= len(page.channels):
        return
    name = page.channels[job.first]
    message = update_message(snapshot, event, update, f"{bot.url}/status/{id}/incidents/{event.id}")
    try:
        where = (await places(bot, [name], looking=job.attempt > 1))[name]
        if job.attempt > 1:
            await enter(bot, where)
        marks = marked("status_page_update", page=id, update=update_id)
        await post_once(bot, job, Spot(where, update.published_at), message, marks)
    except SlackRefused as refused:
        if refused.error not in CHANNEL_ERRORS:
            raise
        raise CannotSucceed(
            f"Updates of the page {page.name} cannot be posted in {name} ({refused.error}). Make that channel and let "
            "the bot in, or name another: tocsin apply."
        ) from refused


def update_message(snapshot: Snapshot, event: Event, update: PublicUpdate, address: str) -> Message:
    """What customers read, and where it stands on the page; a private page has no address to give away."""
    title = f"*{event.stands(update).word}* · {escape(event.title)}"
    services = [
        f"{escape(service.name)}: {update.impacts[service.id].word}"
        for service in snapshot.page.services
        if service.id in update.impacts
    ]
    name = escape(snapshot.page.name)
    where = name if snapshot.page.private else f"<{address}|{name}>"
    said = cut(as_slack(update.body), TEXT)
    blocks: list[Block] = [section(f"{title}\n{said}"), context(" · ".join([*_times(event, update), *services, where]))]
    return Message(f"{title}\n{said}", blocks)


def _times(event: Event, update: PublicUpdate) -> list[str]:
    window = [event.window.begins_at, event.window.ends_at] if event.window else []
    planned = " – ".join(slack_date(at, "{date_short_pretty} {time}") for at in window)
    promised = f"Next update by {slack_date(update.next_at, '{time}')}" if update.next_at else ""
    return [said for said in (planned, promised) if said]
