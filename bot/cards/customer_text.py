"""A message to customers as Slack shows it: its Markdown as Slack's own markup, with nothing that the pages leave out.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.cards.text import escape

_markdown = MarkdownIt("commonmark", {"html": True})

MARKS = {
    "strong_open": "*",
    "strong_close": "*",
    "em_open": "_",
    "em_close": "_",
    "softbreak": "\n",
    "hardbreak": "\n",
}
LINK = re.compile(r"(?:https?|mailto):[^\s<>|]+")


def as_slack(markdown: str) -> str:
    """``markdown`` as markup: emphasis, links, code, lists and quotes; pictures and HTML are left out."""
    lines: list[str] = []
    depth: list[str] = []
    for token in _markdown.parse(markdown):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth.append("•" if token.type == "bullet_list_open" else "1.")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth.pop()
        elif token.type == "list_item_open":
            lines.append(f"{'   ' * (len(depth) - 1)}{f'{token.info}.' if token.info else '•'} ")
        elif token.type == "inline":
            said = _inline(token)
            begun = bool(lines) and lines[-1].endswith((". ", "• "))
            lines = [*lines[:-1], lines[-1] + said] if begun else [*lines, said]
        elif token.type in ("fence", "code_block"):
            lines.append(f"```{escape(token.content.rstrip())}```")
        elif token.type in ("paragraph_close", "heading_close", "blockquote_close") and not depth:
            lines.append("")
    return "\n".join(lines).strip()


def quoted(markup: str) -> str:
    """``markup`` as a quotation."""
    return "\n".join(f"> {line}" if line else ">" for line in markup.splitlines())


def _inline(token: Token) -> str:
    return "".join(_written(token.children or []))


def _written(tokens: list[Token]) -> Iterator[str]:
    links: list[bool] = []
    for token in tokens:
        if token.type == "text":
            yield escape(token.content)
        elif token.type == "code_inline":
            yield f"`{escape(token.content)}`"
        elif token.type == "link_open":
            address = str(token.attrGet("href") or "")
            links.append(bool(LINK.fullmatch(address)))
            yield f"<{escape(address)}|" if links[-1] else ""
        elif token.type == "link_close":
            yield ">" if links.pop() else ""
        else:
            yield MARKS.get(token.type, "")
