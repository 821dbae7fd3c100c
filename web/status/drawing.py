"""The templates of a status page, in each language: every value is escaped, Markdown is made harmless."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from incidents.public.language import language
from incidents.public.words import Impact
from web.status.markdown import to_html
from web.status.surface import Rendered

HTML = "text/html; charset=utf-8"
SVG = "image/svg+xml"

ICONS = {
    Impact.OPERATIONAL: "M5.5 10.5l3 3 6-7",
    Impact.UNDER_MAINTENANCE: "M10 5.5V10l3 2",
    Impact.DEGRADED: "M5.5 10h9",
    Impact.PARTIAL_OUTAGE: "M10 5v6M10 14.4v.2",
    Impact.MAJOR_OUTAGE: "M6.5 6.5l7 7M13.5 6.5l-7 7",
}
"""The strokes within each impact's sign, in a square of 20: a tick, a clock, a dash, an exclamation mark, a cross."""

COLOURS = {
    Impact.OPERATIONAL: "#1a7f4b",
    Impact.UNDER_MAINTENANCE: "#2f66c4",
    Impact.DEGRADED: "#8a6100",
    Impact.PARTIAL_OUTAGE: "#b4500b",
    Impact.MAJOR_OUTAGE: "#c2282d",
}
"""Each impact's colour in pictures that stand by themselves; white on it can be read."""


def draw(template: str, code: str, values: Mapping[str, Any], media_type: str = HTML) -> Rendered:
    """The template in the language ``code``."""
    return Rendered(media_type, _environment(language(code).code).get_template(template).render(values).encode())


@cache
def _environment(code: str) -> Environment:
    made = Environment(
        loader=PackageLoader("web.status"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    spoken: Any = language(code)
    extension: Any = made
    extension.install_gettext_translations(spoken.words, newstyle=True)
    made.filters["html"] = to_html
    made.globals |= {"language": spoken, "icons": ICONS, "colours": COLOURS}
    return made
