"""Hundreds of alerts within a minute are a few messages, in which none of them is missing."""

import json
from collections.abc import AsyncIterator, Sequence

import pytest

from incidents.actions.alert_response import accept_storm, resolve_alert
from incidents.actions.alerts import receive
from incidents.model.storm import MANY, STORM_LIST
from incidents.model.vocabulary import AlertStatus, Severity
from sandbox.things import Message
from tests.bot.alerting import ALERTS, SOURCE, fire, has, organisation, tell
from tests.bot.floor import ANA, BEN, Floor

A_HANDFUL = 6


@pytest.fixture
async def alerted(floor: Floor) -> AsyncIterator[Floor]:
    """The bot, where a tool is a source of alerts."""
    await has(floor, organisation())
    yield floor


def in_channel(floor: Floor) -> list[Message]:
    return [message for message in floor.posts(ALERTS) if not message.is_reply]


def storm_of(floor: Floor) -> Message:
    [message] = floor.posts(ALERTS, "storm")
    return message


def lists(floor: Floor) -> list[Message]:
    return floor.posts(ALERTS, "storm_list")


def read(messages: Sequence[Message]) -> str:
    return "\n".join(json.dumps(message.blocks, ensure_ascii=False) for message in messages)


async def test_three_hundred_alerts_are_a_handful_of_messages_and_none_is_missing(alerted: Floor) -> None:
    for first in range(0, 300, 3):
        await receive(alerted.bot.core, SOURCE, [fire(f"a{n}", f"Pod {n:03} crashes") for n in range(first, first + 3)])
    await alerted.settled()

    assert len(in_channel(alerted)) <= A_HANDFUL
    shown = read(alerted.posts(ALERTS))
    assert [n for n in range(300) if f"Pod {n:03} crashes" not in shown] == []
    assert all(message.thread_ts == storm_of(alerted).ts for message in lists(alerted))
    assert await alerted.parked() == []


async def test_what_comes_at_once_is_one_message(alerted: Floor) -> None:
    await tell(alerted, *(fire(f"a{n}", f"Pod {n:03} crashes") for n in range(45)))

    assert len(in_channel(alerted)) == 1
    assert "45 alerts of Prometheus" in read([storm_of(alerted)])
    assert [len(message.blocks or []) - 1 for message in lists(alerted)] == [STORM_LIST, STORM_LIST, 5]
    assert [f"Pod {n:03} crashes" in read(lists(alerted)[:1]) for n in (0, 19, 20)] == [True, True, False]


async def test_a_few_are_messages_of_their_own(alerted: Floor) -> None:
    for n in range(MANY - 1):
        await tell(alerted, fire(f"a{n}"))

    assert len(alerted.posts(ALERTS, "alert")) == MANY - 1
    assert alerted.posts(ALERTS, "storm") == []


async def test_it_says_how_bad_and_who_is_on_it(alerted: Floor) -> None:
    await tell(alerted, *(fire(f"a{n}") for n in range(MANY)), fire("worst", severity=Severity.SEV1))
    said = read([storm_of(alerted)])
    assert "🔴 *SEV1 storm*" in said and "Nobody" in said and f"Accept all ({MANY + 1})" in said

    await accept_storm(alerted.bot.core, 1, BEN)
    await alerted.settled()
    said = read([storm_of(alerted)])
    assert "<@U0BEN>* accepted them" in said and "Accept all" not in said
    assert read(lists(alerted)).count("<@U0BEN>* is on it") == MANY + 1


async def test_what_becomes_of_one_shows_in_its_list_and_in_the_count(alerted: Floor) -> None:
    await tell(alerted, *(fire(f"a{n}") for n in range(MANY)))
    await resolve_alert(alerted.bot.core, 1, ANA)
    await alerted.settled()

    assert "resolved by <@U0ANA>" in read(lists(alerted))
    assert f"{MANY - 1} firing · 1 resolved" in read([storm_of(alerted)])


async def test_it_is_over_when_all_are(alerted: Floor) -> None:
    await tell(alerted, *(fire(f"a{n}") for n in range(MANY)))
    for number in range(1, MANY + 1):
        await resolve_alert(alerted.bot.core, number, ANA)
    await alerted.settled()

    assert "✅ *Storm over*" in read([storm_of(alerted)])
    assert '"overflow"' not in read(lists(alerted))


async def test_who_accepted_it_is_on_what_comes_after(alerted: Floor) -> None:
    await tell(alerted, *(fire(f"a{n}") for n in range(MANY)))
    await accept_storm(alerted.bot.core, 1, BEN)
    await tell(alerted, fire("later"))

    alert = await alerted.storage.read.alerts.alert(MANY + 1)
    assert alert is not None and (alert.status, alert.accepted_by) == (AlertStatus.ACCEPTED, BEN)


async def test_but_not_on_what_comes_an_hour_later(alerted: Floor) -> None:
    await tell(alerted, *(fire(f"a{n}") for n in range(MANY)))
    await accept_storm(alerted.bot.core, 1, BEN)
    for minutes in range(16):
        await alerted.later(minutes=4)
        await receive(alerted.bot.core, SOURCE, [fire(f"later{minutes}")])

    alert = await alerted.storage.read.alerts.alert(MANY + 16)
    assert alert is not None and alert.accepted_by is None


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3])
async def test_a_lost_answer_makes_no_second_message(alerted: Floor, cut: str, call: int) -> None:
    """Of the storm's own message, of its first list, of its second."""
    if call > 1:
        alerted.trouble("chat.postMessage", times=call - 1, delay=0)
    alerted.trouble("chat.postMessage", cut=cut)
    await tell(alerted, *(fire(f"a{n}") for n in range(STORM_LIST + 1)))

    assert (len(alerted.posts(ALERTS, "storm")), len(lists(alerted))) == (1, 2)
    await tell(alerted, fire("a0", "Another title"), fire("a20", "A new title"))
    assert "Another title" in read(lists(alerted)) and "A new title" in read(lists(alerted))
    assert await alerted.parked() == []
