"""What a person is told when something they asked for could not be done: never a Python error, always what to do.

Refusals say it themselves; Slack's are put into words; our own faults get a reference that the log line carries.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from bot.asked import Asked
from bot.cards.answers import failed, refused
from bot.cards.message import Message
from bot.context import Bot
from bot.logs import about_incident
from bot.payloads import Press
from bot.slack import SlackRefused, SlackUnavailable
from bot.unanswered import tell_when_back
from incidents.model.refusals import Refusal

log = structlog.get_logger()


@asynccontextmanager
async def answering(asked: Asked) -> AsyncIterator[None]:
    """Carry out what was asked in the block; what goes wrong there is told to the person who asked."""
    about_incident(asked.named)
    try:
        yield
    except Refusal as refusal:
        await _tell(asked, refused(refusal.sentence))
    except (SlackRefused, SlackUnavailable) as error:
        reference = secrets.token_hex(2)
        log.warning("slack_failed", reference=reference, by=asked.by, error=str(error), request_id=error.request_id)
        await _tell(
            asked, refused(f"Slack did not do that: {_sentence(error)} Reference {reference}, it is in the log.")
        )
    except Exception:
        reference = secrets.token_hex(2)
        log.exception("request_failed", reference=reference, by=asked.by)
        await _tell(asked, failed(reference))


async def answering_presses(bot: Bot, press: Press, carry_out: Callable[[Asked], Awaitable[None]]) -> None:
    """Carry out what each button or menu stands for; what is refused is told to who pressed."""
    for action in press.actions:
        asked = Asked.by_press(bot, press, action)
        async with answering(asked):
            await carry_out(asked)


def _sentence(error: SlackRefused | SlackUnavailable) -> str:
    """What went wrong, and what to do."""
    if isinstance(error, SlackRefused) and error.remedy:
        return str(error)
    return f"{error}. Try again."


async def _tell(asked: Asked, message: Message) -> None:
    try:
        await asked.answer(message)
    except SlackRefused as error:
        log.warning("answer_not_delivered", by=asked.by, error=str(error), request_id=error.request_id)
    except SlackUnavailable as error:
        log.warning("answer_not_delivered", by=asked.by, error=str(error), request_id=error.request_id)
        await tell_when_back(asked.bot, asked.by, asked.at)
