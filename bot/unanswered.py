"""Who asked for something and could not be answered, because Slack was away: told so once it is back, each once.

Only what is lost without that is kept, the answer, and only in memory: what people asked for is done or not, and stands
where it always stands.
"""

from datetime import datetime
from typing import Any

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from bot.cards.answers import unanswered
from bot.channels.posting import Spot, marked, opened_with, posted_at
from bot.context import Bot
from bot.rates import Urgency, as_urgent_as
from bot.slack import SlackRefused, SlackUnavailable
from incidents.model.identity import Person

log = structlog.get_logger()

UNANSWERED = "unanswered"
"""The `event_type` of such a message's metadata."""

TRIES = 3
"""Times that it is tried to tell somebody, each once Slack is back."""


async def tell_when_back(bot: Bot, person: Person, asked_at: datetime) -> None:
    """Have ``person``, who asked at that time (aware), told when Slack is back; once, however much they asked."""
    if person in bot.unanswered:
        return
    bot.unanswered.add(person)
    try:
        with as_urgent_as(Urgency.NOTICE):
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(SlackUnavailable), stop=stop_after_attempt(TRIES), reraise=True
            ):
                with attempt:
                    await bot.slack.back()
                    await _tell(bot, person, asked_at, again=attempt.retry_state.attempt_number > 1)
    except (SlackRefused, SlackUnavailable) as error:
        log.warning("unanswered_not_told", by=person, error=str(error), request_id=error.request_id)
    finally:
        bot.unanswered.discard(person)


async def _tell(bot: Bot, person: Person, asked_at: datetime, again: bool) -> None:
    """Of an attempt before, only the answer may have been lost. Raises SlackRefused, SlackUnavailable."""
    metadata = marked(UNANSWERED, asked_at=asked_at.isoformat())
    if not (again and await _was_told(bot, Spot(await opened_with(bot, person), asked_at), metadata)):
        said = {"metadata": metadata, **unanswered(asked_at).to_dict()}
        await bot.slack.call("chat.postMessage", channel=person.id, **said)


async def _was_told(bot: Bot, spot: Spot, metadata: dict[str, Any]) -> bool:
    return metadata in [there["metadata"] async for there in posted_at(bot, spot, UNANSWERED)]
