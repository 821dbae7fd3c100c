"""A note from elsewhere, as it is posted in the incident's channel."""

from bot.cards.blocks import SECTION_LIMIT, section
from bot.cards.message import Message
from bot.cards.text import escape, pieces


def comment_message(author: str, text: str) -> Message:
    """``author`` (plain text, by name: nobody is called for what they did) noted ``text`` (markup)."""
    said = f"📝 *{escape(author)}* noted: {text}"
    return Message(said, [section(part) for part in pieces(said, SECTION_LIMIT)])
