"""The shortcuts: declare from anywhere, declare from a message, and put a message on the timeline.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot import payloads
from bot.answering import answering
from bot.asked import Asked
from bot.cards.text import cut
from bot.channels.mirroring import SlackMessage
from bot.commands.pin import pin_message
from bot.commands.target import find_incident
from bot.context import Bot, channel, person
from bot.forms.declare import Answers, declare_form
from bot.forms.form import Carried, CarriedMessage
from bot.manifest import ADD_TO_TIMELINE, DECLARE_FROM_MESSAGE, DECLARE_SHORTCUT
from bot.typed import plain
from bot.words import WORDS
from incidents.model.identity import Channel
from incidents.model.text import TITLE_LIMIT

CARRIED = 2_000
"""Characters of JSON that a button takes along, and a form beside what else it carries:
https://docs.slack.dev/reference/block-kit/block-elements/button-element, https://docs.slack.dev/reference/views"""


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


async def _declare(asked: Asked, _: SlackMessage | None) -> None:
    await asked.show(declare_form(Carried()))


async def _declare_from(asked: Asked, message: SlackMessage | None) -> None:
    """The message's first line becomes the title, and the message the first entry of the timeline."""
    if message is None or asked.channel is None:
        return
    carried = _carried(asked.channel, message)
    first_line = next(iter(plain(carried.text).strip().splitlines()), "")
    form = Carried(response_url=asked.response_url, message=carried.model_copy(update={"text": ""}).within(CARRIED))
    await asked.show(declare_form(form, Answers(title=cut(first_line, TITLE_LIMIT)), carried.text))


async def _add_to_timeline(asked: Asked, message: SlackMessage | None) -> None:
    """Where it is not clear to which incident's, the buttons that ask take the message along."""
    if message is None or asked.channel is None:
        return
    carried = _carried(asked.channel, message)
    word = WORDS["pin"]
    incident = await find_incident(replace(asked, text=carried.within(CARRIED).model_dump_json()), word)
    if incident is not None:
        await asked.answer(await pin_message(asked, incident, carried))


SHORTCUTS: dict[str, Callable[[Asked, SlackMessage | None], Awaitable[None]]] = {
    DECLARE_SHORTCUT: _declare,
    DECLARE_FROM_MESSAGE: _declare_from,
    ADD_TO_TIMELINE: _add_to_timeline,
}


def _carried(where: Channel, message: SlackMessage) -> CarriedMessage:
    text, files = message.said()
    return CarriedMessage(channel=where.id, ts=message.ts, author=message.author().id, text=text, files=files)
