"""A status update's Markdown as HTML that does no harm, and as plain text for those who read no HTML.

Two locks: the parser makes no raw HTML and no pictures, and of what it makes only a short list passes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import nh3
from markdown_it.token import Token
from markupsafe import Markup, escape

from incidents.public.markdown import LINKS, markdown_parser

_PARSER = markdown_parser()
# A picture's sender would see who reads; and a page has its own outline, without an update's headings.
_PARSER.add_render_rule("image", lambda _, tokens, place, *__: _link_to_picture(tokens[place]))
_PARSER.add_render_rule("heading_open", lambda *_: "<p><strong>")
_PARSER.add_render_rule("heading_close", lambda *_: "</strong></p>\n")

_CLEANER = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes=LINKS,
    url_relative="deny",
    link_rel="nofollow noopener",
)


def to_html(body: str) -> Markup:
    """``body`` as HTML of a few harmless elements, to be put between others as it is."""
    return Markup(_CLEANER.clean(_PARSER.render(body)))


def to_text(body: str) -> str:
    """``body`` as its reader would type it: paragraphs, marks of lists, links with their address behind them."""
    text = _Text()
    for token in _PARSER.parse(body):
        text.add(token)
    return "\n\n".join(text.blocks)


def _link_to_picture(token: Token) -> str:
    return f'<a href="{escape(token.attrs["src"])}">{escape(token.content or token.attrs["src"])}</a>'


@dataclass
class _Text:
    """Blocks of text so far, and the marks that the next lines get for the lists and quotes they stand in."""

    blocks: list[str] = field(default_factory=list)
    _first: list[str] = field(default_factory=list)
    """What comes before the next line, by depth."""
    _rest: list[str] = field(default_factory=list)
    """What comes before each line after it."""
    _numbers: list[int | None] = field(default_factory=list)
    """The next number of each list that is open; None: it has bullets."""
    _tight: bool = False
    """Whether what is said next stands right below what was said last."""

    def add(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._tight = bool(self._numbers)
            case "list_item_open":
                mark = self._next_mark()
                self._within(mark, " " * len(mark))
            case "blockquote_open":
                self._within("> ", "> ")
            case "list_item_close" | "blockquote_close":
                self._first.pop()
                self._rest.pop()
            case "paragraph_open" if not token.hidden:
                self._tight = False
            case "inline":
                self._say("".join(_inline(token.children or ())))
            case "fence" | "code_block":
                self._say(token.content.rstrip("\n"))
            case "hr":
                self._say("---")

    def _next_mark(self) -> str:
        number = self._numbers[-1]
        if number is None:
            return "- "
        self._numbers[-1] = number + 1
        return f"{number}. "

    def _within(self, first: str, rest: str) -> None:
        self._first.append(first)
        self._rest.append(rest)

    def _say(self, words: str) -> None:
        first, *others = words.split("\n")
        rest = "".join(self._rest)
        said = "\n".join(["".join(self._first) + first, *(rest + line for line in others)])
        if self._tight:
            self.blocks[-1] += "\n" + said
        else:
            self.blocks.append(said)
        self._first = list(self._rest)
        self._tight = bool(self._numbers)


def _inline(tokens: Iterable[Token]) -> Iterator[str]:
    """The words of a line; a link's address follows them where they are not the address itself."""
    address, words = "", ""
    for token in tokens:
        match token.type:
            case "link_open":
                address, words = str(token.attrs.get("href", "")), ""
            case "link_close":
                if address and words not in (address, address.removeprefix("mailto:")):
                    yield f" ({address})"
                address = ""
            case "softbreak" | "hardbreak":
                yield "\n"
            case "image":
                yield f"{token.content} ({token.attrs['src']})"
            case "text" | "code_inline":
                words += token.content
                yield token.content
