"""`/incident declare [title]`: opens the declare form."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.forms.declare import Answers, declare_form
from bot.forms.form import Carried
from bot.typed import plain
from bot.words import word


@word("declare", "[title]", "Something is broken: open an incident")
async def declare(asked: Asked) -> Message | None:
    await asked.show(declare_form(Carried.of(asked), Answers(title=plain(asked.text))))
    return None
