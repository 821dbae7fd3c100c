"""Bringing people into the channel: in one call, once, with a word about those who could not be."""

import asyncio

import pytest

from incidents.actions.change import change_severity
from incidents.actions.respond import join
from incidents.model.vocabulary import Severity
from tests.bot.floor import ANA, BEN, CLEO, DAN, GUS, PIA, Floor, eventually

SORRY = "Somebody with the right may add them."


def sorry(floor: Floor, channel: str) -> str:
    return "\n".join(post.text for post in floor.posts(channel, "not_invited"))


async def test_everybody_is_invited_in_one_call(floor: Floor) -> None:
    channel = await floor.declared_in(page=[BEN, CLEO, DAN])

    [(_, asked)] = floor.calls("conversations.invite")
    assert set(asked["users"].split(",")) == {ANA.id, BEN.id, CLEO.id, DAN.id}
    assert {ANA.id, BEN.id, CLEO.id, DAN.id} < set(floor.channel(channel).members)
    assert sorry(floor, channel) == ""


async def test_a_guest_keeps_out_nobody_else_and_the_channel_is_told(floor: Floor) -> None:
    channel = await floor.declared_in(page=[GUS, BEN])

    assert {ANA.id, BEN.id} < set(floor.channel(channel).members)
    assert sorry(floor, channel) == (
        f"Slack would not let me invite <@{GUS.id}>: guests can't join new channels. {SORRY}"
    )


async def test_people_are_named_together_by_what_keeps_them_out(floor: Floor) -> None:
    floor.sandbox.workspace.users[DAN.id].deleted = True

    channel = await floor.declared_in(page=[GUS, DAN, PIA])

    assert set(sorry(floor, channel).splitlines()) == {
        f"Slack would not let me invite <@{GUS.id}>: guests can't join new channels. {SORRY}",
        f"Slack would not let me invite <@{DAN.id}>: the account is deactivated. {SORRY}",
        f"Slack would not let me invite <@{PIA.id}>: this person can't be invited. {SORRY}",
    }


async def test_where_slack_refuses_the_whole_call_everybody_is_named(floor: Floor) -> None:
    floor.trouble("conversations.invite", error="restricted_action")

    channel = await floor.declared_in(page=[BEN])

    said = sorry(floor, channel)
    assert f"<@{ANA.id}>" in said and f"<@{BEN.id}>" in said
    assert "Slack says restricted_action" in said


async def test_who_joins_is_invited_and_who_is_there_already_is_left_alone(floor: Floor) -> None:
    channel = await floor.declared_in()
    await floor.person("cleo").join(channel)
    await floor.settled()

    await join(floor.bot.core, 1, BEN)
    await join(floor.bot.core, 1, CLEO)
    await floor.settled()

    assert {BEN.id, CLEO.id} < set(floor.channel(channel).members)
    assert sorry(floor, channel) == ""
    assert [asked["users"] for _, asked in floor.calls("conversations.invite")] == [ANA.id, BEN.id]


async def test_who_joins_waits_for_no_card(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = await floor.declared_in()
    drawing, drawn = asyncio.Event(), asyncio.Event()

    async def slowly(*of: object) -> None:
        drawing.set()
        await drawn.wait()

    monkeypatch.setattr(floor.bot.slack, "show", slowly)
    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await drawing.wait()
    await join(floor.bot.core, 1, BEN)
    await eventually(lambda: BEN.id in floor.channel(channel).members)
    drawn.set()


async def test_a_lost_answer_neither_invites_nor_speaks_twice(floor: Floor) -> None:
    floor.trouble("conversations.invite", cut="after")
    floor.trouble("conversations.invite", cut="after")

    channel = await floor.declared_in(page=[GUS])

    assert floor.channel(channel).members.count(ANA.id) == 1
    assert sorry(floor, channel).count("guests") == 1


async def test_who_was_said_to_be_kept_out_is_not_named_again_with_who_comes_meanwhile(floor: Floor) -> None:
    channel = await floor.declared_in()
    floor.trouble("chat.postMessage", cut="after", delay=0.3)
    [trouble] = floor.sandbox.slack.troubles.api

    await join(floor.bot.core, 1, GUS)
    await eventually(lambda: trouble.times == 0)
    await join(floor.bot.core, 1, PIA)
    await floor.settled()

    [first, second] = [post.text for post in floor.posts(channel, "not_invited")]
    assert (GUS.id in first, PIA.id in first) == (True, False)
    assert (GUS.id in second, PIA.id in second) == (False, True)
