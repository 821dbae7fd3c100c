"""What texts from people may be: how long, and never blank where something must be said."""

import re
from urllib.parse import urlsplit

from incidents.model.refusals import TextMissing, TextTooLong

TITLE_LIMIT = 500
SUMMARY_LIMIT = 3_000
COMMENT_LIMIT = 10_000
REASON_LIMIT = 1_000
PUBLIC_TITLE_LIMIT = 150
BODY_LIMIT = 3_000
"""Characters of a message to customers: as many as a text field of a form takes."""

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps in a text: NUL, and halves of characters, which JSON can carry."""


def storable(text: str) -> str:
    """``text`` with each character that no database keeps shown as one that could not be read (U+FFFD)."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def web_address(link: str) -> str:
    """``link`` where people can follow it (http or https, and whole), else nothing."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    whole = bool(parts.hostname) and not re.search(r"\s|…$", link)
    return link if whole and parts.scheme in ("http", "https") else ""


def one_line(what: str, text: str, limit: int) -> str:
    """``text`` on one line, white space folded. Raises TextMissing, TextTooLong (naming it ``what``)."""
    return required(what, " ".join(text.split()), limit)


def required(what: str, text: str, limit: int) -> str:
    """``text`` without space around it, which must leave something. Raises TextMissing, TextTooLong."""
    kept = optional(what, text, limit)
    if not kept:
        raise TextMissing(what)
    return kept


def optional(what: str, text: str, limit: int) -> str:
    """``text`` without space around it, perhaps empty. Raises TextTooLong."""
    kept = storable(text.strip())
    if len(kept) > limit:
        raise TextTooLong(what, len(kept), limit)
    return kept
