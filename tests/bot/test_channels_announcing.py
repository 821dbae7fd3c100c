"""Announcements: one for each channel, kept true in place, and never of what is private."""

import json
from collections.abc import AsyncIterator

import pytest

from incidents.actions.change import change_severity, change_title
from incidents.model.organisation import Channels, Organisation
from incidents.model.vocabulary import Severity
from sandbox import messages
from sandbox.server import Sandbox
from tests.bot.floor import ANA, Floor, at_work

INCIDENTS = "C0INCIDENTS"


@pytest.fixture
async def two_channels(sandbox: Sandbox, sqlite_address: str) -> AsyncIterator[Floor]:
    """Announcements go to a channel that is not there, and to one that is."""
    async with at_work(sandbox, sqlite_address, announcement_channels=("no-such-channel", "C0GENERAL")) as floor:
        yield floor


async def test_an_incident_is_announced_once_with_its_channel(floor: Floor) -> None:
    channel = await floor.declared_in()

    [announced] = floor.posts(INCIDENTS)
    assert "Checkout fails" in json.dumps(announced.blocks)
    assert channel in json.dumps(announced.blocks)


async def test_the_organisation_says_where_it_is_announced(floor: Floor) -> None:
    async with floor.storage.transaction() as unit:
        await unit.organisation.save(Organisation(channels=Channels(announcements=("general", "payments"))))
    await floor.declare()

    assert [len(floor.posts(channel)) for channel in (INCIDENTS, "C0GENERAL", "C0PAYMENTS")] == [0, 1, 1]


async def test_changes_edit_the_announcement(floor: Floor) -> None:
    await floor.declare()

    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await change_title(floor.bot.core, 1, ANA, "Checkout is slow")
    await floor.settled()

    [announced] = floor.posts(INCIDENTS)
    assert "SEV1" in json.dumps(announced.blocks)
    assert "Checkout is slow" in json.dumps(announced.blocks)


async def test_a_private_incident_is_not_announced(floor: Floor) -> None:
    await floor.declare(private=True)

    assert floor.posts(INCIDENTS) == []


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_makes_no_second_announcement(floor: Floor, cut: str) -> None:
    floor.trouble("chat.postMessage", cut=cut)

    await floor.declare(wants_channel=False)

    assert len(floor.posts(INCIDENTS)) == 1
    assert await floor.parked() == []


async def test_a_deleted_announcement_is_made_again_with_the_next_change(floor: Floor) -> None:
    await floor.declare()
    [announced] = floor.posts(INCIDENTS)
    messages.delete(floor.sandbox.workspace, floor.channel(INCIDENTS), announced, ANA.id)

    await change_severity(floor.bot.core, 1, ANA, Severity.SEV1)
    await floor.settled()

    [anew] = floor.posts(INCIDENTS)
    assert "SEV1" in json.dumps(anew.blocks)


async def test_a_missing_channel_keeps_the_other_from_nothing_and_says_what_to_do(two_channels: Floor) -> None:
    await two_channels.declare(wants_channel=False)

    assert len(two_channels.posts("C0GENERAL")) == 1
    [parked] = await two_channels.parked()
    assert "no-such-channel (channel_not_found)" in parked.reason
    assert "Home, Settings" in parked.reason


async def test_the_channel_that_was_missing_is_told_once_it_is_there(two_channels: Floor) -> None:
    await two_channels.declare(wants_channel=False)
    made = await two_channels.person("ana").create("no-such-channel")

    await change_severity(two_channels.bot.core, 1, ANA, Severity.SEV1)
    await two_channels.settled()

    assert len(two_channels.posts(made)) == 1
    assert len(two_channels.posts("C0GENERAL")) == 1
