"""What is over: which day it belongs to, the days of late, and the months before.

Calendar days are UTC's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from incidents.public.page import Event, Snapshot

DAYS = 14
"""How many days, today included, the page itself looks back."""


@dataclass(frozen=True)
class Stretch:
    """A day on which something was, or days one after the other on which nothing was; the later day is ``last``."""

    first: date
    last: date
    events: tuple[Event, ...] = ()


def began(event: Event) -> datetime:
    """When it began for customers: maintenance as planned, if it took place at all."""
    if event.window is not None and event.window.begins_at < (event.resolved_at or event.window.ends_at):
        return event.window.begins_at
    return event.began_at


def ended(event: Event) -> datetime | None:
    """When it was over; maintenance that nobody ended, by plan."""
    return event.resolved_at or (event.window.ends_at if event.window else None)


def past(snapshot: Snapshot, now: datetime) -> list[Event]:
    """What is over, newest first."""
    current = {event.id for event in (*snapshot.open, *snapshot.maintenance(now))}
    over = [event for event in snapshot.events if event.id not in current]
    return sorted(over, key=began, reverse=True)


def of_late(snapshot: Snapshot, now: datetime) -> list[Stretch]:
    """The last `DAYS` days, newest first; quiet ones that follow each other together, none before the page began.

    Days on which something went on that is told under another day, or above as open, are left out.
    """
    today = now.astimezone(UTC).date()
    by_day = _by_day(past(snapshot, now))
    days = [today - timedelta(days=ago) for ago in range(DAYS)]
    told = [day for day in days if day in by_day or (day >= snapshot.page.since and _quiet(day, snapshot, now))]
    return list(_stretches(told, by_day))


def months(snapshot: Snapshot, now: datetime) -> list[date]:
    """The first days of the months that history has, newest first, without a gap."""
    this = now.astimezone(UTC).date().replace(day=1)
    oldest = min((began(event).astimezone(UTC).date() for event in past(snapshot, now)), default=this)
    found = [this]
    while found[-1] > oldest:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def of_month(snapshot: Snapshot, month: date, now: datetime) -> list[Stretch]:
    """The days of the month with what was on them, newest first; quiet ones are left out."""
    by_day = _by_day(past(snapshot, now))
    days = [day for day in by_day if day.replace(day=1) == month]
    return [Stretch(day, day, tuple(by_day[day])) for day in days]


def _quiet(day: date, snapshot: Snapshot, now: datetime) -> bool:
    """Whether nothing was that day, what began before it or still goes on included."""
    return not any(
        began(event).astimezone(UTC).date() <= day <= (ended(event) or now).astimezone(UTC).date()
        for event in snapshot.events
    )


def _by_day(events: Sequence[Event]) -> dict[date, list[Event]]:
    days: dict[date, list[Event]] = {}
    for event in events:
        days.setdefault(began(event).astimezone(UTC).date(), []).append(event)
    return days


def _stretches(days: Sequence[date], by_day: dict[date, list[Event]]) -> Iterator[Stretch]:
    for busy, some in groupby(days, key=lambda day: day in by_day):
        together = list(some)
        if busy:
            yield from (Stretch(day, day, tuple(by_day[day])) for day in together)
        else:
            yield Stretch(together[-1], together[0])
