"""Who asked for something and could not be answered, because Slack was away: told so once it is back, each once.

Only what is lost without that is kept, the answer, and only in memory: what people asked for is done or not, and stands
where it always stands.
"""

from datetime import datetime

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from bot.cards.answers import unanswered
from bot.rates import Urgency, as_urgent_as
from bot.slack import Door, SlackRefused, SlackUnavailable
from incidents.model.identity import Person

log = structlog.get_logger()


TRIES = 3
"""Times that it is tried to tell somebody, each once Slack is back."""


class Unanswered:
    """People who wait to be told."""

    def __init__(self) -> None:
        self._people: set[Person] = set()

    async def tell(self, slack: Door, person: Person, asked_at: datetime) -> None:
        """Have ``person``, who asked at that time (aware), told when Slack is back; once, however much they asked."""
        if person in self._people:
            return
        self._people.add(person)
        try:
            with as_urgent_as(Urgency.NOTICE):
                async for attempt in AsyncRetrying(
                    retry=retry_if_exception_type(SlackUnavailable), stop=stop_after_attempt(TRIES), reraise=True
                ):
                    with attempt:
                        await slack.back()
                        await slack.call("chat.postMessage", channel=person.id, **unanswered(asked_at).to_dict())
        except (SlackRefused, SlackUnavailable) as error:
            log.warning("unanswered_not_told", by=person, error=str(error), request_id=error.request_id)
        finally:
            self._people.discard(person)
