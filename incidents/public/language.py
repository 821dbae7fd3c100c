"""The languages in which customers are told, and how each writes dates, durations and shares.

A translation is the file ``locale/<language>.po``; it is read when first needed, so there is nothing to build.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from incidents.public.page import Event, PublicUpdate, Window
from incidents.public.words import Impact, PublicStatus, Stage

LOCALES = {"en": "en_GB", "de": "de"}
"""The languages there are, and whose dates each writes: British ones read the same everywhere, with 24 hours."""


def N_(words: str) -> str:
    """Mark ``words`` as something to be translated where it is shown."""
    return words


IMPACTS = {
    Impact.OPERATIONAL: N_("Operational"),
    Impact.UNDER_MAINTENANCE: N_("Under maintenance"),
    Impact.DEGRADED: N_("Degraded performance"),
    Impact.PARTIAL_OUTAGE: N_("Partial outage"),
    Impact.MAJOR_OUTAGE: N_("Major outage"),
}
STATUSES: Mapping[PublicStatus | Stage, str] = {
    PublicStatus.INVESTIGATING: N_("Investigating"),
    PublicStatus.IDENTIFIED: N_("Identified"),
    PublicStatus.MONITORING: N_("Monitoring"),
    PublicStatus.RESOLVED: N_("Resolved"),
    Stage.PLANNED: N_("Planned"),
    Stage.UNDER_WAY: N_("Under way"),
    Stage.COMPLETED: N_("Completed"),
}


@dataclass(frozen=True)
class Language:
    """One language: its words, and its ways of writing."""

    code: str
    locale: Locale
    words: NullTranslations

    @property
    def say(self) -> Callable[[str], str]:
        """Translates what is written in English."""
        return self.words.gettext

    def impact(self, impact: Impact) -> str:
        return self.say(IMPACTS[impact])

    def status(self, event: Event, update: PublicUpdate) -> str:
        """Where ``update`` said that things stand; of maintenance, whether it was planned, under way or over."""
        return self.say(STATUSES[event.stands(update)])

    def day(self, day: date) -> str:
        """As ``Tue, 3 Nov``."""
        return format_skeleton("MMMEd", _noon(day), locale=self.locale)

    def whole_day(self, day: date) -> str:
        """As ``3 November 2026``."""
        return format_date(day, "long", locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """As ``3–6 Nov``; a single one as `day`."""
        return self.day(first) if first == last else format_interval(first, last, "MMMd", locale=self.locale)

    def month(self, month: date) -> str:
        """As ``November 2026``."""
        return format_skeleton("yMMMM", _noon(month), locale=self.locale)

    def clock(self, at: datetime) -> str:
        """As ``04:05 UTC``."""
        return f"{at.astimezone(UTC):%H:%M} UTC"

    def moment(self, at: datetime) -> str:
        """As ``3 Nov, 04:05 UTC``."""
        return f"{format_skeleton('MMMd', at.astimezone(UTC), locale=self.locale)}, {self.clock(at)}"

    def moment_after(self, at: datetime, before: datetime) -> str:
        """As ``05:10 UTC`` where a reader has just read a moment of the same day, else as `moment`."""
        same = at.astimezone(UTC).date() == before.astimezone(UTC).date()
        return self.clock(at) if same else self.moment(at)

    def window(self, window: Window) -> str:
        """As ``Tue, 3 Nov, 22:00 – 23:30 UTC``; the second day is said where it is another one."""
        begins, ends = window.begins_at.astimezone(UTC), window.ends_at.astimezone(UTC)
        second = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{self.day(ends)}, {ends:%H:%M}"
        return f"{self.day(begins)}, {begins:%H:%M} – {second} UTC"

    def duration(self, time: timedelta) -> str:
        """As ``45 min``, ``2 h 05 min`` or ``3 d 4 h``."""
        minutes = max(int(time.total_seconds()) // 60, 1)
        hours, minutes_left = divmod(minutes, 60)
        days, hours_left = divmod(hours, 24)
        if days:
            return f"{days} d {hours_left} h"
        return f"{hours} h {minutes_left:02} min" if hours else f"{minutes} min"

    def share(self, share: float) -> str:
        """As ``99.98%``, never rounded up: all of it is said only where it was all of it."""
        pattern = self.locale.percent_formats[None].pattern.replace("0", "0.##")
        return format_percent(int(share * 10_000 + 1e-6) / 10_000, pattern, locale=self.locale)

    def number(self, number: float) -> str:
        return format_decimal(number, locale=self.locale)

    def all_of(self, words: Iterable[str]) -> str:
        """As ``Checkout, Search and Wallet``."""
        return format_list(list(words), locale=self.locale)


@cache
def language(code: str) -> Language:
    """The language with this code (``en``, ``de``, ``de-AT``); English where there is no such translation."""
    known = code.lower().partition("-")[0].partition("_")[0]
    if known not in LOCALES:
        known = "en"
    return Language(known, Locale.parse(LOCALES[known]), _translation(known))


def _translation(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (files("incidents.public") / "locale" / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
