"""The text of cards: people's words made harmless and cut to fit, and people, places and times in Slack's markup.

Markup: https://docs.slack.dev/messaging/formatting-message-text
"""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from incidents.model.alert import TOOLS
from incidents.model.identity import TOCSIN, Channel, Person, PlatformId

NameOf = Callable[[PlatformId], str]
"""Gives the name of a person, channel or group as plain text, without ``@`` or ``#``."""

Write = Callable[[PlatformId], str]
"""Writes a person, channel or group into a text, as markup: a reference, or just the name."""

Named = TypeVar("Named", bound=PlatformId)

WritePerson = Callable[[Person], str]
"""Writes a person into a text, as markup."""

SLACK = "slack"

ELLIPSIS = "…"

SMALL = "\N{ZERO WIDTH SPACE}"
"""Slack writes the first letter of a date large (``Today``), unless something stands before it."""

_WHOLE = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>")
_URL = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]}\"']")


def escape(text: str) -> str:
    """People's plain ``text`` as markup that shows just that: no mention, no link, nobody is called.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return html.escape(text, quote=False)


def prose(text: str) -> str:
    """People's plain ``text`` as markup, escaped but for web addresses, which become links."""
    written, end = [], 0
    for url in _URL.finditer(text):
        written += [escape(text[end : url.start()]), f"<{escape(url[0])}>"]
        end = url.end()
    return "".join([*written, escape(text[end:])])


def cut(text: str, limit: int) -> str:
    """Markup of at most ``limit`` characters, with an ellipsis where it was longer.

    Never cuts inside an entity (``&lt;``) or a reference (``<@U1>``).
    """
    if len(text) <= limit:
        return text
    return text[: _safe_end(text, limit - len(ELLIPSIS))].rstrip() + ELLIPSIS


def pieces(text: str, limit: int) -> list[str]:
    """Markup in pieces of at most ``limit`` characters, none of which begins or ends inside an entity or reference."""
    whole = []
    while len(text) > limit:
        end = _safe_end(text, limit) or limit
        whole.append(text[:end])
        text = text[end:]
    return [*whole, text]


def _safe_end(text: str, end: int) -> int:
    """``end``, or where the entity or reference begins within which it is."""
    inside = [whole.start() for whole in _WHOLE.finditer(text) if whole.start() < end < whole.end()]
    return inside[0] if inside else end


def shorten(text: str, limit: int) -> str:
    """Plain ``text``, in which nothing is markup, of at most ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS


def listing(parts: Iterable[str], limit: int, separator: str = ", ") -> str:
    """As many of ``parts`` as fit into ``limit`` characters, and how many more there are."""
    remaining = list(parts)
    shown = ""
    for taken, part in enumerate(remaining):
        longer = f"{shown}{separator}{part}" if shown else part
        more = f" and {len(remaining) - taken} more"
        last = taken == len(remaining) - 1
        if len(longer) + (0 if last else len(more)) > limit:
            return f"{shown}{more}" if shown else cut(part, limit)
        shown = longer
    return shown


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def mention(person: PlatformId) -> str:
    """A reference that Slack shows as the person's name. In a new message it notifies that person.

    https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
    """
    if person == TOCSIN:
        return "Tocsin"
    user = slack_user(person)
    return f"<@{user}>" if user else escape(person.id)


def slack_user(person: PlatformId) -> str | None:
    """The id by which Slack knows ``person``; None for whoever is no user there, such as another bot or a tool."""
    return person.id if person.platform == SLACK and re.fullmatch(r"[UW][A-Z0-9]+", person.id) else None


def channel_link(channel: PlatformId) -> str:
    """A reference that Slack shows as the channel's name, a link to it.

    https://docs.slack.dev/messaging/formatting-message-text#linking-channels
    """
    return f"<#{channel.id}>" if re.fullmatch(r"[CGD][A-Z0-9]+", channel.id) else f"#{escape(channel.id)}"


def reference(named: PlatformId) -> str:
    """Writes people, channels and groups as references, for what only one person sees; else use `by_name`."""
    if isinstance(named, Channel):
        return channel_link(named)
    if isinstance(named, Person):
        return mention(named)
    return f"<!subteam^{named.id}>" if re.fullmatch(r"S[A-Z0-9]+", named.id) else f"@{escape(named.id)}"


def by_name(name_of: Callable[[Named], str]) -> Callable[[Named], str]:
    """Writes people, channels and groups just by name: a ``<@U1>`` in a new message would notify that person.

    Monitoring tools have no ``@``: nobody could call them.
    """

    def write(named: Named) -> str:
        if named == TOCSIN:
            return "Tocsin"
        sign = "#" if isinstance(named, Channel) else "" if named.platform == TOOLS else "@"
        return f"{sign}{escape(name_of(named))}"

    return write


def slack_date(moment: datetime, form: str = "{date_short_pretty} at {time}", link: str = "") -> str:
    """``moment`` (aware) in the reader's zone, perhaps a link; ``form`` may hold words beside Slack's tokens.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    at = moment.astimezone(UTC)
    day = f"{at:%b} {at.day}, {at.year}"
    fallback = form.replace("{time}", at.strftime("%H:%M UTC")).replace("{date_short_pretty}", day)
    return f"<!date^{int(at.timestamp())}^{SMALL}{form}{'^' + escape(link) if link else ''}|{fallback}>"


def duration(length: timedelta) -> str:
    """``14 min``, ``2 h 05 min``, ``3 d 4 h``."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def count(number: int, one: str) -> str:
    """``1 responder``, ``3 responders``."""
    return f"{number:,} {one if number == 1 else one + 's'}"
