"""Opening an incident's channel: one call, and its answer on record before anything else is begun."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from bot.cards.answers import refused as refusal
from bot.cards.declared import could_not_open_view, declared_view
from bot.channels.listing import pages
from bot.channels.naming import candidates
from bot.channels.posting import CLOCKS_DIFFER, Spot, conversation_with, marked, post_once
from bot.context import Bot, channel
from bot.slack import SlackRefused
from incidents.actions.channel import attach_channel
from incidents.model import facts
from incidents.model.identity import TOCSIN
from incidents.model.incident import Incident
from incidents.ports import CannotSucceed, Job

NAMES_TRIED = 20
REASONS = {
    "restricted_action": "this workspace does not let the bot make channels. Ask an admin to allow it",
    "missing_scope": "the bot lacks a scope. Run `tocsin doctor`",
    "user_is_restricted": "the bot is restricted in this workspace. Ask an admin",
    "name_taken": f"all of the {NAMES_TRIED} names for it are taken. An admin can change that: Home, Settings",
}


async def open_channel(bot: Bot, job: Job) -> None:
    """Make the incident's channel and attach it; nothing where it has one. Raises CannotSucceed."""
    incident = await bot.core.storage.read.incident(job.subject)
    if incident is None or incident.channel is not None:
        return
    try:
        made = await _made_before(bot, incident) if job.attempt > 1 else None
        id, name = made or await _create(bot, incident)
    except SlackRefused as refused:
        why = REASONS.get(refused.error, f"Slack says {refused.error}")
        await _tell_declarer(bot, job, incident, why)
        raise CannotSucceed(f"INC-{incident.number}: {why}; then: /incident channel INC-{incident.number}") from refused
    await attach_channel(bot.core, incident.number, TOCSIN, channel(id), name)


async def greet(bot: Bot, job: Job) -> None:
    """Put the channel's link into the form from which the incident was declared, if that is still open."""
    incident = await bot.core.storage.read.incident(job.subject)
    if incident is not None:
        await _show_declarer(bot, incident, declared_view(incident, bot.identity.team_id))


async def _create(bot: Bot, incident: Incident) -> tuple[str, str]:
    """Slack does not say which marks of which scripts it takes; a name without the title it always does."""
    try:
        return await _create_one_of(bot, incident, incident.title)
    except SlackRefused as refused:
        if not refused.error.startswith("invalid_name"):
            raise
    return await _create_one_of(bot, incident, "")


async def _create_one_of(bot: Bot, incident: Incident, title: str) -> tuple[str, str]:
    *others, last = _names(await bot.names_channels(), incident.number, title)
    for name in others:
        try:
            return await _create_named(bot, incident, name)
        except SlackRefused as refused:
            if refused.error != "name_taken":
                raise
    return await _create_named(bot, incident, last)


async def _create_named(bot: Bot, incident: Incident, name: str) -> tuple[str, str]:
    answer = await bot.slack.call("conversations.create", name=name, is_private=incident.private)
    return answer["channel"]["id"], answer["channel"]["name"]


async def _made_before(bot: Bot, incident: Incident) -> tuple[str, str] | None:
    """The channel that an earlier attempt made: the bot's own, of one of our names, since the declaration, nobody's.

    It may have known another title, or have had to do without. Whoever makes a channel is in it, and the bot is in few:
    https://docs.slack.dev/reference/methods/users.conversations
    """
    told = [entry.fact for entry in await bot.core.storage.read.entries(incident.number, 1, incident.head.length)]
    detached = {fact.channel for fact in told if isinstance(fact, facts.ChannelDetached)}
    titles = {incident.title, "", *(fact.old for fact in told if isinstance(fact, facts.TitleChanged))}
    template = await bot.names_channels()
    names = {name for title in titles for name in _names(template, incident.number, title)}
    types = "private_channel" if incident.private else "public_channel"
    async for found in pages(bot.slack, "users.conversations", "channels", types=types, exclude_archived=True):
        ours = found.get("creator") == bot.identity.user_id and found["name"] in names
        since = found["created"] >= incident.declared_at.timestamp() - CLOCKS_DIFFER
        where = channel(found["id"])
        if ours and since and where not in detached and await bot.core.storage.read.incident_in(where) is None:
            return found["id"], found["name"]
    return None


def _names(template: str, number: int, title: str) -> Iterator[str]:
    return islice(candidates(template, number, title), NAMES_TRIED)


async def _tell_declarer(bot: Bot, job: Job, incident: Incident, why: str) -> None:
    """In the form, if that is still open, else in a direct message."""
    if not await _show_declarer(bot, incident, could_not_open_view(incident, why)):
        again = f"Once that is done: /incident channel INC-{incident.number}"
        message = refusal(f"INC-{incident.number} is declared, but its channel could not be opened: {why}. {again}")
        spot = Spot(await conversation_with(bot, job, incident.declared_by), incident.declared_at)
        await post_once(bot, job, spot, message, marked("channel_not_opened", incident.number, job=job.id))


async def _show_declarer(bot: Bot, incident: Incident, view: dict[str, Any]) -> bool:
    """False where there is no form, or it was closed."""
    first = (await bot.core.storage.read.entries(incident.number, 1, 1))[0]
    form = (first.origin or "").removeprefix("slack:view:")
    if form == first.origin or not form:
        return False
    try:
        await bot.slack.call("views.update", view_id=form, view=view)
    except SlackRefused as refused:
        if refused.error not in {"not_found", "view_not_found"}:
            raise
        return False
    return True
