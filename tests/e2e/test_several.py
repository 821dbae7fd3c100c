"""Several bots in processes of their own on one PostgreSQL: each thing is done once, and whoever is killed is replaced.

None is started again: those that are left must notice by themselves.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.manifest import MANIFEST
from incidents.model import facts
from sandbox.client import Person
from sandbox.server import Sandbox, running_sandbox
from storage.storage import SqlStorage
from storage.verify import verify
from tests.bot.command_line import settings_for
from tests.e2e.exactly_once import all_there_once, channel_of, jobs_done
from tests.e2e.process import BotProcess, copies, end
from tests.e2e.workspace import Json, eventually, filled, searched
from tests.postgresql import PostgresqlServer

GENERAL = "C0GENERAL"
FOREVER = 60.0
"""Seconds that a call lasts which nobody will see answered."""
TITLES = ("Checkout fails", "Search is slow", "Mail bounces")
TWICE = ("/incident", "view_submission", "message")
"""What is delivered to two bots: a command, a form, what somebody writes."""


@pytest.fixture
async def empty_address(postgresql_server: PostgresqlServer) -> AsyncIterator[str]:
    """A PostgreSQL database without any tables."""
    name = await postgresql_server.create("template0")
    yield postgresql_server.address(name)
    await postgresql_server.drop(name)


@asynccontextmanager
async def several(many: int, address: str, folder: Path) -> AsyncIterator[tuple[Sandbox, SqlStorage, list[BotProcess]]]:
    """So many bots at work in one workspace, each with a connection of its own to it."""
    async with running_sandbox(MANIFEST) as sandbox:
        settings = settings_for(sandbox, DATABASE_URL=address)
        async with copies(many, folder / "bots.log", settings) as bots:
            assert sandbox.slack.courier.sockets.connected == many
            storage = await SqlStorage.open(address)
            yield sandbox, storage, bots
            await storage.close()


async def declared(ana: Person, title: str) -> None:
    """Ana fills in the form, which pages Ben and Cleo."""
    await ana.command(GENERAL, f"/incident declare {title}")
    [view] = await eventually(ana.views)
    await searched(ana, view)
    assert await ana.submit(view["id"], filled(view, page=["U0BEN", "U0CLEO"])) == {}


@pytest.mark.parametrize("many", [2, 4])
async def test_begun_at_once_on_an_empty_database_and_killed_one_by_one_they_leave_everything_there_once(
    empty_address: str, tmp_path: Path, many: int
) -> None:
    async with several(many, empty_address, tmp_path) as (sandbox, storage, bots):
        ana = sandbox.person("ana")
        for number, title in enumerate(TITLES[: many - 1], start=1):
            await ana.trouble(method="conversations.create", hold=FOREVER)
            await declared(ana, title)

            async def opened(prefix: str = f"inc-{number}-") -> bool:
                return any(channel.name.startswith(prefix) for channel in sandbox.workspace.channels.values())

            await eventually(opened)

            async def at_work() -> BotProcess | None:
                return at_work_on_a_job(bots, await storage.jobs.owners())

            bots.remove(killed := await eventually(at_work))
            await end(killed)
            await jobs_done(storage)
            await all_there_once(sandbox, storage, number)
            [shown] = await ana.views()
            await ana.close_view(shown["id"])
        assert len(bots) == 1


def at_work_on_a_job(bots: list[BotProcess], owners: list[str]) -> BotProcess | None:
    """Whose process holds the lease that lasts, once it is the only one."""
    ids = {int(owner.split("/")[1]) for owner in owners}
    found = [bot for bot in bots if bot.process.pid in ids]
    return found[0] if len(found) == 1 else None


async def test_what_is_delivered_to_two_of_them_counts_once(postgresql_address: str, tmp_path: Path) -> None:
    async with several(2, postgresql_address, tmp_path) as (sandbox, storage, _):
        ana = sandbox.person("ana")
        await declared(ana, "Checkout fails")
        await jobs_done(storage)
        incident = await storage.read.incident(1)
        assert incident is not None
        channel = channel_of(sandbox, incident)
        await ana.say(channel.id, "It is the gateway")
        await ana.command(channel.id, "/incident note we roll back")

        async def noted() -> Counter[type[facts.Fact]] | None:
            kinds = Counter(type(entry.fact) for entry in await storage.read.entries(1, 1, 1_000))
            return kinds if kinds[facts.Comment] and kinds[facts.Message] else None

        before = await eventually(noted)
        posted = len(channel.messages)
        for name in TWICE:
            await asyncio.gather(*(delivered_again(sandbox, name) for _ in range(2)))
        await jobs_done(storage)
        assert await noted() == before
        assert await storage.read.incident(2) is None
        assert len(channel.messages) == posted + 1  # the note, which is posted in the channel
        assert await verify(storage, 1) is None


async def delivered_again(sandbox: Sandbox, name: str) -> Any:
    """Have Slack deliver once more, to the next of the bots, what it delivered last under ``name``."""
    [*_, last] = [call for call in sandbox.workspace.calls if call.direction == "delivery" and call.name == name]
    payload: Json = last.arguments
    kind = last.kind
    assert kind is not None
    return await sandbox.slack.courier.ask(kind, payload)


async def test_when_postgresql_closes_all_connections_they_go_on(postgresql_address: str, tmp_path: Path) -> None:
    """As where it is started again: none takes another for dead, nothing is lost, nothing is there twice."""
    async with several(2, postgresql_address, tmp_path) as (sandbox, storage, _):
        ana = sandbox.person("ana")
        await ana.trouble(method="conversations.create", hold=1.5)
        await declared(ana, "Checkout fails")
        await storage.database.close()
        async with storage.database.writing() as connection:
            await connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await jobs_done(storage)
        await all_there_once(sandbox, storage, 1)
    log = (tmp_path / "bots.log").read_text()
    assert len(re.findall("line_to_database_back", log)) == 2
    assert "jobs taken over" not in log
