"""How things stand as a small picture, for a README or a footer; and as a line that other sites can frame."""

from web.status.drawing import SVG, draw
from web.status.page import Look, drawn
from web.status.surface import Reading, Rendered

PIXELS = 6.6
"""About how wide a letter is; the text is made to fit."""
MARGIN = 8


def badge(reading: Reading) -> Rendered:
    """The page's name and the worst impact there is, side by side."""
    look = Look(reading, "")
    name, state = reading.snapshot.page.name, look.language.impact(look.overall)
    values = {
        "name": name,
        "state": state,
        "impact": look.overall,
        "widths": [round(len(text) * PIXELS) for text in (name, state)],
        "margin": MARGIN,
    }
    return draw("badge.svg", reading.snapshot.page.language, values, SVG)


def banner(reading: Reading) -> Rendered:
    """One line that says how things stand and leads to the page."""
    return drawn("banner.html", reading, ".")
