"""What `/incident` can do: the six words one needs first, then the rest; readable in ten seconds."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.actions import DECLARE
from bot.cards.blocks import button, context, row, section
from bot.cards.message import Message
from bot.cards.text import escape

NEEDED = 6

WELCOME = (
    "Hello, I am Tocsin: I open a channel for an incident, bring in the people and write down what happens. "
    "Start with `/incident declare`, or press the button below."
)


@dataclass(frozen=True)
class HelpRow:
    """One word: ``words`` as typed, ``what`` it does, ``usage`` for what may follow it (plain text)."""

    words: str
    what: str
    usage: str = ""


def help_message(rows: Sequence[HelpRow], welcome: bool) -> Message:
    """The table of ``rows`` (at least one), the needed ones first; ``welcome`` greets somebody new."""
    needed = "\n".join(_line(row) for row in rows[:NEEDED])
    rest = "\n".join(_line(row) for row in rows[NEEDED:])
    blocks = [section(WELCOME)] if welcome else []
    blocks += [section(f"*What you need*\n{needed}")]
    if rest:
        blocks.append(section(f"*And the rest*\n{rest}"))
    blocks += [
        context("Type a word without anything after it and a form asks. Elsewhere, name the incident: `INC-12`."),
        row([button("Declare an incident", DECLARE, style="primary")]),
    ]
    spoken = "\n".join(part for part in (WELCOME if welcome else "", needed, rest) if part)
    return Message(spoken, blocks)


def _line(row: HelpRow) -> str:
    typed = " ".join(part for part in ("/incident", row.words, row.usage) if part)
    return f"`{escape(typed)}`  {escape(row.what)}"
