"""Times are read as the person who typed them means them, and what could mean something else is refused."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.times import NotATime, read_span
from incidents.model.refusals import Refusal

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 3, 14, 20, 31, 5, tzinfo=BERLIN)


def read(text: str, now: datetime = TUESDAY) -> str:
    begin, end = (moment.astimezone(BERLIN) for moment in read_span(text, now, BERLIN))
    return f"{begin:%a %d %H:%M} – {end:%a %d %H:%M}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18:00 22:00", "Tue 03 18:00 – Tue 03 22:00"),
        ("18:00 to 22:00", "Tue 03 18:00 – Tue 03 22:00"),
        ("from 18:00 to 09:00", "Tue 03 18:00 – Wed 04 09:00"),
        ("tomorrow 09:00 to 17:00", "Wed 04 09:00 – Wed 04 17:00"),
        ("tomorrow 09:00 17:00", "Wed 04 09:00 – Wed 04 17:00"),
        ("Tomorrow 9am - Tomorrow 5pm", "Wed 04 09:00 – Wed 04 17:00"),
        ("tomorrow 09:00 for 8h", "Wed 04 09:00 – Wed 04 17:00"),
        ("tomorrow 09:00 2h30m", "Wed 04 09:00 – Wed 04 11:30"),
        ("now until fri 17:00", "Tue 03 14:20 – Fri 06 17:00"),
        ("fri 17:00 mon 09:00", "Fri 06 17:00 – Mon 09 09:00"),
        ("friday to monday", "Fri 06 00:00 – Mon 09 00:00"),
        ("next friday at 17:00 until noon", "Fri 06 17:00 – Sat 07 12:00"),
        ("2h", "Tue 03 14:20 – Tue 03 16:20"),
        ("for 90 min", "Tue 03 14:20 – Tue 03 15:50"),
        ("until 18:00", "Tue 03 14:20 – Tue 03 18:00"),
        ("tomorrow 09:00", "Tue 03 14:20 – Wed 04 09:00"),
        ("3d", "Tue 03 14:20 – Fri 06 14:20"),
        ("2026-03-05 18:00 2026-03-06 09:00", "Thu 05 18:00 – Fri 06 09:00"),
        ("2026-03-05T18:00Z to 2026-03-05T19:00-05:00", "Thu 05 19:00 – Fri 06 01:00"),
        ("2026-03-05T18:00:00+00:00 2026-03-06T18:00:00+00:00", "Thu 05 19:00 – Fri 06 19:00"),
        ("5 Mar 18:00 to Mar 6, 2026 09:00", "Thu 05 18:00 – Fri 06 09:00"),
    ],
)
def test_plain_times_are_read_where_the_person_is(text: str, meant: str) -> None:
    assert read(text) == meant


def test_hours_pass_as_they_do_when_the_clock_changes_and_days_as_the_calendar_says() -> None:
    evening = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)
    assert read("8h", evening) == "Sat 28 23:00 – Sun 29 08:00"
    assert read("2d", evening) == "Sat 28 23:00 – Mon 30 23:00"
    assert read("tomorrow 09:00", evening) == "Sat 28 23:00 – Sun 29 09:00"


@pytest.mark.parametrize(
    "text",
    ["", "18", "banana", "a", "may", "03/05 18:00", "5.3. 18:00", "18:00 22:00 23:00", "tomorrow 09:00 banana", "-2h"],
)
def test_what_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(NotATime, match="tomorrow 09:00"):
        read(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "now",
                "to",
                "2h",
                "25:61",
                "31",
                "feb",
                "18:00",
                "tomorrow",
                "0000-00-00",
                "9999-12-31",
                "99999999d",
                "1w",
            ]
        )
    )
)
def test_whatever_is_typed_is_read_or_refused(words: list[str]) -> None:
    try:
        begin, end = read_span(" ".join(words), TUESDAY, BERLIN)
    except Refusal:
        return
    assert begin.tzinfo and end.tzinfo
