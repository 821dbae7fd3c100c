"""Quiet hours: what is not urgent is not called outside the chat in them, by the clock on the wall."""

from datetime import UTC, date, datetime, time

import pytest

from incidents.model.organisation import Quiet
from incidents.model.vocabulary import Severity

NIGHT = Quiet(begin=time(22), end=time(7), timezone="Europe/Berlin")
SUMMER, WINTER = (2026, 7, 1), (2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "utc", "held"),
    [
        (SUMMER, time(19, 59), False),
        (SUMMER, time(20), True),
        (SUMMER, time(4, 59), True),
        (SUMMER, time(5), False),
        (WINTER, time(20, 59), False),
        (WINTER, time(21), True),
        (WINTER, time(5, 59), True),
        (WINTER, time(6), False),
    ],
)
def test_the_night_is_by_the_wall_clock_in_summer_and_winter(day: tuple[int, int, int], utc: time, held: bool) -> None:
    assert NIGHT.holds_back(Severity.SEV3, datetime.combine(date(*day), utc, UTC)) is held


def test_what_is_urgent_comes_through() -> None:
    night = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
    assert [severity for severity in Severity if not NIGHT.holds_back(severity, night)] == [
        Severity.SEV1,
        Severity.SEV2,
    ]


def test_quiet_hours_within_a_day_end_with_it() -> None:
    lunch = Quiet(begin=time(12), end=time(13), urgent=Severity.SEV1)
    held = [hour for hour in range(24) if lunch.holds_back(Severity.SEV2, datetime(2026, 7, 1, hour, tzinfo=UTC))]
    assert held == [12]


def test_hours_that_end_when_they_begin_are_none() -> None:
    never = Quiet(begin=time(9), end=time(9))
    assert not any(never.holds_back(Severity.SEV5, datetime(2026, 7, 1, hour, tzinfo=UTC)) for hour in range(24))
