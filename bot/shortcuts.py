"""The shortcuts: declare from anywhere, declare from a message, and put a message on the timeline.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot import payloads
from bot.answering import answering
from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.text import cut
from bot.carrying_out import run
from bot.context import Bot, channel, person
from bot.forms.declare import declare_form
from bot.forms.form import Carried, CarriedMessage
from bot.manifest import ADD_TO_TIMELINE, DECLARE_FROM_MESSAGE, DECLARE_SHORTCUT
from bot.typed import plain
from bot.words import Word
from incidents.actions.mirror import PinnedMessage, pin
from incidents.model.facts import File, MessagePinned
from incidents.model.incident import Incident
from incidents.model.text import TITLE_LIMIT

CARRIED_TEXT = 1_200
"""Characters of a message that a form takes along; as JSON they may be twice as many, and 3,000 is the limit."""


async def used(bot: Bot, shortcut: payloads.Shortcut) -> None:
    """Carry out the shortcut that somebody used."""
    asked = Asked(
        bot=bot,
        by=person(shortcut.user.id),
        channel=channel(shortcut.channel.id) if shortcut.channel else None,
        trigger_id=shortcut.trigger_id,
        response_url=shortcut.response_url,
    )
    async with answering(asked):
        await bot.people.must_be_member(shortcut.user.id)
        carry_out = SHORTCUTS.get(shortcut.callback_id)
        if carry_out is not None:
            await carry_out(asked, shortcut.message)


async def _declare(asked: Asked, _: payloads.Message | None) -> None:
    await asked.show(declare_form(Carried()))


async def _declare_from(asked: Asked, message: payloads.Message | None) -> None:
    """The message's first line becomes the title, and the message the first entry of the timeline."""
    if message is None or asked.channel is None:
        return
    said = _text(message)
    carried = CarriedMessage(
        channel=asked.channel.id, ts=message.ts, author=_author(message), text=cut(said, CARRIED_TEXT)
    )
    first_line = next(iter(plain(said).strip().splitlines()), "")
    form = declare_form(Carried(response_url=asked.response_url, message=carried), title=cut(first_line, TITLE_LIMIT))
    await asked.show(form)


async def _add_to_timeline(asked: Asked, message: payloads.Message | None) -> None:
    if message is None or asked.channel is None:
        return

    async def add(asked: Asked, incident: Incident) -> None:
        assert asked.channel is not None
        fact = MessagePinned(
            channel=asked.channel,
            message=message.ts,
            author=person(_author(message)),
            text=_text(message),
            files=tuple(File(id=str(file.get("id", "")), name=str(file.get("name", ""))) for file in message.files),
        )
        await pin(asked.bot.core, incident.number, asked.by, PinnedMessage(fact, _written(message)))
        await asked.answer(done(f"This message is now a key entry of INC-{incident.number}."))

    await run(Word("timeline", "", "", on_incident=add), asked)


SHORTCUTS: dict[str, Callable[[Asked, payloads.Message | None], Awaitable[None]]] = {
    DECLARE_SHORTCUT: _declare,
    DECLARE_FROM_MESSAGE: _declare_from,
    ADD_TO_TIMELINE: _add_to_timeline,
}


def _author(message: payloads.Message) -> str:
    return message.user or message.bot_id or "unknown"


def _text(message: payloads.Message) -> str:
    """What the message says; a bot's may say it in its attachments only."""
    fallbacks = (str(attachment.get("fallback") or attachment.get("text") or "") for attachment in message.attachments)
    return message.text or "\n".join(filter(None, fallbacks))


def _written(message: payloads.Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)
