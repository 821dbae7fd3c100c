"""The colour of a page, with one for words on it that everybody can read.

https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and #dfn-contrast-ratio
"""

import re

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT = "#2f5bd3"


def accent(colour: str) -> str:
    """Custom properties for ``colour`` (as ``#1a7f37``; anything else: the default) and for the words upon it."""
    chosen = colour if COLOUR.fullmatch(colour) else DEFAULT
    return f":root {{ --accent: {chosen}; --on-accent: {readable_on(chosen)}; }}\n"


def readable_on(colour: str) -> str:
    """White or black: whichever contrasts more, which is 4.5 to 1 at least."""
    light = _luminance(colour) + 0.05
    return "#ffffff" if 1.05 / light >= light / 0.05 else "#000000"


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
