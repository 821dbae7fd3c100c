"""The words of `/incident` and what each does: a command, a button and a form of the same word are one function.

A module of `bot/commands/` registers its word here; the listeners find it by what was typed or pressed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz, process

from bot.asked import Asked
from bot.cards.message import Message
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal

OnIncident = Callable[[Asked, Incident], Awaitable[Message | None]]
Anywhere = Callable[[Asked], Awaitable[Message | None]]


class UnknownCommand(Refusal):
    """Nobody knows this word; perhaps another was meant."""

    def __init__(self, typed: str, rest: str = "") -> None:
        meant = nearest(typed)
        whole = f"/incident {meant} {rest}".strip()
        hint = f"Did you mean {whole}?" if meant else "See what there is: /incident help."
        super().__init__(f'There is no "{typed[:40]}". {hint}')


Answers = Literal["aside", "in_place", "page"]
"""What a word's answer is to the answer in which its button was pressed: beside it, in its place (*Undo*), or a page to
read, which takes its place too. In the panel, a page lies on top, and all else stands in the panel."""


@dataclass(frozen=True)
class Word:
    """One word of `/incident`."""

    word: str
    usage: str
    """What may follow the word; empty for nothing."""
    what: str
    """What it does, in a few words, for help."""
    run: Anywhere | None = None
    on_incident: OnIncident | None = None
    """Set instead of ``run`` where the word is about one incident, which is found first."""
    names_incident_last: bool = True
    """Whether INC-n may stand at the end too; not where free text follows, which may end so."""
    answers: Answers = "aside"
    listed: bool = True
    """Whether help shows it."""


WORDS: dict[str, Word] = {}
"""Every word, in the order of help."""


def word(word: str, usage: str = "", what: str = "", **more: Any) -> Callable[[Anywhere], Anywhere]:
    """Register a function for ``/incident <word>``; ``more`` are fields of `Word`."""

    def register(function: Anywhere) -> Anywhere:
        WORDS[word] = Word(word, usage, what, run=function, **more)
        return function

    return register


def incident_word(word: str, usage: str = "", what: str = "", **more: Any) -> Callable[[OnIncident], OnIncident]:
    """Register a function for ``/incident <word>`` that works on one incident; ``more`` are fields of `Word`."""

    def register(function: OnIncident) -> OnIncident:
        WORDS[word] = Word(word, usage, what, on_incident=function, **more)
        return function

    return register


def find_word(typed: str, rest: str = "") -> Word:
    """The word somebody typed, in any case. Raises UnknownCommand, which says ``rest`` again: nothing typed is lost."""
    found = WORDS.get(typed.casefold())
    if found is None:
        raise UnknownCommand(typed, rest)
    return found


def nearest(typed: str) -> str | None:
    """The listed word that looks most like ``typed``; None where none is close."""
    listed = [word.word for word in WORDS.values() if word.listed]
    match = process.extractOne(typed.casefold(), listed, scorer=fuzz.ratio, score_cutoff=65)
    return match[0] if match else None
