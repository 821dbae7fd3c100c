"""What a button or menu means, and carrying it out: the word it names, about which incident, with what chosen.

How ids say what a press stands for: `bot/cards/actions.py`. In the panel, the panel is the answer.
"""

from bot import payloads
from bot.asked import Asked
from bot.cards.actions import read_press
from bot.cards.message import Message
from bot.cards.panel import PANEL
from bot.carrying_out import redraw_panel, run
from bot.forms import declare, services, update
from bot.forms.form import Carried
from bot.home import publish_home
from bot.updates.writing import draw_again
from bot.words import Word, find_word


async def carry_out_press(asked: Asked) -> None:
    """Carry out what ``asked.action`` stands for. Raises Refusal, SlackRefused, SlackUnavailable."""
    if asked.action.get("action_id") == services.CHOOSE:
        await _ask_for_impacts(asked)
        return
    meant = read_press(asked.action)
    if meant is None:
        return
    word = find_word(meant.word)
    message = await run(word, asked)
    if asked.view.get("callback_id") == PANEL:
        await _answer_in_panel(asked, word, message)
    elif message is not None:
        await (asked.answer(message) if word.answers == "aside" else asked.turn_to(message))
    if asked.view.get("type") == "home":
        await publish_home(asked.bot, asked.by)


async def _answer_in_panel(asked: Asked, word: Word, message: Message | None) -> None:
    if message is not None and word.answers == "page":
        await asked.answer(message)
    elif message is not None and asked.named is not None:
        await redraw_panel(asked, asked.view["id"], message)


async def _ask_for_impacts(asked: Asked) -> None:
    view = payloads.View.model_validate(asked.view)
    carried = Carried.read(view)
    if view.callback_id == declare.WORD:
        await asked.redraw(declare.drawn_again(view, carried))
    elif view.callback_id == update.WORD:
        await draw_again(asked, view)
    else:
        await asked.redraw(services.services_form(services.chosen_services(view), carried))
