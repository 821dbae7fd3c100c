"""A channel's name from a template and any title, within Slack's rules.

At most 80 characters: lower-case letters (of many scripts), digits, hyphens and underscores:
https://docs.slack.dev/reference/methods/conversations.create#naming
"""

import re
import unicodedata
from collections.abc import Iterator

LIMIT = 80


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
    made = _cleaned(template.format(number=number, title=_cleaned(title)))
    return made[:LIMIT].rstrip("-_") or f"inc-{number}"


def _cleaned(text: str) -> str:
    """``text`` with nothing in it that a channel's name may not have, words parted by single hyphens."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = re.sub(r"['’]", "", folded)
    return re.sub(r"[-_]*-[-_]*", "-", "".join(_part(character) for character in kept)).strip("-_")


def _part(character: str) -> str:
    if character.isalnum() or character == "_" or unicodedata.category(character) == "Mn":
        return character
    return "-"
