"""Mirroring: messages a second that are on the timelines when they are acknowledged, beside what bare Bolt can do.

On PostgreSQL by one, two and four processes; the database, the sandbox and they share this machine's cores.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, func, select

from bench.bot import Bench, bench, slack_app
from bench.conversation import Conversation
from bench.postgresql import postgresql
from bench.processor import used
from bench.table import Row, p99
from bench.watching import until
from bot.manifest import MANIFEST
from incidents.actions.declare import Declare, declare
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.organisation import Organisation
from sandbox import channels
from sandbox.server import Sandbox, running_sandbox
from sandbox.things import Channel
from storage.database import Database, database_url
from storage.jobs import JobQueue
from storage.news import SqlNews
from storage.tables import timeline_entries

CHANNELS = 20
SECONDS = 60
SHORTLY = 15
"""Seconds of what is there to compare with."""
RATE = 300
ANA = "U0ANA"
UNTIL_SETTLED = 60.0
"""Seconds."""
SOON = timedelta(minutes=1)
PROCESSES = (1, 2, 4)


async def measure() -> list[Row]:
    """First bare Bolt, then Tocsin."""
    async with _bare() as sandbox:
        bare = await Conversation(sandbox, incident_channels(sandbox), ANA).as_fast_as_heard(SHORTLY)
    rows = [Row(f"bare Bolt that only acknowledges, {CHANNELS} channels", bare, "/s")]
    async with talking() as (running, conversation):
        rate = await conversation.as_fast_as_heard(SECONDS)
        taken = (await conversation.evenly(RATE, SHORTLY)).taken
        lost = conversation.said - await recorded(running.database)
    rows += [
        Row(f"mirrored on SQLite, for {SECONDS} s", rate, "/s", at_least=1_000),
        Row("of what bare Bolt does", rate / bare * 100, "%", at_least=50),
        Row(f"at {RATE} a second, from due to committed and acknowledged, p99", p99(taken), "ms", at_most=250),
        Row("messages on no timeline, or twice", abs(lost), "", at_most=0),
    ]
    for processes in PROCESSES:
        rows += await _on_postgresql(processes)
    return rows


async def _on_postgresql(processes: int) -> list[Row]:
    with postgresql() as database:
        async with talking(database, processes) as (running, conversation):
            before = await used(running)
            rate = await conversation.as_fast_as_heard(SHORTLY)
            spent = {who: (seconds - before[who]) / conversation.said for who, seconds in (await used(running)).items()}
            taken = (await conversation.evenly(RATE, SHORTLY)).taken
            lost = conversation.said - await recorded(running.database)
    named = f"on PostgreSQL by {processes} process{'es' if processes > 1 else ''}"
    return [
        Row(f"mirrored {named}", rate, "/s"),
        *(Row(f"processor's time a message, {who}", each * 1_000_000, "µs") for who, each in spent.items()),
        Row(f"at {RATE} a second, p99", p99(taken), "ms", at_most=250),
        Row("messages on no timeline, or twice", abs(lost), "", at_most=0),
    ]


@asynccontextmanager
async def talking(database: str | None = None, processes: int = 1) -> AsyncIterator[tuple[Bench, Conversation]]:
    """The bot with open incidents, and a conversation in their channels."""
    async with bench(Organisation(), _declare, database=database, processes=processes) as running:
        await _settled(database_url(running.database))
        yield running, Conversation(running.sandbox, incident_channels(running.sandbox), ANA, processes)


async def recorded(database: str) -> int:
    """Messages on all timelines."""
    opened = Database(database_url(database))
    written = timeline_entries.c.kind == facts.Message.model_fields["kind"].default
    async with opened.reading() as connection:
        count: int = (await connection.execute(select(func.count()).where(written))).scalar_one()
    await opened.close()
    return count


async def _declare(core: Core) -> None:
    for number in range(CHANNELS):
        await declare(core, Declare(Person.of("slack", ANA), f"form-{number}", f"Incident {number}"))


def incident_channels(sandbox: Sandbox) -> list[Channel]:
    """Those that were opened for incidents."""
    return [each for each in sandbox.workspace.channels.values() if each.name.startswith("inc-")]


async def _settled(address: URL) -> None:
    """Wait until the bot has done in the channels what it has to do there, the first reading back included."""
    database = Database(address)
    queue = JobQueue(database, SqlNews(database))

    async def idle() -> bool:
        return await queue.pending(list(JobKind), datetime.now(UTC) + SOON) == 0

    await until(idle, UNTIL_SETTLED)
    await database.close()


@asynccontextmanager
async def _bare() -> AsyncIterator[Sandbox]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        sandbox = await stack.enter_async_context(running_sandbox(MANIFEST))
        for number in range(CHANNELS):
            channel = channels.create(sandbox.workspace, sandbox.app.bot_user_id, f"inc-{number}")
            channels.join(sandbox.workspace, channel, ANA)
        command = [str(Path(__file__).with_name("bare_app.py"))]
        await stack.enter_async_context(slack_app(command, sandbox, folder, {}))
        yield sandbox
