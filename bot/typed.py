"""What people typed into Slack, as plain text (titles, summaries) and as Slack's markup (notes, messages).

Escaping: https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import html
import re

_TOKEN = re.compile(
    r"<(@[UW][A-Z0-9]+|#[CGD][A-Z0-9]+|!subteam\^[A-Z0-9]+|https?://[^|<>]+|mailto:[^|<>]+)(?:\|([^<>]*))?>"
)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ENTITY = re.compile("|".join(_ENTITIES))


def plain(text: str) -> str:
    """``text`` as people read it: mentions and links by their name, entities as their characters."""

    def name(token: re.Match[str]) -> str:
        target, label = token[1], token[2]
        if target.startswith(("@", "#")):
            return f"{target[0]}{label or target[1:]}"
        return label or target

    return _unescaped(_TOKEN.sub(name, text))


def markup(text: str) -> str:
    """``text`` as markup that means no more than was typed: mentions and links stay, all else is escaped.

    So ``<!channel>``, typed by somebody, stays five words and wakes nobody.
    """
    kept = []
    end = 0
    for token in _TOKEN.finditer(text):
        kept += [_escaped(text[end : token.start()]), token[0]]
        end = token.end()
    return "".join([*kept, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return html.escape(_unescaped(text), quote=False)


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)


def mentioned_user(text: str) -> str | None:
    """The id of the first person mentioned in ``text``."""
    found = re.search(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", text)
    return found[1] if found else None
