"""Reminders: customers have waited long for an update, or a draft for approval. Each is said once."""

from datetime import datetime, timedelta

from bot.cards.update_reminder import draft_waits, update_is_due
from bot.channels.channel_state import noticing_loss, open_channel_of
from bot.channels.posting import Spot, marked, post_once
from bot.context import Bot
from bot.updates.views import draft_view
from incidents.model.status_update import UpdateState
from incidents.model.update_due import IMPACT_FACTS, update_due
from incidents.ports import Job, Purpose, TryLater


async def remind_of_update(bot: Bot, job: Job) -> None:
    """Remind whoever leads that customers wait, and again after each interval. Raises TryLater until it is time.

    It goes on after the incident is resolved, until customers were told so.
    """
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    read, now = bot.core.storage.read, bot.core.clock()
    entries = await read.entries_of(incident.number, IMPACT_FACTS)
    snoozed = await read.snoozed_until(incident.number)
    due = update_due(incident, entries, await read.organisation.current(), snoozed)
    if due is None:
        return
    if due.turn(now) >= 0:
        latest = incident.updates.latest
        since = latest.published_at if latest is not None and latest.published_at else due.at - due.every
        async with noticing_loss(bot, where):
            marks = marked("update_due", incident.number, due=int(due.at.timestamp()), turn=due.turn(now))
            await post_once(bot, job, where, update_is_due(incident, since, now), marks)
    raise _until(due.next(now), now)


async def remind_approvers(bot: Bot, job: Job) -> None:
    """Remind those who can approve the draft ``job.detail`` that it waits: at once where it was held back.

    Raises TryLater until it is time.
    """
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    update, now = incident.updates.get(int(job.detail)), bot.core.clock()
    if update.state is not UpdateState.WAITING:
        return
    wait = (await bot.core.storage.read.organisation.current()).updates.approval_wait
    due = update.held_back_at or update.written_at + timedelta(minutes=wait)
    if now < due:
        raise _until(due, now)
    view = await draft_view(bot, incident, update)
    posts = await bot.core.storage.read.posts(incident.number, Purpose.DRAFT)
    card = next((post.message for post in posts if post.part == update.number and post.channel == where), None)
    async with noticing_loss(bot, where):
        since = update.held_back_at or update.written_at
        marks = marked("draft_waits", incident.number, update=update.number, written=int(since.timestamp()))
        said = draft_waits(incident, update, view.approval.who_can(update), now)
        await post_once(bot, job, Spot(where, due, card), said, marks)


def _until(due: datetime, now: datetime) -> TryLater:
    return TryLater("it is not time to remind anybody yet", (due - now).total_seconds())
