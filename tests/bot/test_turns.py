"""Whose call goes next: never more than a rate allows, the more urgent first, nobody forgotten, later as Slack asks."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.rates import CHANNEL, RATES, Limit, Rate, Urgency, published
from bot.slack import SCOPES
from bot.turns import EVENLY, Line, Place, Turns
from incidents.ports import Claim
from sandbox import limits

TINY = 1e-9
ASKED = Limit("asked", Rate(10, 6))
METHOD, ROOMS = Limit("post", Rate(6, 6)), [Limit(f"post {name}", Rate(2, 3)) for name in "abc"]


def test_each_method_has_the_rate_that_slack_publishes_and_leaves_time_for_the_way() -> None:
    """The sandbox keeps the rates by a table of its own."""
    real = limits.RATES["real"]
    for method in SCOPES:
        counted = ["workspace", "channel"] if method == limits.POSTING else [limits.RATE_OF[method]]
        for limit, name in zip(published(method, "C1"), counted, strict=True):
            assert limit.rate is not None
            fits = real[name].get_expiry() / limit.rate.seconds  # type: ignore[index]
            assert limit.rate.calls * fits <= real[name].amount  # type: ignore[index]
    assert {*RATES, limits.POSTING} == set(SCOPES)


def test_posting_counts_in_the_channel_and_in_the_workspace() -> None:
    assert [limit.name for limit in published("chat.postMessage", "#room")] == [
        "chat.postMessage",
        "chat.postMessage room",
    ]
    assert published("chat.postMessage", "room")[-1].rate == CHANNEL


@given(
    st.lists(
        st.tuples(
            st.floats(0, 2),  # seconds since the one before
            st.sampled_from(Urgency),
            st.sampled_from([[ASKED], *([METHOD, room] for room in ROOMS)]),
        ),
        max_size=60,
    ),
    st.none() | st.tuples(st.floats(0, 20), st.floats(0.5, 10), st.sampled_from([ASKED, METHOD, ROOMS[0]])),
)
def test_nobody_is_forgotten_no_rate_is_passed_and_the_more_urgent_goes_first(
    arrivals: list[tuple[float, Urgency, Sequence[Limit]]], held: tuple[float, float, Limit] | None
) -> None:
    line, now, waiting = Line(), 0.0, list[Place]()
    called: dict[str, list[float]] = defaultdict(list)
    places: list[Place] = []
    at = 0.0
    events: list[tuple[float, Any]] = [(at := at + gap, (urgency, on)) for gap, urgency, on in arrivals]
    events += [(held[0], held)] if held else []
    events.sort(key=lambda event: event[0])

    def call_up() -> None:
        before = list(waiting)
        for place in line.call_up(now):
            waiting.remove(place)
            for limit in place.limits:
                called[limit.name].append(now)
                assert not held or limit != held[2] or not held[0] < now < held[0] + held[1] - TINY
        for place in before:
            if place not in waiting:
                same = [other for other in waiting if other.limits == place.limits]
                assert all(place < other for other in same)

    while events or waiting:
        due = line.next_at(now)
        if events and (due is None or events[0][0] <= due):
            now, what = events.pop(0)
            if held and what is held:
                line.hold(held[2], now, now + held[1])
            else:
                place = line.join(what[1], what[0])
                places.append(place)
                waiting.append(place)
        else:
            assert due is not None and due >= now
            now = due
        call_up()

    assert sum(len(times) for name, times in called.items() if name in {"asked", "post"}) == len(places)
    for limit in (ASKED, METHOD, *ROOMS):
        rate = limit.rate
        assert rate is not None
        times = called[limit.name]
        assert all(
            later - earlier >= rate.seconds - TINY for earlier, later in zip(times, times[rate.calls :], strict=False)
        )
        if held and limit == held[2]:
            over = held[0] + held[1]
            after = [time for time in times if over <= time <= over + EVENLY]
            assert all(b - a >= rate.evenly - TINY for a, b in pairwise(after))


def test_the_last_of_a_rate_is_kept_for_who_cannot_wait() -> None:
    line = Line()
    for _ in range(20):
        line.join([ASKED], Urgency.REFRESH)
    assert len(line.call_up(0)) == 8
    pages = [line.join([ASKED], Urgency.PAGE) for _ in range(3)]
    assert line.call_up(0.1) == pages[:2]
    assert line.next_at(0.1) == 6


def test_who_posts_elsewhere_does_not_wait_for_a_busy_channel() -> None:
    line = Line()
    busy = [line.join([METHOD, ROOMS[0]], Urgency.PAGE) for _ in range(4)]
    elsewhere = line.join([METHOD, ROOMS[1]], Urgency.REFRESH)
    assert line.call_up(0) == [*busy[:2], elsewhere]
    assert line.call_up(3) == busy[2:]


def test_who_leaves_takes_nobodys_turn() -> None:
    line = Line()
    places = [line.join([ROOMS[0]], Urgency.PAGE) for _ in range(4)]
    line.call_up(0)
    line.leave(places[2])
    assert line.call_up(3) == places[3:]


class Common:
    """Counts for all, as a test wants it."""

    def __init__(self, *answers: float) -> None:
        self.answers = list(answers)
        self.claims: list[Claim] = []
        self.broken = False
        self.held: list[tuple[str, float]] = []
        self.answers_at = asyncio.Event()
        self.answers_at.set()

    async def take(self, claims: Sequence[Claim]) -> float:
        if self.broken:
            raise OSError("the database is away")
        self.claims += claims
        await self.answers_at.wait()
        return self.answers.pop(0) if self.answers else 0.0

    async def hold(self, name: str, seconds: float, even_for: float) -> None:
        self.held.append((name, seconds))


async def test_what_others_took_is_waited_for() -> None:
    common = Common(0.01, 0.01)
    await Turns(common).take([ASKED], Urgency.REFRESH)
    assert [(claim.name, claim.allowed, claim.calls) for claim in common.claims] == [("asked", 8, 10)] * 3


async def test_what_others_took_from_the_least_urgent_is_there_for_people() -> None:
    common = Common(60)
    turns = Turns(common)
    refresh = asyncio.create_task(turns.take([ASKED], Urgency.REFRESH))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert common.answers == []
    await turns.take([ASKED], Urgency.PERSON)
    assert not refresh.done()
    refresh.cancel()


async def test_a_channel_in_which_others_post_holds_up_no_other() -> None:
    common = Common(60)
    turns = Turns(common)
    busy = asyncio.create_task(turns.take(published("chat.postMessage", "C1"), Urgency.PAGE))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert common.answers == []
    await turns.take(published("chat.postMessage", "D1"), Urgency.PAGE)
    assert not busy.done()
    busy.cancel()


async def test_slacks_wish_to_wait_is_known_to_all() -> None:
    common = Common()
    turns = Turns(common)
    await turns.hold(ASKED, 30)
    assert common.held == [("asked", 30)]
    assert turns.are_held([ASKED]) and not turns.are_held([METHOD])


async def test_without_what_is_common_a_process_keeps_the_rates_by_itself() -> None:
    common = Common()
    common.broken = True
    turns = Turns(common)
    with capture_logs() as logs:
        for _ in range(10):
            await turns.take([ASKED], Urgency.PERSON)
        late = asyncio.create_task(turns.take([ASKED], Urgency.PERSON))
        await asyncio.sleep(0)
        assert not late.done()
        late.cancel()
    assert Counter(line["event"] for line in logs) == {"rates_not_kept_in_common": 1}


async def test_a_person_does_not_wait_for_what_is_common_and_is_counted_there() -> None:
    common = Common()
    common.answers_at = asyncio.Event()
    turns = Turns(common)
    await turns.take([ASKED], Urgency.PERSON)
    await asyncio.sleep(0)
    assert [claim.name for claim in common.claims] == ["asked"]
    page = asyncio.create_task(turns.take([ASKED], Urgency.PAGE))
    await asyncio.sleep(0)
    assert not page.done()
    common.answers_at.set()
    await page


async def test_what_others_took_of_a_persons_call_the_next_wait_for() -> None:
    common = Common(60)
    turns = Turns(common)
    await turns.take([ASKED], Urgency.PERSON)
    for _ in range(5):
        await asyncio.sleep(0)
    late = [asyncio.create_task(turns.take([ASKED], urgency)) for urgency in (Urgency.PERSON, Urgency.PAGE)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(common.claims) == 1
    assert not any(task.done() for task in late)
    for task in late:
        task.cancel()


async def test_what_one_heard_the_others_need_not_ask() -> None:
    common = Common(60)
    turns = Turns(common)
    waiting = [asyncio.create_task(turns.take([ASKED], Urgency.PAGE)) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(common.claims) == 1
    for task in waiting:
        task.cancel()


async def test_who_gives_up_while_waiting_is_out_of_the_line() -> None:
    turns = Turns()
    limit = Limit("rare", Rate(1, 0.05))
    await turns.take([limit], Urgency.PERSON)
    tasks = [asyncio.create_task(turns.take([limit], Urgency.PERSON)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await tasks[1]
