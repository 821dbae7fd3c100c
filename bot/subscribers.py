"""Telling those who watch an incident what changed, by direct message: each person once, however many of theirs watch.

Somebody is told through whichever of the incident's subscribers means them for longest.
"""

from collections.abc import Sequence

from bot.cards.subscriber import TOLD, subscriber_message
from bot.cards.text import by_name
from bot.channels.posting import Spot, conversation_with, marked, post_once, posted_at
from bot.channels.taking_back import after_undo
from bot.context import Bot
from bot.slack import SlackRefused
from incidents.consequences import TELL
from incidents.model.identity import TOCSIN, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.timeline import Entry
from incidents.ports import CannotSucceed, Job

MESSAGE = "incident_subscriber"
"""The `event_type` of such a message's metadata."""


async def tell_subscriber(bot: Bot, job: Job) -> None:
    """Tell those whom the subscriber ``job.detail`` means what the job's entries come to.

    Raises TryLater while the last change can be taken back, CannotSucceed where Slack keeps somebody from being told.
    """
    await after_undo(bot, job, TELL)
    incident, subscriber = await bot.core.storage.read.incident(job.subject), Target(job.detail)
    if incident is None or subscriber not in incident.subscribers:
        return
    spanned = await bot.core.storage.read.entries(job.subject, job.first, job.last)
    entries = [entry for entry in spanned if isinstance(entry.fact, TOLD)]
    refusals: dict[Person, SlackRefused] = {}
    for person in await _told_through(bot, incident, subscriber):
        try:
            await _tell(bot, job, incident, entries, person)
        except SlackRefused as refused:
            refusals[person] = refused
    if refusals:
        why = ", ".join(f"{person} ({refused})" for person, refused in refusals.items())
        raise CannotSucceed(f"INC-{incident.number}: these subscribers could not be told: {why}")


async def _told_through(bot: Bot, incident: Incident, subscriber: Target) -> list[Person]:
    """Those whom ``subscriber`` means, and none before it."""
    before = incident.subscribers[: incident.subscribers.index(subscriber)]
    told = {person for earlier in before for person in await _meant(bot, incident, earlier)}
    return [person for person in await _meant(bot, incident, subscriber) if person not in told]


async def _meant(bot: Bot, incident: Incident, subscriber: Target) -> Sequence[Person]:
    """A person, or those of a team but who sees all in the channel and has not asked to be told; who may know of it."""
    people = [Person(subscriber.id)] if subscriber.kind is TargetKind.PERSON else await _team(bot, subscriber)
    watching = {Person(each.id) for each in incident.subscribers if each.kind is TargetKind.PERSON}
    seeing = set(incident.joined) - watching
    return [person for person in people if person not in seeing and incident.visible_to(person)]


async def _team(bot: Bot, subscriber: Target) -> Sequence[Person]:
    team = (await bot.core.storage.read.organisation.current()).teams.get(subscriber.id)
    if team is None:
        return ()
    grouped = await bot.people.members(team.group) if team.group else ()
    return list(dict.fromkeys((*team.members, *grouped)))


async def _tell(bot: Bot, job: Job, incident: Incident, entries: Sequence[Entry], person: Person) -> None:
    """Raises SlackRefused, SlackUnavailable."""
    names = await bot.people.names([TOCSIN, *(entry.by for entry in entries)])
    team = (await bot.core.storage.read.organisation.current()).name_of(Target(job.detail))
    if job.attempt == 1:
        new, spot = entries, Spot(await conversation_with(bot, job, person), bot.core.clock())
    else:
        spot = Spot(await conversation_with(bot, job, person), entries[0].recorded_at)
        told = await _told_before(bot, job, spot)
        new = [entry for entry in entries if entry.number > told]
    message = subscriber_message(incident, new, person, by_name(names.__getitem__), team)
    if message is not None:
        await post_once(bot, job, spot, message, marked(MESSAGE, incident.number, first=job.first, last=job.last))


async def _told_before(bot: Bot, job: Job, spot: Spot) -> int:
    """The last entry that an earlier attempt told of; while the job waited, it may have taken in more."""
    async for there in posted_at(bot, spot, MESSAGE):
        told = there["metadata"]["event_payload"]
        if told["incident"] == job.subject and told["first"] == job.first:
            return int(told["last"])
    return 0
