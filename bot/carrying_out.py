"""Carrying out a word: finding it, finding the incident it is about, and letting it answer."""

from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import Option

from bot.asked import Asked
from bot.background import background_of
from bot.cards.message import Message
from bot.cards.panel import panel_view
from bot.commands.target import find_incident, named_in
from bot.context import Bot
from bot.forms.services import service_option
from bot.logs import about_incident
from bot.slack import SlackRefused
from bot.words import WORDS, Word, find_word
from incidents.model.vocabulary import parse_incident_number

OPTIONS_LIMIT = 100
"""Options that a menu can be given: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""


async def carry_out_typed(asked: Asked) -> None:
    """Carry out what was typed after `/incident`, and answer. Raises Refusal, SlackRefused, SlackUnavailable."""
    typed, rest = _first(asked.text)
    if (number := parse_incident_number(typed)) is not None:
        asked = asked.about(number, rest)
        typed, rest = _first(rest)
    if not typed:
        word = WORDS["panel"]
    else:
        word = find_word(typed, rest)
        asked = named_in(replace(asked, text=rest), word)
    message = await run(word, asked)
    if message is not None:
        await asked.answer(message)


def _first(text: str) -> tuple[str, str]:
    """The first word of ``text``, and the rest."""
    first, rest = [*text.split(maxsplit=1), "", ""][:2]
    return first, rest


async def run(word: Word, asked: Asked) -> Message | None:
    """Carry out ``word`` for a member of the workspace; gives what is to be answered. Raises Refusal."""
    await asked.bot.people.must_be_member(asked.by.id)
    if word.run is not None:
        return await word.run(asked)
    assert word.on_incident is not None
    incident = await find_incident(asked, word)
    if incident is None:
        return None
    about_incident(incident.number)
    return await word.on_incident(asked, incident)


async def redraw_panel(asked: Asked, view_id: str, answer: Message | None) -> None:
    """Show the panel of the incident as it is now, with ``answer``; nothing where it was closed meanwhile."""
    assert asked.named is not None
    incident = await asked.bot.core.storage.read.incident(asked.named)
    if incident is None or not incident.visible_to(asked.by):
        return
    core = asked.bot.core
    view = panel_view(incident, asked.by, core.clock(), await background_of(core, incident), answer)
    try:
        await asked.bot.slack.call("views.update", view_id=view_id, view=view)
    except SlackRefused as refused:
        if refused.error != "not_found":
            raise


async def service_options(bot: Bot, text: str) -> list[dict[str, Any] | Option]:
    """The services whose name holds ``text``, as options of a menu."""
    found = await bot.core.storage.read.find_services(text, OPTIONS_LIMIT)
    return [service_option(service) for service in found]
