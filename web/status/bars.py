"""The last days of a service as a row of bars, each with what was on its day, and the share of time it was up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from incidents.public.uptime import Day, Uptime
from web.status.language import N_, Language

UNKNOWN = "unknown"
NOT_KNOWN = N_("not known")
QUIET = N_("no incidents")


@dataclass(frozen=True)
class Bar:
    """One day: the impact it is coloured by, or `UNKNOWN`; and what is said of it when it is pointed at."""

    state: str
    words: str


@dataclass(frozen=True)
class Bars:
    """A service's bars, the oldest first, in one language."""

    uptime: Uptime
    language: Language

    @cached_property
    def days(self) -> Sequence[Bar]:
        return [self._bar(day) for day in self.uptime.days]

    @property
    def share(self) -> str:
        """As ``99.98%``; empty: nothing is known yet."""
        return "" if self.uptime.share is None else self.language.share(self.uptime.share)

    def _bar(self, day: Day) -> Bar:
        name = self.language.day(day.day)
        if not day.known:
            return Bar(UNKNOWN, f"{name}: {self.language.say(NOT_KNOWN)}")
        return Bar(day.worst.value, f"{name}: {self._lasted(day) or self.language.say(QUIET)}")

    def _lasted(self, day: Day) -> str:
        """As ``Major outage 45 min, Degraded performance 2 h 10 min``, the worst first."""
        worst_first = sorted(day.lasted.items(), key=lambda each: each[0].rank, reverse=True)
        return ", ".join(
            f"{self.language.impact(impact)} {self.language.duration(time)}" for impact, time in worst_first
        )
