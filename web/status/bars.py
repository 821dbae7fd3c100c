"""The last days of a service as a row of bars, each with what was on its day, and the share of time it was up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from incidents.public.language import N_, Language
from incidents.public.uptime import Day, Uptime
from incidents.public.words import Impact

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
    now: Impact
    """How the service does now: today shows it at once, though only what lasts a minute counts."""

    @cached_property
    def days(self) -> Sequence[Bar]:
        *before, today = self.uptime.days
        return [*(self._bar(day, day.worst) for day in before), self._bar(today, max(today.worst, self.now, key=_rank))]

    @property
    def share(self) -> str:
        """As ``99.98%``; empty: nothing is known yet."""
        return "" if self.uptime.share is None else self.language.share(self.uptime.share)

    def _bar(self, day: Day, worst: Impact) -> Bar:
        name = self.language.day(day.day)
        if not day.known:
            return Bar(UNKNOWN, f"{name}: {self.language.say(NOT_KNOWN)}")
        quiet = self.language.say(QUIET) if worst is Impact.OPERATIONAL else self.language.impact(worst)
        return Bar(worst.value, f"{name}: {self._lasted(day) or quiet}")

    def _lasted(self, day: Day) -> str:
        """As ``Major outage 45 min, Degraded performance 2 h 10 min``, the worst first."""
        worst_first = sorted(day.lasted.items(), key=lambda each: each[0].rank, reverse=True)
        return ", ".join(
            f"{self.language.impact(impact)} {self.language.duration(time)}" for impact, time in worst_first
        )


def _rank(impact: Impact) -> int:
    return impact.rank
