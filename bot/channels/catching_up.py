"""Reading back what was said in incidents' channels while the bot was away, edits and deletions included; each once.

https://docs.slack.dev/reference/methods/conversations.history and /conversations.replies
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from structlog.contextvars import clear_contextvars

from bot.channels.channel_state import noticing_loss
from bot.channels.listing import pages
from bot.channels.mirroring import SlackMessage, deleted, edited, moment, written
from bot.context import Bot, channel
from bot.slack import SlackRefused, SlackUnavailable
from incidents.actions.channel import channel_renamed
from incidents.actions.mirror import Delivery, mirror
from incidents.model import facts
from incidents.model.identity import TOCSIN, Channel
from incidents.ports import Claim, CommonTurns, Job, Mirrored, TimelineQuery, Unit

log = structlog.get_logger()

TOMBSTONE = "tombstone"
"""What is left of a deleted message under which there are replies."""

BATCH = 500
"""Deliveries a transaction."""

KEY_ENTRIES = 100_000
"""More than any timeline has."""

AGAIN_AFTER = 60
"""Seconds until channels that could not be read are tried again."""

AGAIN_SOON = 2.0
"""Seconds until it is tried again where the database does not even say which channels there are."""

EVERY = 300
"""Seconds between two looks at what was said of late, in case that Slack did not tell of something."""

ONCE_MORE = 5
"""Seconds until the first such look after all was read back: what Slack delivers again upon connecting may tell, while
the channels are read, how a message read before it was edited or deleted."""

LOOK = Claim("looking for what was said of late", allowed=1, calls=1, seconds=EVERY - ONCE_MORE, evenly=0)
"""Of several processes, one looks; a little sooner than the next time, since their clocks are not one."""

OF_LATE = timedelta(minutes=15)
NEARLY_A_SECOND = timedelta(microseconds=999_999)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class NotCaughtUp(Exception):
    """Some channels could not be read back."""


async def keep_caught_up(bot: Bot, common: CommonTurns | None = None) -> None:
    """Read all back each time that something may have been missed, and once more a little later what is new.

    Now and then what is new is read; by one process, where several keep ``common`` turns.
    """
    await bot.missed.wait()
    once_more = False
    while True:
        since = None if bot.missed.is_set() else bot.core.clock() - OF_LATE
        bot.missed.clear()
        clear_contextvars()  # which Slack refused the last time is of no interest now
        try:
            if since is None or once_more or await _is_our_turn(common):
                await catch_up(bot, since)
        except NotCaughtUp:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, bot.missed.set)
        except Exception:
            log.exception("not_caught_up")
            await asyncio.sleep(AGAIN_SOON)
            bot.missed.set()
        once_more = since is None
        with suppress(TimeoutError):
            async with asyncio.timeout(ONCE_MORE if once_more else EVERY):
                await bot.missed.wait()


async def _is_our_turn(common: CommonTurns | None) -> bool:
    return common is None or await common.take([LOOK]) == 0.0


async def catch_up(bot: Bot, since: datetime | None = None) -> int:
    """Read back every channel that is an incident's; gives how many messages, edits and deletions were new.

    With ``since`` (aware), what was written from then on only. Raises NotCaughtUp where a channel could not be read;
    the others have been.
    """
    caught, failed = 0, []
    attached = await bot.core.storage.read.attached_channels()
    for number, where in attached:
        try:
            async with noticing_loss(bot, where):
                caught += await _read_back(bot, number, where, since)
        except (SlackRefused, SlackUnavailable) as error:
            log.warning("not_caught_up", incident=number, error=str(error), request_id=error.request_id)
            failed.append(number)
        except Exception:
            log.exception("not_caught_up", incident=number)
            failed.append(number)
    if since is None:
        await _note_names(bot, {where for _, where in attached})
    bot.metrics.caught_up(caught)
    if caught:
        log.info("caught_up", messages=caught)
    if failed:
        raise NotCaughtUp(failed)
    return caught


async def _note_names(bot: Bot, attached: Collection[Channel]) -> None:
    """What the ``attached`` channels are called now: https://docs.slack.dev/reference/methods/users.conversations"""
    types = "public_channel,private_channel"
    try:
        async for found in pages(bot.slack, "users.conversations", "channels", types=types, exclude_archived=True):
            if (where := channel(found["id"])) in attached:
                await channel_renamed(bot.core, where, found["name"])
    except (SlackRefused, SlackUnavailable) as error:
        log.warning("names_not_noted", error=str(error), request_id=error.request_id)
    except Exception:
        log.exception("names_not_noted")


async def read_back(bot: Bot, job: Job) -> None:
    """What was said in a new channel before it was the incident's on record. Raises SlackRefused, SlackUnavailable."""
    incident = await bot.core.storage.read.incident(job.subject)
    if incident is not None and incident.channel is not None:
        where = incident.channel.channel
        async with noticing_loss(bot, where):
            await _read_back(bot, job.subject, where, None)


@dataclass(frozen=True)
class _Channel:
    """A channel as it was ``at`` a moment: what the timeline has of it and is not deleted, by id; what Slack has."""

    at: datetime
    oldest: datetime
    there: Mapping[str, Mirrored]
    found: list[SlackMessage]
    read: set[str]
    """The threads of which all replies are in ``found``."""

    def gone(self) -> Iterator[Mirrored]:
        """What the timeline has and Slack has not any more."""
        left = {message.ts for message in self.found}
        found = left - {message.ts for message in self.found if message.subtype == TOMBSTONE}
        for mirrored in self.there.values():
            looked = mirrored.thread is None or mirrored.thread in self.read or self._is_gone(mirrored.thread, left)
            if mirrored.message not in found and looked and moment(mirrored.message) >= self.oldest:
                yield mirrored

    def _is_gone(self, thread: str, left: set[str]) -> bool:
        """Nothing is left of a thread whose first message is nowhere, not even as a tombstone."""
        return moment(thread) >= self.oldest and thread not in left


async def _read_back(bot: Bot, number: int, where: Channel, since: datetime | None) -> int:
    """Without ``since``, all that is the incident's is read: what is missing may be anywhere.

    What was said in a channel before it was adopted is not the incident's.
    """
    attached = await _attached(bot, number, where)
    oldest = max(attached, since) if since else attached
    incident = await bot.core.storage.read.incident(number)
    old = await _answered_since(bot, where, attached, oldest) if incident is not None and incident.is_open else set()
    channel = await _whole(bot, number, where, oldest, old)
    told = [told for message in channel.found if (told := _delivery(bot, where, message, channel))]
    found_gone_at = bot.core.clock()  # whatever was said or edited until then came before
    gone = [deleted(where, each.message, each.by, found_gone_at) for each in channel.gone()]
    deliveries = sorted([*await _in_order(bot, channel, told), *gone], key=lambda delivery: delivery.at)
    return sum(
        [await mirror(bot.core, deliveries[start : start + BATCH]) for start in range(0, len(deliveries), BATCH)]
    )


async def _in_order(bot: Bot, channel: _Channel, told: Sequence[Delivery]) -> list[Delivery]:
    """``told``, where an edit that is on record already, but before another of the same second, is told once more."""
    async with bot.core.storage.transaction() as unit:
        known = await unit.known_origins([each.origin for each in told])
        return [await _once_more(unit, each, channel) if each.origin in known else each for each in told]


async def _once_more(unit: Unit, told: Delivery, channel: _Channel) -> Delivery:
    """What was put on record since the timeline was read stands as it reads."""
    left = channel.there.get(told.heard.message)
    if left is None or isinstance(told.heard, facts.Message):
        return told
    on_record = await unit.entry_from(told.origin)
    if on_record is None or on_record.number > left.number:
        return told
    return replace(told, origin=f"{told.origin}/after/{left.number}", at=max(channel.at, left.left_at))


async def _answered_since(bot: Bot, where: Channel, began: datetime, oldest: datetime) -> set[str]:
    """The threads that began between ``began`` and ``oldest``, and were answered after that."""
    if began == oldest:
        return set()
    bounds = {"channel": where.id, "oldest": f"{began.timestamp():.6f}", "latest": f"{oldest.timestamp():.6f}"}
    before = [message async for message in _messages(bot, "conversations.history", **bounds)]
    return {each.ts for each in before if each.latest_reply and moment(each.latest_reply) >= oldest}


async def _whole(bot: Bot, number: int, where: Channel, oldest: datetime, old: set[str]) -> _Channel:
    """The channel since ``oldest``, with its threads: whether a reply was edited, no other message shows.

    With these ``old`` ones, and those in which a reply of late was edited: an earlier edit may have been told late.

    What the timeline has is read first, so that what is said meanwhile is not taken for deleted.
    """
    at = bot.core.clock()
    there = {each.message: each for each in await bot.core.storage.read.mirrored(number, where, oldest)}
    answered = {each.thread for each in there.values()}
    bounds = {"channel": where.id, "oldest": f"{oldest.timestamp():.6f}"}
    found = [message async for message in _messages(bot, "conversations.history", **bounds)]
    read = {each.ts for each in found if each.reply_count or each.ts in answered}
    read |= old | {each.thread for each in there.values() if each.thread and each.left_at > moment(each.message)}
    for thread in read:
        found += [reply async for reply in _messages(bot, "conversations.replies", ts=thread, **bounds)]
    return _Channel(at, oldest, there, found, read)


async def _attached(bot: Bot, number: int, where: Channel) -> datetime:
    """Since when what is said in ``where`` is the incident's: always, where the channel was made for it."""
    told = await bot.core.storage.read.timeline(TimelineQuery(number, limit=KEY_ENTRIES))
    last = [
        entry for entry in told.entries if isinstance(entry.fact, facts.ChannelAttached) and entry.fact.channel == where
    ][-1]
    return BEGINNING if last.by == TOCSIN else last.recorded_at


async def _messages(bot: Bot, method: str, **arguments: Any) -> AsyncIterator[SlackMessage]:
    """What ``method`` lists; what has not the form that Slack documents is passed over."""
    async for found in pages(bot.slack, method, "messages", **arguments):
        try:
            yield SlackMessage.model_validate(found)
        except ValidationError as error:
            log.warning("message_misshaped", faults=[".".join(map(str, fault["loc"])) for fault in error.errors()])


def _delivery(bot: Bot, where: Channel, message: SlackMessage, channel: _Channel) -> Delivery | None:
    """The message; or its last edit, where it does not stand on the timeline as it reads.

    Of an edit only the second is told. It comes after whatever is known to have been said within that second.
    """
    said = written(where, message, bot.identity, caught_up=True)
    known = channel.there.get(message.ts)
    if said is None or known is None or not known.written:
        return said
    if message.edited is None or message.said() == (known.text, known.files):
        return None
    at = max(min(moment(message.edited.ts) + NEARLY_A_SECOND, channel.at), known.left_at)
    return edited(where, message, message.edited, at, caught_up=True)
