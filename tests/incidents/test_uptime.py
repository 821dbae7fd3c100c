"""How long services were up, day by day: the published rule, and a slow reckoning that must come to the same."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.public.page import Event, Page, PageService, PublicUpdate, ServiceGroup, Snapshot, Window
from incidents.public.uptime import days, uptimes
from incidents.public.words import Impact, PublicStatus

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
SHOP, API = PageService("shop", "Shop"), PageService("api", "API")
PAGE = Page("acme", "Acme", (ServiceGroup("", (SHOP, API)),), date(2026, 1, 1))
MAJOR, PARTIAL, DEGRADED = Impact.MAJOR_OUTAGE, Impact.PARTIAL_OUTAGE, Impact.DEGRADED


def event(*said: tuple[datetime, Impact | None], window: Window | None = None) -> Event:
    """What was said of the shop at each time; None: all is well again."""
    updates = tuple(
        PublicUpdate(
            f"u{place}",
            PublicStatus.RESOLVED if impact is None else PublicStatus.IDENTIFIED,
            "",
            {SHOP.id: impact} if impact else {},
            at,
        )
        for place, (at, impact) in enumerate(said)
    )
    return Event("e", "It", updates, window)


def minutes(*events: Event, ago: int = 0) -> Mapping[Impact, float]:
    """How many minutes of a day, ``ago`` days before today, the shop was in each impact."""
    day = days(Snapshot(PAGE, events), SHOP.id, NOON, 90)[-1 - ago]
    return {impact: time / timedelta(minutes=1) for impact, time in day.lasted.items()}


def at(**after_midnight: float) -> datetime:
    return MIDNIGHT + timedelta(**after_midnight)


def test_without_events_every_day_was_up() -> None:
    shop = uptimes(Snapshot(PAGE, ()), NOON)[SHOP.id]
    assert len(shop.days) == shop.known == 90
    assert (shop.days[0].day, shop.days[-1].day) == (date(2026, 8, 26), date(2026, 11, 23))
    assert shop.days[-1].known == timedelta(hours=12)
    assert shop.share == 1 and all(day.worst is Impact.OPERATIONAL and day.down == 0 for day in shop.days)


def test_major_counts_whole_partial_three_tenths_and_degraded_nothing() -> None:
    said = event((at(hours=1), MAJOR), (at(hours=2), PARTIAL), (at(hours=4), DEGRADED), (at(hours=8), None))
    today = days(Snapshot(PAGE, (said,)), SHOP.id, NOON)[-1]
    assert minutes(said) == {MAJOR: 60, PARTIAL: 120, DEGRADED: 240}
    assert today.worst is MAJOR and today.lost == timedelta(minutes=60 + 36)
    assert today.down == pytest.approx(96 / 720)
    assert uptimes(Snapshot(PAGE, (said,)), NOON, 1)[SHOP.id].share == pytest.approx(1 - 96 / 720)


def test_only_the_service_that_it_is_about_was_down() -> None:
    both = uptimes(Snapshot(PAGE, (event((at(hours=1), MAJOR)),)), NOON)
    assert both[API.id].share == 1 and both[SHOP.id].days[-1].lost == timedelta(hours=11)


def test_a_night_is_shared_between_its_days() -> None:
    night = event((at(hours=-1), MAJOR), (at(hours=2), None))
    assert (minutes(night, ago=1), minutes(night)) == ({MAJOR: 60}, {MAJOR: 120})


@pytest.mark.parametrize(("seconds", "counted"), [(59, {}), (60, {MAJOR: 1})])
def test_less_than_a_minute_is_ignored(seconds: int, counted: Mapping[Impact, float]) -> None:
    assert minutes(event((at(hours=1), MAJOR), (at(hours=1, seconds=seconds), None))) == counted


def test_a_minute_that_changes_from_major_to_partial_is_one_outage() -> None:
    assert minutes(
        event((at(hours=1), MAJOR), (at(hours=1, seconds=30), PARTIAL), (at(hours=1, seconds=60), None))
    ) == {MAJOR: 0.5, PARTIAL: 0.5}


def test_of_two_at_once_the_worse_counts() -> None:
    long, short = event((at(hours=1), PARTIAL), (at(hours=5), None)), event((at(hours=2), MAJOR), (at(hours=3), None))
    assert minutes(long, short) == {PARTIAL: 180, MAJOR: 60}


def test_maintenance_is_shown_within_its_window_only_and_counts_nothing() -> None:
    window = Window(at(hours=2), at(hours=3))
    planned = event((at(days=-3), Impact.UNDER_MAINTENANCE), window=window)
    assert minutes(planned) == {Impact.UNDER_MAINTENANCE: 60}
    assert minutes(planned, ago=1) == {}
    assert uptimes(Snapshot(PAGE, (planned,)), NOON)[SHOP.id].share == 1


def test_nothing_is_known_of_the_time_before_the_page_began() -> None:
    young = replace(PAGE, since=date(2026, 11, 21))
    early = event((at(days=-10), MAJOR), (at(hours=1), None))
    shop = uptimes(Snapshot(young, (early,)), NOON)[SHOP.id]
    assert shop.known == 3
    assert shop.days[86].down is None and not shop.days[86].lasted
    assert [day.down for day in shop.days[87:]] == [1, 1, pytest.approx(1 / 12)]
    assert shop.share == pytest.approx(11 / 60)


STEP = timedelta(seconds=20)
STEPS = 270
"""Of 20 seconds: an hour and a half before midnight, as much after it."""
FIRST = MIDNIGHT - STEP * STEPS
LAST = MIDNIGHT + STEP * STEPS

steps = st.integers(0, 2 * STEPS)


@st.composite
def events(draw: st.DrawFn) -> Event:
    times = sorted(draw(st.sets(steps, min_size=1, max_size=4)))
    impacts = draw(st.lists(st.sampled_from(Impact), min_size=len(times), max_size=len(times)))
    said: list[tuple[datetime, Impact | None]] = [
        (FIRST + STEP * time, impact) for time, impact in zip(times, impacts, strict=True)
    ]
    if draw(st.booleans()) and times[-1] < 2 * STEPS:
        said.append((FIRST + STEP * draw(st.integers(times[-1] + 1, 2 * STEPS)), None))
    begins = draw(steps)
    window = Window(FIRST + STEP * begins, FIRST + STEP * (begins + draw(st.integers(1, 100))))
    return event(*said, window=draw(st.sampled_from([None, window])))


def said_at(all_of_it: list[Event], moment: datetime) -> Impact:
    """The worst that was said of the shop at a moment, as the page then showed it."""
    found = [Impact.OPERATIONAL]
    for each in all_of_it:
        heard = [update for update in each.updates if update.published_at <= moment]
        if heard:
            found.append(replace(each, updates=tuple(heard)).impacts(moment).get(SHOP.id, Impact.OPERATIONAL))
    return max(found, key=lambda impact: impact.rank)


@given(st.lists(events(), max_size=3))
@settings(max_examples=60)
def test_a_slow_reckoning_step_by_step_comes_to_the_same(all_of_it: list[Event]) -> None:
    shown = [said_at(all_of_it, FIRST + STEP * place) for place in range(2 * STEPS)]
    down = [impact in (MAJOR, PARTIAL) for impact in shown]
    for place in range(2 * STEPS):
        if down[place] and not any(
            down[start : start + 3] == [True] * 3 for start in range(max(place - 2, 0), place + 1)
        ):
            shown[place] = Impact.OPERATIONAL
    expected = [
        {impact: STEP * half.count(impact) for impact in Impact if impact.rank and impact in half}
        for half in (shown[:STEPS], shown[STEPS:])
    ]
    reckoned = days(Snapshot(PAGE, tuple(all_of_it)), SHOP.id, LAST, 2)
    assert [dict(day.lasted) for day in reckoned] == expected
