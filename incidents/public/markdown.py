"""How a message to customers is read: Markdown without HTML, whose links lead to whole addresses only.

One parser for all who show it, so that whoever approves a text sees what readers will.
"""

from markdown_it import MarkdownIt

LINKS = {"http", "https", "mailto"}
"""Where a link may lead."""


def markdown_parser() -> MarkdownIt:
    """A parser of its own, to which rules for drawing may be added."""
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.validateLink = lambda url: url.partition(":")[0].lower() in LINKS  # type: ignore[method-assign]
    return parser
