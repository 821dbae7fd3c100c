"""A message to customers as Slack shows it: its Markdown as Slack's own markup, with nothing that the pages leave out.

https://docs.slack.dev/messaging/formatting-message-text
"""

from collections.abc import Iterator

from markdown_it.token import Token

from bot.cards.blocks import SECTION_LIMIT
from bot.cards.text import escape, pieces
from incidents.public.markdown import markdown_parser

_markdown = markdown_parser()

RULE = "―" * 12
MARKS = {
    "strong_open": "*",
    "strong_close": "*",
    "em_open": "_",
    "em_close": "_",
    "link_close": ">",
    "softbreak": "\n",
    "hardbreak": "\n",
}


def as_slack(markdown: str) -> str:
    """``markdown`` as markup: emphasis, links, code, lists and quotes.

    Pictures are links, and headings are bold, as on the page.
    """
    lines: list[str] = []
    depth: list[str] = []
    quote, heading = "", False
    for token in _markdown.parse(markdown):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth.append("•" if token.type == "bullet_list_open" else "1.")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth.pop()
        elif token.type == "list_item_open":
            lines.append(f"{quote}{'   ' * (len(depth) - 1)}{f'{token.info}.' if token.info else '•'} ")
        elif token.type == "inline":
            said = _bold(token) if heading else _inline(token)
            said = said.replace("\n", f"\n{quote}")
            begun = bool(lines) and lines[-1].endswith((". ", "• "))
            lines = [*lines[:-1], lines[-1] + said] if begun else [*lines, quote + said]
        elif token.type in ("fence", "code_block"):
            lines.append(f"```{escape(token.content.rstrip())}```")
        elif token.type == "hr":
            lines += [RULE, ""]
        elif token.type == "blockquote_open":
            quote += "> "
        elif token.type == "blockquote_close":
            quote = quote.removesuffix("> ")
        heading = token.type == "heading_open"
        if token.type in ("paragraph_close", "heading_close", "blockquote_close") and not depth:
            lines.append("")
    return "\n".join(lines).strip()


def quoted(markup: str) -> str:
    """``markup`` as a quotation."""
    return "\n".join(f"> {line}" if line else ">" for line in markup.splitlines())


def in_sections(markup: str) -> list[str]:
    """All of ``markup`` in texts that each fit into a section, cut between lines where it can be."""
    parts: list[str] = []
    for line in markup.split("\n"):
        for some in pieces(line, SECTION_LIMIT):
            if parts and len(parts[-1]) + 1 + len(some) <= SECTION_LIMIT:
                parts[-1] += f"\n{some}"
            else:
                parts.append(some)
    return parts


def _bold(token: Token) -> str:
    """A heading, within which nothing is bolder."""
    said = "".join(_written([each for each in token.children or [] if not each.type.startswith("strong_")]))
    return f"*{said}*" if said else ""


def _inline(token: Token) -> str:
    return "".join(_written(token.children or []))


def _written(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "text":
                yield escape(token.content)
            case "code_inline":
                yield f"`{escape(token.content)}`"
            case "link_open":
                yield f"<{_address(token, 'href')}|"
            case "image":
                yield f"<{_address(token, 'src')}|{escape(token.content) or 'picture'}>"
            case _:
                yield MARKS.get(token.type, "")


def _address(token: Token, attribute: str) -> str:
    """A link's address, whose ``|`` and ``>`` Slack would take for its own."""
    return escape(str(token.attrGet(attribute) or "")).replace("|", "%7C")
