"""The card, its pin, its bookmark and the topic: there once, always true, and quiet where the channel is gone."""

import json

import pytest

from incidents.actions.change import change_severity, change_status
from incidents.actions.respond import lead
from incidents.model import facts
from incidents.model.vocabulary import Severity, Status
from sandbox import messages
from tests.bot.floor import ANA, BEN, Floor


def cards(floor: Floor, channel: str) -> list[str]:
    return [json.dumps(post.blocks) for post in floor.posts(channel, "incident_card")]


async def test_the_channel_carries_card_pin_bookmark_and_topic(floor: Floor) -> None:
    channel = await floor.declared_in(severity=Severity.SEV1)

    [card] = floor.posts(channel, "incident_card")
    there = floor.channel(channel)
    assert "Checkout fails" in json.dumps(card.blocks)
    assert [pin.ts for pin in there.pins] == [card.ts]
    assert [(mark.title, card.ts.replace(".", "") in mark.link) for mark in there.bookmarks.values()] == [
        ("INC-1 card", True)
    ]
    assert "SEV1" in there.topic.value
    assert "Declared" in there.topic.value


async def test_a_change_edits_the_card_and_the_topic_in_place(floor: Floor) -> None:
    channel = await floor.declared_in()

    await change_severity(floor.bot.core, 1, BEN, Severity.SEV1)
    await change_status(floor.bot.core, 1, BEN, Status.IDENTIFIED)
    await lead(floor.bot.core, 1, BEN, BEN)
    await floor.settled()

    [card] = cards(floor, channel)
    assert "SEV1" in card
    assert "Identified" in card
    topic = floor.channel(channel).topic.value
    assert ("SEV1" in topic, "Identified" in topic, "ben" in topic) == (True, True, True)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_makes_no_second_card_pin_bookmark_or_topic(floor: Floor, cut: str) -> None:
    for method in ("chat.postMessage", "pins.add", "bookmarks.add", "conversations.setTopic"):
        floor.trouble(method, cut=cut, times=2)

    channel = await floor.declared_in()

    assert len(cards(floor, channel)) == 1
    assert len(floor.channel(channel).pins) == 1
    assert len(floor.channel(channel).bookmarks) == 1
    assert [line.subtype for line in floor.channel(channel).timeline()].count("channel_topic") == 1
    assert await floor.parked() == []


async def test_a_card_that_somebody_deleted_is_posted_anew_and_pinned(floor: Floor) -> None:
    channel = await floor.declared_in()
    there = floor.channel(channel)
    [card] = floor.posts(channel, "incident_card")
    messages.delete(floor.sandbox.workspace, there, card, ANA.id)

    await change_severity(floor.bot.core, 1, ANA, Severity.SEV2)
    await floor.settled()

    [anew] = floor.posts(channel, "incident_card")
    assert "SEV2" in json.dumps(anew.blocks)
    assert [pin.ts for pin in there.pins] == [anew.ts]


async def test_work_in_an_archived_channel_notes_that_and_ends_quietly(floor: Floor) -> None:
    channel = await floor.declared_in()
    floor.channel(channel).is_archived = True  # behind the bot's back: nothing is delivered

    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.settled()

    incident = await floor.incident()
    assert incident.channel is not None
    assert incident.channel.archived
    assert await floor.parked() == []


async def test_archiving_takes_the_bot_out_and_is_still_known_as_archiving(floor: Floor) -> None:
    channel = await floor.declared_in()
    floor.channel(channel).is_archived = True
    floor.channel(channel).members.remove(floor.bot.identity.user_id)

    await lead(floor.bot.core, 1, ANA, ANA)
    await floor.settled()

    assert len(await floor.facts(facts.ChannelArchived)) == 1
    assert await floor.facts(facts.ChannelDetached) == []


async def test_a_channel_deleted_behind_the_bots_back_is_detached(floor: Floor) -> None:
    channel = await floor.declared_in()
    del floor.sandbox.workspace.channels[channel]

    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.settled()

    assert (await floor.incident()).channel is None
    assert len(await floor.facts(facts.ChannelDetached)) == 1
    assert await floor.parked() == []


async def test_a_channel_that_the_bot_was_removed_from_is_detached(floor: Floor) -> None:
    channel = await floor.declared_in(private=True)
    floor.channel(channel).members.remove(floor.bot.identity.user_id)

    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.settled()

    [detached] = await floor.facts(facts.ChannelDetached)
    assert "the bot was removed from it" in detached.reason
    assert await floor.parked() == []


async def test_slack_being_down_for_a_while_loses_nothing(floor: Floor) -> None:
    for method in ("conversations.create", "conversations.invite", "chat.postMessage", "pins.add"):
        floor.trouble(method, error="service_unavailable", times=2)

    channel = await floor.declared_in()

    assert len(cards(floor, channel)) == 1
    assert await floor.parked() == []
