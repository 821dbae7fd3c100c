"""Shifts are read from calendars as on-call tools, and people with a calendar app, publish them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.model.calendar import MOST_SHIFTS, Entry, UnreadableCalendar, entries_in, parts_of, several_in

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=62)


def calendar(*events: str, head: str = "") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head.splitlines()]
    for number, event in enumerate(events):
        written = [line.strip() for line in event.strip().splitlines()]
        lines += ["BEGIN:VEVENT", f"UID:{number}@example.com", *written, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def office(offset: str) -> str:
    """A zone of somebody's own."""
    return (
        f"BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:{offset}\n"
        f"TZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE"
    )


def read(*events: str, head: str = "", end: datetime = END) -> list[tuple[str, str, str]]:
    return [written(each) for each in entries_in(calendar(*events, head=head), BEGIN, end)]


def written(entry: Entry) -> tuple[str, str, str]:
    return entry.who, f"{entry.begin:%m-%d %H:%M}", f"{entry.end:%m-%d %H:%M}"


# What the tools publish --------------------------------------------------------------------------------------------


def test_pagerduty_names_the_person_by_e_mail() -> None:
    found = read(
        """
        DTEND;VALUE=DATE-TIME:20260309T080000Z
        DTSTART;VALUE=DATE-TIME:20260302T080000Z
        ATTENDEE:ana@example.com
        URL:https://example.pagerduty.com/schedules#P1
        SUMMARY:On Call - Ana Diaz - Payments
        """,
        head="PRODID;X-RICAL-TZSOURCE=TZINFO:-//com.denhaven2/NONSGML ri_cal gem//EN\nCALSCALE:GREGORIAN",
    )
    assert found == [("ana@example.com", "03-02 08:00", "03-09 08:00")]


def test_the_title_names_the_person_where_nobody_is_invited() -> None:
    assert read("DTSTART:20260302T080000Z\nDTEND:20260303T080000Z\nSUMMARY:  Ana   Diaz ") == [
        ("Ana Diaz", "03-02 08:00", "03-03 08:00")
    ]


def test_of_grafanas_levels_the_highest_counts() -> None:
    found = read(
        "DTSTART:20260302T080000Z\nDTEND:20260302T180000Z\nSUMMARY:ana",
        "DTSTART:20260302T100000Z\nDTEND:20260302T120000Z\nSUMMARY:[L1] ben",
        "DTSTART:20260302T110000Z\nDTEND:20260302T130000Z\nSUMMARY:[L1] cleo",
    )
    assert found == [
        ("ana", "03-02 08:00", "03-02 10:00"),
        ("ben", "03-02 10:00", "03-02 12:00"),
        ("cleo", "03-02 11:00", "03-02 13:00"),
        ("ana", "03-02 13:00", "03-02 18:00"),
    ]


def test_everybody_who_is_invited_is_on_call_but_rooms_and_those_who_declined() -> None:
    found = read(
        """
        DTSTART:20260302T080000Z
        DTEND:20260303T080000Z
        SUMMARY:On call
        ATTENDEE;CN=Ana;PARTSTAT=ACCEPTED:mailto:ana@example.com
        ATTENDEE;CN=Ben;PARTSTAT=DECLINED:mailto:ben@example.com
        ATTENDEE;CUTYPE=RESOURCE:mailto:room@example.com
        ATTENDEE;CN=Cleo:MAILTO:cleo@example.com
        """
    )
    assert [who for who, _, _ in found] == ["ana@example.com", "cleo@example.com"]


def test_a_title_of_nothing_is_said_to_be_so() -> None:
    assert read("DTSTART:20260302T080000Z\nDTEND:20260303T080000Z")[0][0] == "(no title)"


# Times -------------------------------------------------------------------------------------------------------------


def test_a_weekly_shift_keeps_its_hour_when_the_clock_changes() -> None:
    found = read(
        """
        DTSTART;TZID=Europe/Berlin:20260320T090000
        DTEND;TZID=Europe/Berlin:20260327T090000
        RRULE:FREQ=WEEKLY;COUNT=2
        SUMMARY:ana
        """
    )
    assert found == [("ana", "03-20 08:00", "03-27 08:00"), ("ana", "03-27 08:00", "04-03 07:00")]


def test_recurrences_are_left_out_added_moved_and_cancelled() -> None:
    found = read(
        """
        DTSTART:20260302T080000Z
        DTEND:20260302T180000Z
        RRULE:FREQ=DAILY;UNTIL=20260306T235959Z
        EXDATE:20260303T080000Z
        RDATE:20260310T080000Z
        SUMMARY:ana
        """,
        head="",
    )
    assert [begin for _, begin, _ in found] == [
        "03-02 08:00",
        "03-04 08:00",
        "03-05 08:00",
        "03-06 08:00",
        "03-10 08:00",
    ]
    moved = calendar(
        "DTSTART:20260302T080000Z\nDTEND:20260302T180000Z\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:ana",
        "RECURRENCE-ID:20260303T080000Z\nDTSTART:20260303T120000Z\nDTEND:20260303T180000Z\nSUMMARY:ben",
        "RECURRENCE-ID:20260304T080000Z\nSTATUS:CANCELLED\nDTSTART:20260304T080000Z\nDTEND:20260304T180000Z",
    )
    one_series = moved.replace("UID:1@", "UID:0@").replace("UID:2@", "UID:0@")
    assert [written(each) for each in entries_in(one_series, BEGIN, END)] == [
        ("ana", "03-02 08:00", "03-02 18:00"),
        ("ben", "03-03 12:00", "03-03 18:00"),
    ]


@pytest.mark.parametrize(
    ("head", "hour"),
    [
        ("X-WR-TIMEZONE:America/New_York", "14:00"),
        ("X-WR-TIMEZONE:Nowhere/Land", "09:00"),
        ("", "09:00"),
        (office("+0200"), "07:00"),
    ],
)
def test_a_time_that_names_no_zone_is_in_the_calendars_own(head: str, hour: str) -> None:
    found = read("DTSTART:20260302T090000\nDTEND:20260302T180000\nSUMMARY:ana", head=head)
    assert found[0][1] == f"03-02 {hour}"


def test_a_whole_day_is_from_midnight_to_midnight_there() -> None:
    event = "DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330\nSUMMARY:ana"
    assert read(event, head="X-WR-TIMEZONE:Europe/Berlin") == [("ana", "03-27 23:00", "03-29 22:00")]
    assert read("DTSTART;VALUE=DATE:20260328\nSUMMARY:ana") == [("ana", "03-28 00:00", "03-29 00:00")]


def test_a_zone_may_be_described_or_named_as_windows_does() -> None:
    found = read(
        "DTSTART;TZID=W. Europe Standard Time:20260302T090000\nDTEND;TZID=W. Europe Standard Time:20260302T100000",
        "DTSTART;TZID=Office:20260302T090000\nDURATION:PT1H",
        head=office("+0500"),
    )
    assert [begin for _, begin, _ in found] == ["03-02 04:00", "03-02 08:00"]


def test_cancelled_empty_and_far_away_events_are_no_shifts() -> None:
    assert not read(
        "DTSTART:20260302T090000Z\nDTEND:20260302T180000Z\nSTATUS:CANCELLED\nSUMMARY:ana",
        "DTSTART:20260302T090000Z\nSUMMARY:ana",
        "DTSTART:20250302T090000Z\nDTEND:20250302T180000Z\nSUMMARY:ana",
    )


# What is wrong -----------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_of_a_calendar_does_not_hide_the_rest() -> None:
    found = read(
        "DTSTART:202603\nDTEND:20260302T180000Z\nSUMMARY:broken",
        "SUMMARY:at no time",
        "DTSTART:20260302T180000Z\nDTEND:20260302T090000Z\nSUMMARY:backwards",
        "DTSTART:20260302T090000Z\nDTEND:20260302T180000Z\nRRULE:FREQ=SOMETIMES\nSUMMARY:rule",
        "DTSTART:20260302T090000Z\nDTEND:20260302T180000Z\nRRULE:FREQ=DAILY;INTERVAL=0\nSUMMARY:never ending",
        "DTSTART:00010101T000000\nDTEND:20260302T180000\nRRULE:FREQ=HOURLY\nSUMMARY:always",
        "DTSTART:99991231T000000Z\nDURATION:P10000D\nSUMMARY:never",
        "DTSTART:20260302T090000Z\nDTEND:20260302T180000Z\nSUMMARY:ana",
    )
    assert ("ana", "03-02 09:00", "03-02 18:00") in found


@pytest.mark.parametrize(
    "text",
    ["", "hello", "<html></html>", "BEGIN:VCALENDAR", "BEGIN:VEVENT\nSUMMARY:secret\nEND:VEVENT", '{"a": 1}', "\x00"],
)
def test_what_is_no_calendar_is_said_to_be_none_and_not_quoted(text: str) -> None:
    with pytest.raises(UnreadableCalendar, match="no calendar"):
        entries_in(text, BEGIN, END)


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=2", "INTERVAL=1;FREQ=minutely", "FREQ=DAILY;BYMINUTE=1,2,3"]
)
def test_what_recurs_too_often_is_no_schedule_of_people(rule: str) -> None:
    with pytest.raises(UnreadableCalendar, match="hourly"):
        read(f"DTSTART:20260302T090000Z\nDTEND:20260302T180000Z\nRRULE:{rule}")


def test_a_calendar_may_not_have_too_many_shifts() -> None:
    hourly = "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z\nRRULE:FREQ=HOURLY"
    with pytest.raises(UnreadableCalendar, match=f"{MOST_SHIFTS:,}"):
        read(*[hourly] * 4)


LINES = st.sampled_from(
    [
        "DTSTART:20260302T090000Z",
        "DTSTART;VALUE=DATE:20260302",
        "DTSTART;TZID=Europe/Berlin:20260302T090000",
        "DTSTART:99991231T235959Z",
        "DTSTART:00010101T000000",
        "DTEND:20260302T180000Z",
        "DTEND;VALUE=DATE:20260303",
        "DURATION:PT8H",
        "DURATION:P10000D",
        "DURATION:-P1D",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU",
        "RRULE:FREQ=YEARLY;UNTIL=20260303",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=99",
        "RRULE:COUNT=3",
        "RDATE:20260305T090000Z",
        "RDATE;VALUE=PERIOD:20260305T090000Z/PT2H",
        "EXDATE;VALUE=DATE:20260302",
        "RECURRENCE-ID:20260302T090000Z",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260302",
        "SEQUENCE:x",
        "STATUS:CANCELLED",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.com",
        "ATTENDEE:ana@example.com",
        "SUMMARY:[L9]",
        "SUMMARY:ana",
        "BEGIN:VALARM",
        "END:VALARM",
        "X",
    ]
)


@settings(max_examples=50)
@given(st.lists(st.lists(LINES, max_size=7), max_size=3), st.booleans())
def test_whatever_stands_in_a_calendar_it_is_read_or_refused(events: list[list[str]], same: bool) -> None:
    text = calendar(*("\n".join(lines) for lines in events))
    try:
        found = entries_in(text.replace("UID:1@", "UID:0@") if same else text, BEGIN, END)
    except UnreadableCalendar:
        return
    assert all(each.begin < each.end and each.begin.tzinfo is UTC and each.who for each in found)


# Who is meant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        "On Call - Ana Diaz - Payments",
        "On Call: Ana Diaz",
        "Ana Diaz is on call",
        "Ana Diaz on call for Payments",
        "[Primary] Ana Diaz",
        "Payments | Ana Diaz (Europe)",
    ],
)
def test_a_name_is_found_in_what_says_more(who: str) -> None:
    assert "Ana Diaz" in parts_of(who)


@pytest.mark.parametrize(
    "who", ["Ana Diaz, ben", "Ana Diaz and ben", "Ana Diaz; ben;", "Ana Diaz / ben", "Ana Diaz & ben"]
)
def test_several_names_are_told_apart(who: str) -> None:
    assert several_in(who) == ["Ana Diaz", "ben"]


@pytest.mark.parametrize("who", ["Ana Diaz", "Jean-Luc", "Fernanda", "dan@example.com", "Dan <K.>"])
def test_a_name_that_says_no_more_is_not_taken_apart(who: str) -> None:
    assert several_in(who) == parts_of(who) == []
