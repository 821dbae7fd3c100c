"""Opening an incident's channel: in how few calls, under what name, and once, whatever befalls it."""

import pytest

from incidents.actions.change import change_title
from incidents.actions.channel import ask_for_channel, detach_channel
from incidents.model.organisation import Channels, Organisation
from tests.bot.floor import ANA, BEN, DAN, Floor, eventually


async def test_once_there_is_a_channel_the_declarer_is_in_and_the_card_is_up_after_one_call_each(floor: Floor) -> None:
    channel = await floor.declared_in(page=[DAN])

    beside = {"conversations.info", "conversations.history", "conversations.setTopic", "users.info"}
    calls = [(name, asked) for name, asked in floor.calls() if name not in beside]
    lane = [(name, asked) for name, asked in calls if name == "conversations.create" or asked.get("channel") == channel]
    assert [name for name, _ in lane[:1]] == ["conversations.create"]
    assert {name for name, _ in lane[1:3]} == {"conversations.invite", "chat.postMessage"}
    asked = dict(lane[1:3])
    assert set(asked["conversations.invite"]["users"].split(",")) == {ANA.id, DAN.id}
    assert asked["chat.postMessage"]["text"] == floor.posts(channel, "incident_card")[0].text
    assert {ANA.id, DAN.id} < set(floor.channel(channel).members)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout fails!", "inc-1-checkout-fails"),
        ("🔥🔥🔥", "inc-1"),
        ("日本語のテスト", "inc-1-日本語のテスト"),
        ("--__--", "inc-1"),
        ("x" * 79, "inc-1-" + "x" * 74),
        ("x" * 500, "inc-1-" + "x" * 74),
    ],
)
async def test_any_title_makes_a_channel(floor: Floor, title: str, name: str) -> None:
    await floor.declare(title)

    assert floor.channels() == [name]


async def test_the_organisation_says_how_channels_are_named(floor: Floor) -> None:
    async with floor.storage.transaction() as unit:
        await unit.organisation.save(Organisation(channels=Channels(name="fire-{number}")))
    await floor.declare()

    assert floor.channels() == ["fire-1"]


async def test_a_title_whose_marks_slack_refuses_makes_a_channel_without_it(floor: Floor) -> None:
    await floor.declare("हिन्दी")

    assert floor.channels() == ["inc-1"]


async def test_taken_names_get_a_suffix_also_those_of_archived_channels(floor: Floor) -> None:
    ben = floor.person("ben")
    await ben.create("inc-1-checkout-fails")
    await ben.archive(await ben.create("inc-1-checkout-fails-2"))

    await floor.declare()

    assert floor.channels() == ["inc-1-checkout-fails-3"]


async def test_a_suffix_fits_into_a_long_name(floor: Floor) -> None:
    await floor.person("ben").create("inc-1-" + "x" * 74)

    await floor.declare("x" * 500)

    assert floor.channels() == ["inc-1-" + "x" * 72 + "-2"]


async def test_a_private_incident_gets_a_private_channel(floor: Floor) -> None:
    channel = await floor.declared_in(private=True)

    assert floor.channel(channel).is_private
    assert ANA.id in floor.channel(channel).members


async def test_a_lost_answer_makes_no_second_channel(floor: Floor) -> None:
    floor.trouble("conversations.create", cut="after")

    channel = await floor.declared_in()

    assert floor.channels() == ["inc-1-checkout-fails"]
    assert ANA.id in floor.channel(channel).members
    assert len(floor.posts(channel, "incident_card")) == 1


async def test_a_call_that_never_arrived_is_made_again(floor: Floor) -> None:
    floor.trouble("conversations.create", cut="before", times=2)

    await floor.declare()

    assert floor.channels() == ["inc-1-checkout-fails"]


async def test_the_lost_channel_is_found_though_the_title_changed_meanwhile(floor: Floor) -> None:
    incident = await floor.declare(wants_channel=False)
    floor.trouble("conversations.create", cut="after")
    floor.trouble("users.conversations", error="internal_error", times=2)
    await ask_for_channel(floor.bot.core, 1, ANA)
    await eventually(lambda: floor.calls("conversations.create"))
    await change_title(floor.bot.core, incident.number, ANA, "Something else")
    await floor.settled()

    assert floor.channels() == ["inc-1-checkout-fails"]
    assert (await floor.incident()).channel is not None


async def test_somebody_elses_channel_of_our_name_is_not_taken(floor: Floor) -> None:
    await floor.person("ben").create("inc-1-checkout-fails")
    floor.trouble("conversations.create", cut="before")

    await floor.declare()

    assert floor.channels() == ["inc-1-checkout-fails-2"]


async def test_a_channel_that_was_detached_is_not_taken_for_the_lost_one(floor: Floor) -> None:
    await floor.declare()
    await detach_channel(floor.bot.core, 1, ANA)
    floor.trouble("conversations.create", cut="after", times=2)  # the first is refused, the second makes a channel

    await ask_for_channel(floor.bot.core, 1, ANA)
    await floor.settled()

    assert floor.channels() == ["inc-1-checkout-fails", "inc-1-checkout-fails-2"]
    assert (await floor.incident()).channel.name == "inc-1-checkout-fails-2"  # type: ignore[union-attr]


async def test_where_the_workspace_forbids_channels_the_declarer_is_told_what_to_do(floor: Floor) -> None:
    floor.trouble("conversations.create", error="restricted_action")

    incident = await floor.declare()

    assert incident.channel is None
    [parked] = await floor.parked()
    assert "Ask an admin to allow it; then: /incident channel INC-1" in parked.reason
    [told] = [c for c in floor.sandbox.workspace.channels.values() if c.is_im and ANA.id in c.members]
    assert "Ask an admin to allow it" in next(iter(told.messages.values())).text


async def test_that_the_workspace_forbids_channels_is_told_once_though_the_answer_was_lost(floor: Floor) -> None:
    floor.trouble("conversations.create", error="restricted_action", times=2)
    floor.trouble("chat.postMessage", cut="after")

    await floor.declare(private=True)

    [told] = [c for c in floor.sandbox.workspace.channels.values() if c.is_im and ANA.id in c.members]
    assert len(told.messages) == 1
    assert len(await floor.parked()) == 1


async def test_a_channel_can_be_asked_for_again_after_a_refusal(floor: Floor) -> None:
    floor.trouble("conversations.create", error="restricted_action")
    await floor.declare(by=BEN)

    await ask_for_channel(floor.bot.core, 1, BEN)
    await floor.settled()

    assert BEN.id in floor.channel((await floor.incident()).channel.channel.id).members  # type: ignore[union-attr]
