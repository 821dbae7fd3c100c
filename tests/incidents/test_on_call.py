"""Rotations hand over by the wall clock, through changes to and from summer time, and overrides lie over them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil import rrule, tz
from hypothesis import example, given
from hypothesis import strategies as st

from incidents.model.identity import Person
from incidents.model.on_call import (
    EndsBeforeItBegins,
    Override,
    OverrideTooLong,
    Shift,
    Who,
    overlaid,
    stretches,
    turns,
)
from incidents.model.organisation import Rotation, Weekday
from incidents.model.parts import Act

ANA, BEN, CLEO = (Person.of("slack", f"U{name}") for name in ("ANA", "BEN", "CLEO"))
DAY = timedelta(days=1)
WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


# Rotations ---------------------------------------------------------------------------------------------------------

# Where clocks change, by an hour, by half of one (Lord Howe), by a day (Apia), at midnight (Beirut), in the past.
RESTLESS = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
    "America/St_Johns",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Tehran",
    "America/Sao_Paulo",
]
ZONES = st.sampled_from(RESTLESS) | st.sampled_from(sorted(available_timezones()))
DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    unit = draw(st.sampled_from(["days", "weeks"]))
    return Rotation(
        members=draw(st.permutations([ANA, BEN, CLEO]))[: draw(st.integers(1, 3))],
        start=draw(DAYS),
        length=draw(st.integers(1, 4) | st.integers(1, 60)),
        unit=unit,
        day=draw(st.none() | st.sampled_from(list(Weekday))) if unit == "weeks" else None,
        at=time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30, 59]))),
        timezone=draw(ZONES),
    )


def hand_overs(rotation: Rotation) -> Iterator[datetime]:
    """When people hand over, from the first turn on, as dateutil's recurrence rules have it."""
    rule = rrule.rrule(
        rrule.WEEKLY if rotation.unit == "weeks" else rrule.DAILY,
        dtstart=datetime.combine(rotation.start, rotation.at),
        interval=1,
        byweekday=WEEKDAYS[list(Weekday).index(rotation.day)] if rotation.day else None,
    )
    for number, wall in enumerate(rule):
        if number % rotation.length == 0:
            yield tz.resolve_imaginary(wall.replace(tzinfo=ZoneInfo(rotation.timezone))).astimezone(UTC)


def expected(rotation: Rotation, begin: datetime, end: datetime) -> list[Shift]:
    found = []
    for number, (one, other) in enumerate(pairwise(hand_overs(rotation))):
        if one >= end:
            break
        if one < other and begin < other:
            found.append(Shift(rotation.members[number % len(rotation.members)], one, other))
    return found


@given(rotations(), st.integers(-30, 700), st.integers(0, 23), st.integers(1, 90))
@example(Rotation(members=(ANA, BEN), start=date(2011, 12, 28), unit="days", timezone="Pacific/Apia"), 0, 0, 9)
@example(
    Rotation(members=(ANA, BEN), start=date(2026, 3, 28), unit="days", at=time(2, 30), timezone="Europe/Berlin"),
    0,
    0,
    9,
)
def test_turns_are_those_of_dateutils_recurrence_rules(rotation: Rotation, day: int, hour: int, many: int) -> None:
    begin = datetime.combine(rotation.start + day * DAY, time(hour), UTC)
    end = begin + many * DAY
    assert list(turns(rotation, begin, end)) == expected(rotation, begin, end)


@given(rotations(), st.integers(0, 700))
def test_from_the_first_turn_on_just_one_is_on_call_and_each_has_a_turn(rotation: Rotation, day: int) -> None:
    first = next(hand_overs(rotation))
    begin = first + day * DAY
    end = begin + len(rotation.members) * (rotation.length * 7 + 8) * DAY
    found = stretches(turns(rotation, begin, end), begin, end)
    assert all(len(stretch.people) == 1 for stretch in found)
    assert {person for stretch in found for person in stretch.people} == set(rotation.members)


def week(**more: object) -> Rotation:
    return Rotation.model_validate(
        {"members": (ANA, BEN), "start": date(2026, 3, 23), "timezone": "Europe/Berlin", **more}
    )


def begins(rotation: Rotation, begin: str, end: str) -> list[datetime]:
    return [shift.begin for shift in turns(rotation, utc(begin), utc(end))]


def test_nine_in_the_morning_stays_nine_in_the_morning() -> None:
    assert begins(week(), "2026-03-24", "2026-04-01") == [utc("2026-03-23 08:00"), utc("2026-03-30 07:00")]
    assert begins(week(), "2026-10-20", "2026-10-27") == [utc("2026-10-19 07:00"), utc("2026-10-26 08:00")]


def test_a_hand_over_that_the_clock_leaves_out_comes_an_hour_later() -> None:
    daily = week(unit="days", at=time(2, 30))
    assert begins(daily, "2026-03-28 12:00", "2026-03-30 12:00") == [
        utc("2026-03-28 01:30"),
        utc("2026-03-29 01:30"),  # 03:30 in Berlin, where there is no 02:30
        utc("2026-03-30 00:30"),
    ]


def test_a_hand_over_that_the_clock_shows_twice_is_the_first() -> None:
    daily = week(unit="days", at=time(2, 30))
    assert begins(daily, "2026-10-24 12:00", "2026-10-25 12:00") == [utc("2026-10-24 00:30"), utc("2026-10-25 00:30")]


def test_a_day_that_a_zone_leaves_out_has_no_turn() -> None:
    daily = week(members=(ANA, BEN, CLEO), start=date(2011, 12, 28), unit="days", timezone="Pacific/Apia")
    people = [shift.person for shift in turns(daily, utc("2011-12-28 20:00"), utc("2012-01-01 00:00"))]
    assert people == [ANA, BEN, ANA, BEN]


def test_the_first_turn_waits_for_its_day_of_the_week() -> None:
    rotation = week(start=date(2026, 3, 25), day=Weekday.MONDAY)
    assert begins(rotation, "2026-03-01", "2026-04-02") == [utc("2026-03-30 07:00")]
    assert begins(week(day=Weekday.MONDAY), "2026-03-01", "2026-03-25") == [utc("2026-03-23 08:00")]


def test_before_the_first_turn_nobody_is_on_call() -> None:
    begin, end = utc("2026-03-20 00:00"), utc("2026-04-20 00:00")
    found = stretches(turns(week(), begin, end), begin, end)
    assert [(stretch.people, stretch.begin) for stretch in found[:2]] == [
        ((), begin),
        ((ANA,), utc("2026-03-23 08:00")),
    ]


def test_the_last_days_that_there_are_do_no_harm() -> None:
    last = date(2200, 1, 1)
    assert begins(week(start=last), "2026-03-01", "2026-04-01") == []
    assert begins(week(start=last), "2200-01-01", "2200-02-01")


# Overrides ---------------------------------------------------------------------------------------------------------


def override(person: Person, begin: str, end: str, made: str = "2026-03-01") -> Override:
    return Override("first", person, utc(begin), utc(end), CLEO, utc(made))


def shift(person: Person | None, begin: str, end: str, name: str = "") -> Shift:
    return Shift(person, utc(begin), utc(end), name)


def seen(shifts: list[Shift], begin: str, end: str) -> list[tuple[tuple[Person, ...], datetime]]:
    return [(stretch.people, stretch.begin) for stretch in stretches(shifts, utc(begin), utc(end))]


def test_an_override_replaces_whoever_is_on_call_for_as_long_as_it_lasts() -> None:
    shifts = [shift(ANA, "2026-03-02", "2026-03-09"), shift(BEN, "2026-03-09", "2026-03-16")]
    changed = overlaid(shifts, [override(CLEO, "2026-03-08", "2026-03-10")])
    assert seen(changed, "2026-03-02", "2026-03-16") == [
        ((ANA,), utc("2026-03-02")),
        ((CLEO,), utc("2026-03-08")),
        ((BEN,), utc("2026-03-10")),
    ]


def test_an_override_within_a_shift_gives_it_back() -> None:
    changed = overlaid([shift(ANA, "2026-03-02", "2026-03-09")], [override(BEN, "2026-03-04", "2026-03-05")])
    assert [people for people, _ in seen(changed, "2026-03-02", "2026-03-09")] == [(ANA,), (BEN,), (ANA,)]


def test_the_override_that_was_made_last_wins() -> None:
    one = override(BEN, "2026-03-02", "2026-03-06", made="2026-03-01 10:00")
    other = override(CLEO, "2026-03-04", "2026-03-08", made="2026-03-01 09:00")
    changed = overlaid([], [one, other])
    assert seen(changed, "2026-03-01", "2026-03-09") == [
        ((), utc("2026-03-01")),
        ((BEN,), utc("2026-03-02")),
        ((CLEO,), utc("2026-03-06")),
        ((), utc("2026-03-08")),
    ]


def test_several_are_on_call_at_once_and_an_override_replaces_them_all() -> None:
    shifts = [shift(ANA, "2026-03-02", "2026-03-09"), shift(BEN, "2026-03-03", "2026-03-05")]
    assert [people for people, _ in seen(shifts, "2026-03-02", "2026-03-09")] == [(ANA,), (ANA, BEN), (ANA,)]
    changed = overlaid(shifts, [override(CLEO, "2026-03-04", "2026-03-05")])
    assert [people for people, _ in seen(changed, "2026-03-02", "2026-03-09")] == [
        (ANA,),
        (ANA, BEN),
        (CLEO,),
        (ANA,),
    ]


def test_shifts_of_one_person_that_follow_each_other_are_one_stretch() -> None:
    shifts = [shift(ANA, "2026-03-02", "2026-03-03"), shift(ANA, "2026-03-03", "2026-03-04")]
    found = stretches(shifts, utc("2026-03-02"), utc("2026-03-09"))
    assert [(stretch.people, stretch.end) for stretch in found] == [((ANA,), utc("2026-03-04")), ((), None)]


def test_whom_nobody_knows_is_on_call_by_name_and_cannot_be_called() -> None:
    shifts = [shift(None, "2026-03-02", "2026-03-09", "Dan K."), shift(ANA, "2026-03-02", "2026-03-09", "Ana")]
    (found,) = stretches(shifts, utc("2026-03-03"), utc("2026-03-04"))
    assert found.on_call == (Who(None, "Dan K."), Who(ANA))
    assert found.people == (ANA,)


INSTANTS = st.integers(0, 60).map(lambda hours: utc("2026-03-02") + timedelta(hours=hours))
SPANS = st.tuples(INSTANTS, INSTANTS).filter(lambda span: span[0] < span[1])
SHIFTS = st.lists(st.builds(lambda who, span: Shift(who, *span), st.sampled_from([ANA, BEN]), SPANS), max_size=6)
OVERRIDES = st.lists(
    st.builds(lambda who, span: Override("first", who, *span, CLEO, utc("2026-03-01")), st.just(CLEO), SPANS),
    max_size=4,
)


@given(SHIFTS, OVERRIDES, SPANS)
def test_stretches_say_at_each_moment_what_shifts_and_overrides_say(
    shifts: list[Shift], overrides: list[Override], span: tuple[datetime, datetime]
) -> None:
    begin, end = span
    found = stretches(overlaid(shifts, overrides), begin, end)
    assert found[0].begin == begin and found[-1].end is None
    assert all(one.end == other.begin and one.on_call != other.on_call for one, other in pairwise(found))
    for stretch in found:
        for hours in range(61):
            at = utc("2026-03-02") + timedelta(hours=hours)
            if stretch.begin <= at < (stretch.end or end):
                overriding = any(each.begin <= at < each.end for each in overrides)
                planned = {each.person for each in shifts if each.begin <= at < each.end}
                assert set(stretch.people) == ({CLEO} if overriding else planned)


@pytest.mark.parametrize(
    ("begin", "end", "refusal"),
    [
        ("2026-03-05", "2026-03-05", EndsBeforeItBegins),
        ("2026-03-06", "2026-03-05", EndsBeforeItBegins),
        ("2026-02-01", "2026-03-01", EndsBeforeItBegins),
        ("2026-03-05", "2027-03-07", OverrideTooLong),
    ],
)
def test_an_override_must_make_sense(begin: str, end: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        Override.make("first", BEN, (utc(begin), utc(end)), Act(ANA, utc("2026-03-03")))


def test_an_override_may_have_begun_before() -> None:
    made = Override.make("first", BEN, (utc("2026-03-01"), utc("2026-03-05")), Act(ANA, utc("2026-03-03")))
    assert (made.begin, made.end, made.made_by) == (utc("2026-03-01"), utc("2026-03-05"), ANA)
