"""A channel's name from a template and any title, within Slack's rules.

At most 80 characters: lower-case letters (of many scripts), digits, hyphens and underscores:
https://docs.slack.dev/reference/methods/conversations.create#naming
"""

import re
import unicodedata
from collections.abc import Iterator

LIMIT = 80

_UNSEEN = re.compile(r"['’\u200b-\u200f\u2060\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What parts no words: apostrophes, joiners, and the signs that say how a character before them is drawn."""


def candidates(template: str, number: int, title: str) -> Iterator[str]:
    """Names to try in turn: the one the template makes, then with ``-2``, ``-3`` … where it is taken."""
    name = channel_name(template, number, title)
    yield name
    suffix = 2
    while True:
        end = f"-{suffix}"
        yield name[: LIMIT - len(end)].rstrip("-_") + end
        suffix += 1


def channel_name(template: str, number: int, title: str) -> str:
    """The name that ``template`` (with ``{number}`` and ``{title}``) makes; never empty, whatever the title."""
    made = _cleaned(template.format(number=number, title=_cleaned(title)))[:LIMIT].rstrip("-_")
    return made if any(map(str.isalnum, made)) else f"inc-{number}"


def _cleaned(text: str) -> str:
    """``text`` with nothing in it that a channel's name may not have, words parted by single hyphens."""
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).lower())
    kept = "".join(map(_part, folded))
    return re.sub(r"[-_]*-[-_]*", "-", kept).strip("-_")


def _part(character: str) -> str:
    """Many scripts write vowels as marks on the letter before."""
    is_mark = unicodedata.category(character) in {"Mn", "Mc"}
    return character if character.isalnum() or character == "_" or is_mark else "-"
