"""Who comes, goes and marks messages in an incident's channel, and what becomes of the channel: all is noticed."""

import pytest

from bot.channels.adopting import adopt_channel
from bot.context import channel
from incidents.model import facts
from tests.bot.floor import ANA, BEN, CLEO, DAN, GUS, Floor


async def test_who_joins_the_channel_joins_the_incident(floor: Floor) -> None:
    room = await floor.declared_in()

    await floor.person("ben").join(room)
    await floor.settled()

    assert (await floor.incident()).joined == [ANA, BEN]
    assert (await floor.facts(facts.ResponderJoined))[-1].via_channel


async def test_whom_a_colleague_brings_in_joins_by_that_colleagues_hand(floor: Floor) -> None:
    room = await floor.declared_in()

    await floor.person("ana").invite(room, CLEO.id)
    await floor.settled()

    entry, joined = (await floor.entries(facts.ResponderJoined))[-1]
    assert (entry.by, joined.person) == (ANA, CLEO)


async def test_whom_the_bot_invites_was_called_and_is_not_there_yet(floor: Floor) -> None:
    await floor.declare(page=[DAN])

    incident = await floor.incident()
    assert (incident.joined, incident.paged) == ([ANA], [DAN])


async def test_a_guest_in_the_channel_is_no_responder(floor: Floor) -> None:
    room = await floor.declared_in()

    await floor.person("ana").invite(room, GUS.id)
    await floor.settled()
    await floor.person("gus").leave(room)
    await floor.settled()

    assert (await floor.incident()).joined == [ANA]


async def test_leaving_the_channel_is_leaving_the_incident(floor: Floor) -> None:
    room = await floor.declared_in(page=[BEN])

    await floor.person("ana").kick(room, BEN.id)
    await floor.person("ana").leave(room)
    await floor.settled()

    assert (await floor.incident()).responders == {}
    assert [fact.person for fact in await floor.facts(facts.ResponderLeft)] == [BEN, ANA]


async def test_coming_and_going_is_not_told_again_in_the_channel(floor: Floor) -> None:
    room = await floor.declared_in()

    await floor.person("ben").join(room)
    await floor.person("ben").leave(room)
    await floor.settled()

    assert (await floor.incident()).joined == [ANA]
    assert floor.posts(room, "incident_notice") == []
    assert await floor.facts(facts.Message) == []


@pytest.mark.parametrize("private", [False, True])
async def test_archiving_is_noted_under_the_name_of_who_did_it(floor: Floor, private: bool) -> None:
    room = await floor.declared_in(private=private)

    await floor.person("ana").archive(room)
    await floor.settled()

    [(entry, _)] = await floor.entries(facts.ChannelArchived)
    assert entry.by == ANA


@pytest.mark.parametrize("private", [False, True])
async def test_the_new_name_of_a_channel_is_noted(floor: Floor, private: bool) -> None:
    room = await floor.declared_in(private=private)
    before = floor.channel(room).name

    await floor.person("ana").rename(room, "war-room")
    await floor.settled()

    assert [(fact.old, fact.name) for fact in await floor.facts(facts.ChannelRenamed)] == [(before, "war-room")]


@pytest.mark.parametrize("private", [False, True])
async def test_a_deleted_channel_is_detached(floor: Floor, private: bool) -> None:
    room = await floor.declared_in(private=private)

    await floor.person("ana").delete_channel(room)
    await floor.settled()

    [detached] = await floor.facts(facts.ChannelDetached)
    assert detached.reason == "it was deleted"


@pytest.mark.parametrize("private", [False, True])
async def test_a_channel_without_the_bot_is_detached_once(floor: Floor, private: bool) -> None:
    room = await floor.declared_in(private=private)

    await floor.person("ana").kick(room, floor.bot.identity.user_id)
    await floor.settled()

    [detached] = await floor.facts(facts.ChannelDetached)
    assert detached.reason == "the bot was removed from it"


async def test_events_of_channels_that_are_no_incidents_change_nothing(floor: Floor) -> None:
    await floor.declare()
    await floor.bot.slack.call("conversations.join", channel="C0PAYMENTS")
    before = (await floor.incident()).head.length
    ben, ana = floor.person("ben"), floor.person("ana")

    await ben.join("C0PAYMENTS")
    await ana.react("C0PAYMENTS", await ana.say("C0PAYMENTS", "look"), "pushpin")
    await ben.leave("C0PAYMENTS")
    await ana.archive("C0PAYMENTS")
    await floor.settled()

    assert (await floor.incident()).head.length == before


async def test_a_pushpin_makes_a_message_a_key_entry_once_with_its_files(floor: Floor) -> None:
    room = await floor.declared_in()
    ana, ben = floor.person("ana"), floor.person("ben")
    await ben.join(room)
    ts = await ben.say(room, "the graph", files=[{"name": "graph.png", "content": "x"}])
    await floor.settled()

    await ana.react(room, ts, "pushpin")
    await ana.react(room, ts, "eyes")
    await ben.react(room, ts, "pushpin")
    await floor.settled()

    [(entry, pinned)] = await floor.entries(facts.MessagePinned)
    assert (entry.by, pinned.author, pinned.text, pinned.message) == (ANA, BEN, "the graph", ts)
    assert [file.name for file in pinned.files] == ["graph.png"]


async def test_a_guests_pushpin_marks_nothing(floor: Floor) -> None:
    room = await floor.declared_in()
    await floor.person("ana").invite(room, GUS.id)
    ts = await floor.person("gus").say(room, "look at me")
    await floor.settled()

    await floor.person("gus").react(room, ts, "pushpin")
    await floor.settled()

    assert await floor.facts(facts.MessagePinned) == []


async def test_a_pushpin_on_what_was_said_before_the_adoption_makes_a_key_entry(floor: Floor) -> None:
    ana = floor.person("ana")
    room = await ana.create("war-room")
    root = await ana.say(room, "root")
    reply = await ana.say(room, "it began here", thread_ts=root)
    await adopt_channel(floor.bot, await floor.declare(wants_channel=False), ANA, channel(room))
    await floor.settled()

    await ana.react(room, reply, "pushpin")
    await floor.settled()

    [pinned] = await floor.facts(facts.MessagePinned)
    assert (pinned.text, pinned.message, pinned.author) == ("it began here", reply, ANA)


async def test_a_pushpin_on_the_bots_own_card_marks_nothing(floor: Floor) -> None:
    room = await floor.declared_in()
    [card] = floor.posts(room, "incident_card")

    await floor.person("ana").react(room, card.ts, "pushpin")
    await floor.settled()

    assert await floor.facts(facts.MessagePinned) == []


async def test_a_changed_profile_is_asked_for_again(floor: Floor) -> None:
    await floor.declare()
    assert (await floor.bot.people.get(BEN.id)).name == "ben"
    before = len(floor.calls("users.info"))
    await floor.bot.people.get(BEN.id)
    assert len(floor.calls("users.info")) == before

    await floor.person("ben").change_profile(real_name="Benjamin Okafor")
    await floor.settled()

    await floor.bot.people.get(BEN.id)
    assert len(floor.calls("users.info")) == before + 1
