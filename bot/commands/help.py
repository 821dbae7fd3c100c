"""`/incident help`: the six words one needs, then the rest."""

from bot.asked import Asked
from bot.cards.help import HelpRow, help_message
from bot.cards.message import Message
from bot.words import WORDS, word
from incidents.ports import IncidentQuery


@word("help", "", "All this", answers="page")
async def help(asked: Asked) -> Message | None:
    """Whoever is in no incident yet is welcomed."""
    rows = [HelpRow(word.word, word.what, word.usage) for word in WORDS.values() if word.listed]
    known = await asked.bot.core.storage.read.find(IncidentQuery(viewer=asked.by, state="all", mine=True, limit=1))
    return help_message(rows, welcome=not known.incidents)
