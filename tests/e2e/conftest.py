"""A workplace for each test: the sandbox, the real bot in it over a real socket, on each kind of database in turn."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels import catching_up
from bot.demo import sandbox_settings
from bot.main import running_bot
from bot.manifest import MANIFEST
from incidents.actions.services import register_services
from incidents.consequences import Pace
from sandbox.client import Person
from sandbox.deliveries.transport import Timing
from sandbox.server import running_sandbox
from tests.clock import Clock
from tests.e2e.workspace import Workplace

SERVICES = ["Checkout", "API", "Search"]


@pytest.fixture
def pace() -> Pace:
    """Short waits; a test whose subject is the waiting sets its own."""
    return Pace(
        undo=timedelta(seconds=0.3),
        notice=timedelta(seconds=0.2),
        topic=timedelta(seconds=0.3),
        alert=timedelta(seconds=0.2),
        storm_list=timedelta(seconds=0.2),
    )


@pytest.fixture
def timing() -> Timing:
    """Slack's own waits."""
    return Timing()


@pytest.fixture
async def workplace(database_address: str, pace: Pace, timing: Timing) -> AsyncIterator[Workplace]:
    clock = Clock()
    async with (
        running_sandbox(MANIFEST, timing=timing) as sandbox,
        running_bot(sandbox_settings(sandbox, database_address), pace, clock) as running,
    ):
        await register_services(running.bot.core, SERVICES)
        yield Workplace(sandbox, running, clock)


@pytest.fixture
def no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds after its start the bot looks for what Slack did not tell of; here not, since the test does."""
    monkeypatch.setattr(catching_up, "ONCE_MORE", catching_up.EVERY)


@pytest.fixture
def ana(workplace: Workplace) -> Person:
    return workplace.person("ana")


@pytest.fixture
def ben(workplace: Workplace) -> Person:
    return workplace.person("ben")


@pytest.fixture
def cleo(workplace: Workplace) -> Person:
    return workplace.person("cleo")


@pytest.fixture
def dan(workplace: Workplace) -> Person:
    return workplace.person("dan")
