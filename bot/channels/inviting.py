"""Bringing people into the incident's channel: everybody in one call, and a word about whoever could not be."""

from collections.abc import Mapping, Sequence

from bot.cards.answers import done
from bot.cards.text import listing, mention
from bot.channels.channel_state import CHANNEL_ERRORS, noticing_loss, open_channel_of
from bot.channels.posting import marked, post_once, posted_before
from bot.context import Bot, person
from bot.slack import SlackRefused
from incidents.model import facts
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.ports import Job

AT_ONCE = 100
"""People a call; Slack takes more, and fails more often then: https://docs.slack.dev/reference/methods/conversations.invite"""

SHOWN = 1_000
"""Characters that name those who could not be invited for one reason."""

NOT_INVITED = "not_invited"
"""The `event_type` of the metadata of what says who could not be."""

CALLING = (facts.ChannelAttached, facts.Paged, facts.ResponderJoined)
"""The kinds of entries that say who is to be invited."""

REASONS = {
    "user_is_restricted": "guests can't join new channels",
    "user_is_ultra_restricted": "guests can't join new channels",
    "ura_max_channels": "guests of one channel can't join another",
    "user_disabled": "the account is deactivated",
    "user_not_found": "there is no such person",
    "user_team_not_in_channel": "people of other organisations can't join this channel",
    "cant_invite": "this person can't be invited",
}


async def invite(bot: Bot, job: Job) -> None:
    """Invite whom the job's entries call for, where there is a channel; who is in it already is left alone."""
    here = await open_channel_of(bot, job)
    if here is None:
        return
    incident, where = here
    wanted = _wanted(incident, await bot.core.storage.read.entries_of(job.subject, CALLING), job)
    async with noticing_loss(bot, where):
        for start in range(0, len(wanted), AT_ONCE):
            await _invite(bot, job, where, wanted[start : start + AT_ONCE])


def _wanted(incident: Incident, history: Sequence[Entry], job: Job) -> list[Person]:
    """Each once: whoever was called before there was a channel is invited together, by the job of its attachment."""
    attached = max(entry.number for entry in history if isinstance(entry.fact, facts.ChannelAttached))
    brings_all = job.first <= attached <= job.last
    first = 1 if brings_all else max(job.first, attached)
    called: dict[Person, None] = {}
    for entry in history:
        if first <= entry.number <= job.last:
            match entry.fact:
                case facts.Paged(person=someone):
                    called[someone] = None
                case facts.ResponderJoined(person=someone, via_channel=there) if brings_all or not there:
                    called[someone] = None
    return [someone for someone in called if someone in incident.responders and someone not in incident.declined]


async def _invite(bot: Bot, job: Job, channel: Channel, people: list[Person]) -> None:
    """With ``force``, Slack invites those it can and names the others in ``errors``; without, one keeps out all."""
    users = ",".join(someone.id for someone in people)
    try:
        answer = await bot.slack.call("conversations.invite", channel=channel.id, users=users, force=True)
    except SlackRefused as refused:
        if refused.error in CHANNEL_ERRORS:
            raise
        everybody = [{"user": someone.id, "error": refused.error} for someone in people]
        answer = {"errors": refused.answer.get("errors") or everybody}
    failed = [each for each in answer.get("errors", []) if each["error"] != "already_in_channel"]
    if failed:
        kept_out = {person(each["user"]): each["error"] for each in failed}
        await _tell_of(bot, job, channel, kept_out)


async def _tell_of(bot: Bot, job: Job, channel: Channel, kept_out: Mapping[Person, str]) -> None:
    told = await _told_before(bot, job, channel) if job.attempt > 1 else set()
    by_reason: dict[str, list[Person]] = {}
    for someone, error in kept_out.items():
        if someone.id not in told:
            by_reason.setdefault(error, []).append(someone)
    if by_reason:
        said = "\n".join(_sentence(error, people) for error, people in by_reason.items())
        named = " ".join(someone.id for someone in kept_out)
        metadata = marked(NOT_INVITED, job.subject, first=job.first, people=named)
        await post_once(bot, job, channel, done(said), metadata)


async def _told_before(bot: Bot, job: Job, channel: Channel) -> set[str]:
    """Whom an earlier attempt named; while the job waited, more may have been called."""
    told: set[str] = set()
    async for there in posted_before(bot, job.subject, channel, NOT_INVITED):
        metadata = there["metadata"]["event_payload"]
        if metadata["incident"] == job.subject and metadata.get("first") == job.first:
            told |= set(metadata["people"].split())
    return told


def _sentence(error: str, kept_out: list[Person]) -> str:
    why = REASONS.get(error, f"Slack says {error}")
    who = listing([mention(someone) for someone in kept_out], SHOWN)
    return f"Slack would not let me invite {who}: {why}. Somebody with the right may add them."
