"""Who is on call when, as other tools publish it: from the text of an iCalendar to shifts, and to who is meant.

The format: https://www.rfc-editor.org/rfc/rfc5545. Each event is a shift; whoever it invites is on call, else whoever
its title names. What each tool writes is said in docs/on-call.md.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Component, Event, Timezone
from icalendar.timezone import tzp

from incidents.model.on_call import without

MOST_SHIFTS = 5_000
"""More than this is no schedule of people; it would take long to read, and be read often."""

TOO_OFTEN = re.compile("FREQ=(SECOND|MINUTE)LY|BY(SECOND|MINUTE)=[^;]*,", re.IGNORECASE)
ENDLESS = re.compile(
    r"INTERVAL=0*(;|$)|(?=.*FREQ=HOURLY)(?=.*BY(SETPOS|MONTH|MONTHDAY|YEARDAY|WEEKNO)=)", re.IGNORECASE
)
"""Rules that are not valid, or ask for each hour of thousands of years whether it is meant."""

LONGEST = timedelta(days=366)
"""How long a shift that recurs may be."""


class UnreadableCalendar(ValueError):
    """This is no calendar, or no schedule of people; says why, and quotes nothing of it."""


@dataclass(frozen=True)
class Entry:
    """A shift as a calendar tells of it: ``who`` is an e-mail address or what stands there instead."""

    who: str
    begin: datetime
    end: datetime
    level: int = 0
    """Of several at a time, those with the highest level count (Grafana's ``[L1]``)."""


def entries_in(text: str, begin: datetime, end: datetime) -> list[Entry]:
    """The shifts that ``text`` tells of between ``begin`` and ``end`` (aware), in order. Raises UnreadableCalendar."""
    found: list[Entry] = []
    for calendar in _calendars(text):
        zone = _zone(calendar)
        for event in _events(calendar, begin, end):
            found += _entries(event, zone)
    if len(found) > MOST_SHIFTS:
        raise UnreadableCalendar(f"more than {MOST_SHIFTS:,} shifts within {(end - begin).days} days are too many")
    highest_first = sorted(found, key=lambda each: -each.level)
    return sorted(_counting(highest_first), key=lambda each: (each.begin, each.who))


def _calendars(text: str) -> list[Component]:
    # Zones that one calendar describes are remembered by their names, which mean something else in the next one.
    tzp.use_zoneinfo()
    try:
        components = Calendar.from_ical(text.removeprefix("\ufeff"), multiple=True)
    except ValueError as error:
        raise UnreadableCalendar("what is there is no calendar (iCal)") from error
    if not components or any(component.name != "VCALENDAR" for component in components):
        raise UnreadableCalendar("what is there is no calendar (iCal)")
    return list(components)


def _events(calendar: Component, begin: datetime, end: datetime) -> list[Event]:
    """What happens, each time it does; events that cannot be read are left out, the others count."""
    calendar.subcomponents = [
        each for each in calendar.subcomponents if not isinstance(each, Event) or _can_be_read(each)
    ]
    if tzp.timezone(str(calendar.get("X-WR-TIMEZONE"))) is None:
        calendar.pop("X-WR-TIMEZONE", None)
    try:
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        return list(query.between(begin, end))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        raise UnreadableCalendar("its recurring events contradict themselves") from error


def _can_be_read(event: Event) -> bool:
    """Whether it begins and ends at some time of ours, and recurs for less than a lifetime's work.

    Raises UnreadableCalendar for what recurs many times an hour.
    """
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        written = rule.to_ical().decode()
        if TOO_OFTEN.search(written):
            raise UnreadableCalendar("an event that recurs more often than hourly is no shift")
        if ENDLESS.search(written):
            return False
    try:
        begin, end = event.start, event.end
        return begin.year >= 1970 and end.year < 2200 and begin <= end and (not rules or end - begin <= LONGEST)
    except (ValueError, TypeError, ArithmeticError):
        return False


def _entries(event: Event, zone: tzinfo) -> Iterator[Entry]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    begin, end = _moment(event.start, zone), _moment(event.end, zone)
    if begin >= end:
        return
    title = " ".join(str(event.get("SUMMARY", "")).split())
    level = re.match(r"\[L(\d)\]\s*", title)
    for who in _invited(event) or [title[level.end() :] if level else title]:
        yield Entry(who or "(no title)", begin, end, int(level[1]) if level else 0)


def _invited(event: Event) -> list[str]:
    """The e-mail addresses of those who are invited and did not decline; rooms are no people."""
    attendees = event.get("ATTENDEE", [])
    found = []
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        parameters: dict[str, Any] = getattr(attendee, "params", {})
        address = re.sub("^mailto:", "", str(attendee).strip(), flags=re.IGNORECASE)
        declined = str(parameters.get("PARTSTAT", "")).upper() == "DECLINED"
        thing = str(parameters.get("CUTYPE", "INDIVIDUAL")).upper() in {"ROOM", "RESOURCE"}
        if is_address(address) and not declined and not thing:
            found.append(address)
    return found


def is_address(who: str) -> bool:
    """Whether ``who`` is an e-mail address."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", who) is not None


def _moment(value: date | datetime, zone: tzinfo) -> datetime:
    """A day begins at midnight; what names no time zone is in the calendar's."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _zone(calendar: Component) -> tzinfo:
    """The zone of what names none: the calendar's own (X-WR-TIMEZONE), else the only one it describes, else UTC."""
    own = calendar.get("X-WR-TIMEZONE")
    described = [each for each in calendar.walk("VTIMEZONE") if isinstance(each, Timezone)]
    if own:
        return tzp.timezone(str(own)) or UTC
    return described[0].to_tz() if len(described) == 1 else UTC


def _counting(entries: Iterable[Entry]) -> list[Entry]:
    """What is left of ``entries``, the highest levels first, where those of higher levels come before others."""
    counting: list[Entry] = []
    for entry in entries:
        left = [entry]
        for higher in counting:
            if higher.level > entry.level:
                left = [part for each in left for part in without(each, higher.begin, higher.end)]
        counting += left
    return counting


def several_in(who: str) -> list[str]:
    """The names in ``who``, if it can be a list of some: ``Ana Diaz, ben``."""
    names = [name.strip() for name in re.split(r",|;|&|/|\band\b", who)]
    return [name for name in names if name] if len(names) > 1 else []


def parts_of(who: str) -> list[str]:
    """What can be the name in ``who``, if that says more: ``On Call - Ana Diaz - Payments`` (PagerDuty)."""
    parts = re.split(r"\s[-–—|]\s|[:()\[\]]|\bis on[- ]call\b|\bon[- ]call for\b", who)
    return [part.strip() for part in parts if part.strip()] if len(parts) > 1 else []
