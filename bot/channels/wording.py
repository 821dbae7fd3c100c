"""The words in a message's attachments and blocks, for messages that have no text of their own.

https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
"""

from collections.abc import Iterator, Sequence
from typing import Any

PARTS = ("pretext", "title", "text", "alt_text", "fields", "elements", "accessory", "blocks", "rows")
"""Where words are, in the order in which they are shown."""

SECTIONS = {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}
"""The lines of a rich text, each of many pieces."""


def words(attachments: Sequence[Any], blocks: Sequence[Any]) -> str:
    """Every text in ``blocks`` and ``attachments`` (of whatever shape), one a line, as markup."""
    lines = [*_texts(list(blocks))]
    for attachment in attachments:
        lines += [*_texts(attachment)] or [*_fallback(attachment)]
    return "\n".join(lines)


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        if part:
            yield part
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        if part.get("type") in SECTIONS:
            yield from _texts("".join(_pieces(part)))
            return
        for name in PARTS:
            yield from _texts(part.get(name))
        if "type" not in part:  # a field of an attachment; the value of a button is no word
            yield from _texts(part.get("value"))


def _pieces(section: dict[str, Any]) -> Iterator[str]:
    """https://docs.slack.dev/reference/block-kit/blocks/rich-text-block#rich-text-elements"""
    for piece in section.get("elements") or []:
        match piece:
            case {"type": "text", "text": str(text)}:
                yield text
            case {"type": "link", "url": str(url)}:
                yield f"<{url}|{piece['text']}>" if piece.get("text") else f"<{url}>"
            case {"type": "user", "user_id": str(user)}:
                yield f"<@{user}>"
            case {"type": "channel", "channel_id": str(channel)}:
                yield f"<#{channel}>"
            case {"type": "emoji", "name": str(name)}:
                yield f":{name}:"


def _fallback(attachment: object) -> Iterator[str]:
    if isinstance(attachment, dict):
        yield from _texts(attachment.get("fallback"))
