"""Turns Slack's `:emoji_name:` into the character, since the page draws emoji with the system's font.
Names are Slack's, which differ from the library's for coloured shapes and for hyphens."""

import re
from functools import cache

import emoji

NAME = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:")
LARGE_SHAPE = re.compile(r"large_(\w+_(?:circle|square))")


def character(name: str) -> str | None:
    """The emoji called `name` (without colons) in Slack, or None where nobody knows it."""
    spellings = (name, name.replace("-", "_"), LARGE_SHAPE.sub(r"\1", name))
    for spelling in spellings:
        drawn = emoji.emojize(f":{spelling}:", language="alias")
        if emoji.is_emoji(drawn):
            return drawn
    return None


@cache
def every_emoji() -> dict[str, str]:
    """Each emoji by all of its names, without those of skin tones."""
    drawn: dict[str, str] = {}
    for sign, about in emoji.EMOJI_DATA.items():
        names = [name.strip(":") for name in [*about.get("alias", []), about["en"]] if NAME.fullmatch(name)]
        for name in names:
            if about["status"] == emoji.STATUS["fully_qualified"] and "skin_tone" not in name:
                drawn.setdefault(name, sign)
    return drawn


def with_characters(text: str) -> str:
    """`text` with each known `:name:` drawn; unknown ones stay as typed, as they do in Slack."""
    return NAME.sub(lambda match: character(match[1]) or match[0], text)
