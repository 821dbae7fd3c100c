"""How much of the time each service was up, day by day, as the page's own updates told it. Days are UTC's.

The rule is the one that Atlassian publishes for Statuspage's "uptime showcase": a minute of major outage counts whole,
one of partial outage 30%, degraded performance and maintenance not at all; an outage shorter than a minute is ignored.
https://help.statuspage.io/help/uptime-calendar
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise

from incidents.public.page import Event, Snapshot
from incidents.public.words import Impact, PublicStatus

DAYS = 90
"""How many days are looked back at, today included."""
WEIGHTS = {Impact.MAJOR_OUTAGE: 1.0, Impact.PARTIAL_OUTAGE: 0.3}
"""How much of its time an impact counts as down; what is not here counts nothing."""
SHORTEST = timedelta(minutes=1)
"""Outages that last less are as if they had not been."""
DAY = timedelta(days=1)

_BY_RANK = tuple(Impact)
_RANKS = {impact: rank for rank, impact in enumerate(_BY_RANK)}
_NONE: Mapping[Impact, timedelta] = {}


@dataclass(frozen=True)
class Day:
    """One UTC day of a service."""

    day: date
    known: timedelta
    """How much of the day the page knows of: nothing before it began, and of today what has passed."""
    lasted: Mapping[Impact, timedelta]
    """How long the service was in each impact but operational; of several at once, the worst."""

    @property
    def worst(self) -> Impact:
        """Operational where nothing is known."""
        return max(self.lasted, key=_RANKS.__getitem__, default=Impact.OPERATIONAL)

    @property
    def lost(self) -> timedelta:
        """The time that counts as down."""
        return sum((time * WEIGHTS.get(impact, 0.0) for impact, time in self.lasted.items()), timedelta())

    @property
    def down(self) -> float | None:
        """The share of what is known that counts as down, 0 to 1; None: nothing is known."""
        return self.lost / self.known if self.known else None


@dataclass(frozen=True)
class Uptime:
    """A service's days, oldest first; the last is today."""

    days: tuple[Day, ...]

    @property
    def known(self) -> int:
        """How many of the days something is known of."""
        return sum(1 for day in self.days if day.known)

    @property
    def share(self) -> float | None:
        """The share of all known time that the service was up, 0 to 1; None: nothing is known."""
        known = sum((day.known for day in self.days), timedelta())
        lost = sum((day.lost for day in self.days if day.lasted), timedelta())
        return 1 - lost / known if known else None


@dataclass(frozen=True)
class _Stretch:
    """From ``begins`` until just before ``ends`` (aware)."""

    begins: datetime
    ends: datetime
    impact: Impact


def days(snapshot: Snapshot, service_id: str, now: datetime, count: int = DAYS) -> tuple[Day, ...]:
    """The last ``count`` days of one of the page's services, oldest first; ``now`` is aware."""
    return uptimes(snapshot, now, count)[service_id].days


def uptimes(snapshot: Snapshot, now: datetime, count: int = DAYS) -> Mapping[str, Uptime]:
    """The last ``count`` days of each of the page's services, by its public id; ``now`` is aware."""
    today = now.astimezone(UTC).date()
    known = [_known(today - DAY * ago, snapshot.page.since, now) for ago in reversed(range(count))]
    said = _said(snapshot.events, _midnight(known[0].day) - SHORTEST, now)
    return {service.id: Uptime(_filled(known, said.get(service.id, ()))) for service in snapshot.page.services}


def _known(day: date, since: date, now: datetime) -> Day:
    """The day without what was on it."""
    return Day(day, min(now - _midnight(day), DAY) if day >= since else timedelta(), _NONE)


def _said(events: Iterable[Event], since: datetime, now: datetime) -> Mapping[str, Sequence[_Stretch]]:
    """What events said of each service after ``since``: each update until the next, maintenance within its window."""
    said: dict[str, list[_Stretch]] = defaultdict(list)
    for event in events:
        if not event.is_open and event.latest.published_at <= since:
            continue
        first, last = since, now
        if event.window is not None:
            first, last = max(first, event.window.begins_at), min(last, event.window.ends_at)
        untils = (*(update.published_at for update in event.updates[1:]), now)
        for update, until in zip(event.updates, untils, strict=True):
            begins, ends = max(first, update.published_at), min(last, until)
            if begins < ends and update.status is not PublicStatus.RESOLVED:
                for service, impact in update.impacts.items():
                    said[service].append(_Stretch(begins, ends, impact))
    return said


def _filled(empty: Sequence[Day], said: Sequence[_Stretch]) -> tuple[Day, ...]:
    """The days with what was said of them; those of which nothing is known stay as they are."""
    if not said:
        return tuple(empty)
    start = _midnight(empty[0].day)
    lasted: list[dict[Impact, timedelta]] = [{} for _ in empty]
    for stretch in _that_count(_worst(said)):
        for place in range(max((stretch.begins - start) // DAY, 0), len(empty)):
            opens = start + DAY * place
            time = min(stretch.ends, opens + DAY) - max(stretch.begins, opens)
            if time <= timedelta():
                break
            lasted[place][stretch.impact] = lasted[place].get(stretch.impact, timedelta()) + time
    return tuple(
        Day(day.day, day.known, impacts) if impacts and day.known else day
        for day, impacts in zip(empty, lasted, strict=True)
    )


def _worst(said: Sequence[_Stretch]) -> Iterator[_Stretch]:
    """What the service was from the first moment to the last, without a gap: the worst of what was said at once."""
    changes = sorted(
        change
        for stretch in said
        for change in ((stretch.begins, _RANKS[stretch.impact], 1), (stretch.ends, _RANKS[stretch.impact], -1))
    )
    said_now = [0] * len(_BY_RANK)
    for (at, rank, more), (until, _, _) in pairwise(changes):
        said_now[rank] += more
        if at < until:
            yield _Stretch(at, until, _BY_RANK[max((rank for rank, many in enumerate(said_now) if many), default=0)])


def _that_count(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    """Without outages that were shorter than `SHORTEST` as a whole, and without times when all was well."""
    for is_outage, run in groupby(stretches, key=lambda stretch: stretch.impact in WEIGHTS):
        together = list(run)
        if not is_outage or together[-1].ends - together[0].begins >= SHORTEST:
            yield from (stretch for stretch in together if stretch.impact is not Impact.OPERATIONAL)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
