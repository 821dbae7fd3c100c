"""The database is away for a while as people work: each is told so, nothing is lost, and it goes on by itself.

Here Slack delivers nothing again, as after an outage that lasts longer than it tries.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url

from bot import submissions
from incidents.model import facts
from incidents.model.vocabulary import Severity
from sandbox.client import Person
from sandbox.deliveries.transport import Timing
from storage.storage import SqlStorage
from tests.campaign.databases import full, gone, locked
from tests.e2e.workspace import Workplace, eventually, filled

LONG = "It is the gateway. " * 400
"""More than any page of the file has room for."""


@pytest.fixture
def timing() -> Timing:
    return Timing(retries=())


def storage_of(workplace: Workplace) -> SqlStorage:
    storage = workplace.running.bot.core.storage
    assert isinstance(storage, SqlStorage)
    return storage


@asynccontextmanager
async def away(workplace: Workplace, address: str) -> AsyncIterator[None]:
    """The database is there no more (PostgreSQL), or takes nothing more (SQLite)."""
    async with gone(address) if make_url(address).get_backend_name() == "postgresql" else full(storage_of(workplace)):
        yield


async def mirrored(workplace: Workplace, ts: str) -> facts.Message:
    """The message, once it is on the timeline of INC-1, where it stands once."""

    async def recorded() -> list[facts.Message]:
        told = [entry.fact for entry in await workplace.timeline(1) if isinstance(entry.fact, facts.Message)]
        return [fact for fact in told if fact.message == ts]

    [message] = await eventually(recorded)
    return message


async def test_while_it_is_away_people_are_told_and_after_it_everything_is_there_once(
    workplace: Workplace, ana: Person, database_address: str
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.settle()
    await ana.command(workplace.general, "/incident declare Search is slow")
    view = await workplace.form(ana, "Declare an incident")
    answers = filled(view, summary=LONG[:2900])

    async with away(workplace, database_address):
        said = await ana.say(channel, LONG)
        answer = await workplace.typed(ana, channel, f"/incident note {LONG[:3000]}")
        assert "That did not work; nothing was changed." in answer["text"]
        [fault] = (await ana.submit(view["id"], answers)).values()
        assert "Try again." in fault

    assert (await mirrored(workplace, said)).caught_up
    assert await ana.submit(view["id"], answers) == {}
    assert [entry for entry in await workplace.timeline(1) if isinstance(entry.fact, facts.Comment)] == []
    await ana.command(channel, "/incident severity 1")
    await workplace.shown_card(channel, "SEV1")
    await workplace.settle()
    assert (await workplace.incident(2)).channel is not None
    assert (await workplace.incident(1)).severity is Severity.SEV1


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_while_another_program_holds_it_a_form_says_so_in_time_and_is_carried_out_once(
    workplace: Workplace, ana: Person, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "PATIENCE", 0.2)
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, "Declare an incident")

    async with locked(database_address):
        [fault] = (await ana.submit(view["id"], filled(view))).values()
        assert fault == submissions.SLOW
    monkeypatch.undo()
    assert await ana.submit(view["id"], filled(view)) == {}
    await workplace.settle()
    assert (await workplace.incident(1)).channel is not None
    assert await workplace.running.bot.core.storage.read.incident(2) is None
