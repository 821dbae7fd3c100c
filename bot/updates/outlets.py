"""Channels and people that follow a status page: each is told of each update once, as customers have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.cards.blocks import context, section
from bot.cards.customer_text import as_slack, in_sections
from bot.cards.message import Message
from bot.cards.text import escape, slack_date
from bot.channels.channel_state import CHANNEL_ERRORS
from bot.channels.places import enter, places
from bot.channels.posting import Spot, conversation_with, marked, post_once
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.model.identity import Person
from incidents.model.publishing_rules import StatusPage
from incidents.ports import CannotSucceed, Job
from incidents.public.language import N_, Language, language
from incidents.public.page import Event, PublicUpdate, Snapshot


@dataclass(frozen=True)
class Told:
    """One update as a page of ours has it."""

    page: StatusPage
    message: Message
    published_at: datetime
    marks: dict[str, Any]


async def tell_channel(bot: Bot, job: Job) -> None:
    """Post an update in one of its page's channels. Raises CannotSucceed where that channel is not there."""
    told = await _told(bot, job)
    if told is None or job.first >= len(told.page.channels):
        return
    name = told.page.channels[job.first]
    try:
        where = (await places(bot, [name], looking=job.attempt > 1))[name]
        if job.attempt > 1:
            await enter(bot, where)
        await post_once(bot, job, Spot(where, told.published_at), told.message, told.marks)
    except SlackRefused as refused:
        if refused.error not in CHANNEL_ERRORS:
            raise
        raise CannotSucceed(
            f"Updates of the page {told.page.name} cannot be posted in {name} ({refused.error}). Make that channel and "
            "let the bot in, or name another: tocsin apply."
        ) from refused


async def tell_people(bot: Bot, job: Job) -> None:
    """Tell those who follow an update's page of it by direct message. Raises CannotSucceed for whom Slack refuses."""
    told = await _told(bot, job)
    if told is None:
        return
    refusals: dict[Person, SlackRefused] = {}
    for person in await followers(bot, [told.page]):
        try:
            where = await conversation_with(bot, job, person)
            await post_once(bot, job, Spot(where, told.published_at), told.message, told.marks)
        except SlackRefused as refused:
            refusals[person] = refused
    if refusals:
        why = ", ".join(f"{person} ({refused})" for person, refused in refusals.items())
        raise CannotSucceed(f"These who follow the page {told.page.name} could not be told: {why}")


async def followers(bot: Bot, pages: Iterable[StatusPage]) -> list[Person]:
    """Who is told of updates of any of ``pages`` by direct message. Raises SlackUnavailable."""
    organisation = await bot.core.storage.read.organisation.current()
    targets = [target for page in pages for target in page.people]
    groups = {group: await bot.people.members(group) for group in organisation.groups_in(targets)}
    return organisation.meant(targets, groups)


async def _told(bot: Bot, job: Job) -> Told | None:
    """None where the page, or what was said, is not there any more."""
    id, event_id, update_id = job.detail.split()
    page = (await bot.core.storage.read.organisation.current()).pages.get(id)
    snapshots = await bot.core.storage.read.public.snapshots()
    snapshot = next((each for each in snapshots if each.page.id == id), None)
    event = next((each for each in snapshot.events if each.id == event_id), None) if snapshot else None
    update = next((each for each in event.updates if each.id == update_id), None) if event else None
    if page is None or snapshot is None or event is None or update is None:
        return None
    message = update_message(snapshot, event, update, f"{bot.url}/status/{id}/incidents/{event.id}")
    return Told(page, message, update.published_at, marked("status_page_update", page=id, update=update_id))


def update_message(snapshot: Snapshot, event: Event, update: PublicUpdate, address: str) -> Message:
    """What customers read, in the page's language, and where it stands; a private page has no address to give away."""
    spoken = language(snapshot.page.language)
    title = f"*{spoken.status(event, update)}* · {escape(event.title)}"
    services = [
        f"{escape(service.name)}: {spoken.impact(update.leaves[service.id])}"
        for service in snapshot.page.services
        if service.id in update.leaves
    ]
    name = escape(snapshot.page.name)
    where = name if snapshot.page.private else f"<{address}|{name}>"
    said = f"{title}\n{as_slack(update.body)}"
    blocks: list[Block] = [
        *map(section, in_sections(said)),
        context(" · ".join([*_times(event, update, spoken), *services, where])),
    ]
    return Message(said, blocks)


def _times(event: Event, update: PublicUpdate, spoken: Language) -> list[str]:
    """Slack writes the times themselves, as each reader's own does."""
    window = [event.window.begins_at, event.window.ends_at] if event.window else []
    planned = " – ".join(slack_date(at, "{date_short_pretty} {time}") for at in window)
    promise = spoken.say(N_("Next update by %(at)s"))
    promised = promise % {"at": slack_date(update.next_at, "{time}")} if update.next_at else ""
    return [said for said in (planned, promised) if said]
