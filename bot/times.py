"""The times that people type (`18:00`, `tomorrow 09:00`, `fri 17:00`, `2h`, ISO), read with dateparser.

It guesses a lot, which is wrong where people are paged by it: what could mean something else is refused.
https://dateparser.readthedocs.io/en/latest/settings.html
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from incidents.model.refusals import Refusal

CLOCK = r"\d{1,2}:\d{2}(?:\s*[ap]m)?|\d{1,2}\s*[ap]m|\d{1,2}h\d{2}|noon|midnight"
HOURS = r"(?:(?:\d+\s*(?:h|hours?|hrs?|m|min|mins|minutes?))\s*)+"
DAYS = r"\d+\s*(?:d|days?|w|weeks?)"
DAY_WORD = r"now|today|tonight|tomorrow|(?:next\s+)?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = (
    rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}(?:\s+\d{{4}})?|{MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
)
ISO = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
BARE_CLOCK = re.compile(CLOCK, re.IGNORECASE)
BARE_HOURS = re.compile(HOURS, re.IGNORECASE)
BARE_DAYS = re.compile(DAYS, re.IGNORECASE)
PLAIN = re.compile(
    rf"(?:in\s+)?(?:{HOURS}|{DAYS})|{ISO}|(?:{DAY_WORD}|{DATE})(?:,?\s+(?:at\s+)?(?:{CLOCK}))?"
    rf"|(?:at\s+)?(?:{CLOCK})(?:\s+(?:on\s+)?(?:{DAY_WORD}|{DATE}))?",
    re.IGNORECASE,
)
"""What can mean just one thing."""

BETWEEN = re.compile(r"\s+(?:to|until|till|for|-|–|—|→)\s+", re.IGNORECASE)
LEADING = re.compile(r"(?:from|to|until|till|for)\s+", re.IGNORECASE)


class NotATime(Refusal):
    """What was typed is no time, or could be several."""

    def __init__(self, written: str) -> None:
        super().__init__(
            f'"{written.strip()[:60]}" is no time that I can read. Write 18:00, tomorrow 09:00, fri 17:00, 2h or '
            "2026-03-05 18:00; from and until when: 18:00 to tomorrow 09:00."
        )


def read_span(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when until when, in UTC, as somebody in ``zone`` means it; one time alone: from now until then.

    ``18:00 to 22:00``, ``tomorrow 09:00 for 8h``, ``18:00 fri 09:00``, ``until 18:00``, ``2h``. Raises NotATime.
    """
    for begin, end in _divided(text.strip()):
        if _is_plain(begin) and _is_plain(end):
            first = _moment(begin, now, zone)
            return first, _end(end, first, now, zone)
    raise NotATime(text)


def _divided(text: str) -> Iterator[tuple[str, str]]:
    """The ways to divide ``text`` into two times."""
    alone = LEADING.sub("", text, count=1) if LEADING.match(text) else text
    yield "now", alone
    if len(parts := BETWEEN.split(alone)) == 2:
        yield parts[0], parts[1]
    words = alone.split()
    for place in range(1, len(words)):
        yield " ".join(words[:place]), " ".join(words[place:])


def _is_plain(text: str) -> bool:
    return PLAIN.fullmatch(text) is not None


def _end(text: str, begin: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """A length counts from ``begin``, and a mere time of day comes after it; all else is as seen from now."""
    relative = any(form.fullmatch(text) for form in (BARE_CLOCK, BARE_HOURS, BARE_DAYS))
    return _moment(text, begin if relative else now, zone)


def _moment(text: str, base: datetime, zone: ZoneInfo) -> datetime:
    """``text`` as seen from ``base``. Hours pass as they do, whatever the clock on the wall does meanwhile."""
    at = base.astimezone(UTC if BARE_HOURS.fullmatch(text.removeprefix("in ")) else zone)
    settings = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": at.replace(tzinfo=None), "DATE_ORDER": "YMD"}
    import dateparser  # type: ignore[import-untyped]  # large, and not what a start should wait for

    found: datetime | None = dateparser.parse(text, languages=["en"], settings=settings)
    if found is None:
        raise NotATime(text)
    return (found if found.tzinfo else found.replace(tzinfo=at.tzinfo)).astimezone(UTC).replace(microsecond=0)
