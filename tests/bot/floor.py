"""The bot, a real database and the sandbox, put together for tests that need no forms and no command line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any, TypeVar

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App, build_app
from bot.channels.work import HANDLERS, work
from bot.context import Bot, Identity, person
from bot.main import leave_slack
from bot.people import People
from bot.rates import unlimited
from bot.slack import Door
from incidents.actions.declare import Declare, declare
from incidents.actions.organisation import apply
from incidents.consequences import Pace
from incidents.core import Core
from incidents.model.facts import Fact
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation, Target, TargetKind
from incidents.model.timeline import Entry
from incidents.ports import ParkedJob
from sandbox import client
from sandbox.server import Sandbox
from sandbox.things import Channel, Message
from sandbox.troubles import ApiTrouble
from sandbox.workspace import Call
from storage.runner import JobRunner, Patience
from storage.storage import SqlStorage
from tests.clock import Clock

Kind = TypeVar("Kind", bound=Fact)

ANA, BEN, CLEO, DAN, GUS, PIA = (person(f"U0{name}") for name in ("ANA", "BEN", "CLEO", "DAN", "GUS", "PIA"))
SOON = timedelta(milliseconds=50)
UNTIL_GIVEN_UP = 20.0
"""Seconds; longer than the sandbox, with each of its retries, waits for an acknowledgement."""
QUICK = Pace(undo=SOON, notice=SOON, topic=SOON, alert=SOON, storm_list=SOON)
_forms = count(1)


async def eventually(seen: Callable[[], Any], seconds: float = 5) -> None:
    """Wait until ``seen`` gives something true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            if seen():
                return
            await asyncio.sleep(0.005)


@dataclass
class Floor:
    """What tests look at and act on."""

    sandbox: Sandbox
    bot: Bot
    app: App
    runner: JobRunner
    storage: SqlStorage
    clock: Clock

    def person(self, name: str) -> client.Person:
        return self.sandbox.person(name)

    async def declare(self, title: str = "Checkout fails", **more: Any) -> Incident:
        """An incident of Ana's with all that follows from it."""
        await self.bot.people.get(ANA.id)  # as the form's submission does
        more["page"] = [Target.of(TargetKind.PERSON, person) for person in more.pop("page", ())]
        request = Declare(by=more.pop("by", ANA), origin=f"test:{next(_forms)}", title=title, **more)
        incident = await declare(self.bot.core, request)
        await self.settled()
        return await self.incident(incident.number)

    async def organise(self, **parts: Any) -> None:
        """Make ``parts`` (as of `Organisation`) the organisation."""
        version, _ = await self.storage.read.organisation.standing()
        await apply(self.bot.core, Organisation(**parts), version)

    async def declared_in(self, title: str = "Checkout fails", **more: Any) -> str:
        """The id of the channel of a new incident, INC-1."""
        incident = await self.declare(title, **more)
        assert incident.channel is not None
        return incident.channel.channel.id

    async def settled(self) -> None:
        """Everything delivered is heard, what people asked for is done, and everything that follows."""
        for _ in range(2):
            await self.heard()
            await asyncio.gather(*self.app.working, return_exceptions=True)
            await self.runner.idle(within=timedelta(seconds=3))

    async def later(self, **time: float) -> None:
        """``time`` (as of `timedelta`) passes, and what became due meanwhile is done."""
        await self.settled()
        self.clock.pass_by(**time)
        await self.settled()

    async def heard(self) -> None:
        """Every delivery so far is acknowledged, or given up."""
        await asyncio.sleep(0.01)
        await eventually(lambda: all(call.latency is not None for call in self.deliveries()), UNTIL_GIVEN_UP)

    def deliveries(self, *kinds: str) -> list[Call]:
        """What was delivered to the bot, in order: these types of events, or all."""
        sent = [call for call in self.sandbox.workspace.calls if call.direction == "delivery"]
        return [call for call in sent if not kinds or call.name in kinds]

    async def incident(self, number: int = 1) -> Incident:
        incident = await self.storage.read.incident(number)
        assert incident is not None
        return incident

    async def entries(self, kind: type[Kind], number: int = 1) -> list[tuple[Entry, Kind]]:
        """The entries of one kind, each with its fact."""
        stored = await self.storage.read.entries(number, 1, 100_000)
        return [(entry, entry.fact) for entry in stored if isinstance(entry.fact, kind)]

    async def facts(self, kind: type[Kind], number: int = 1) -> list[Kind]:
        return [fact for _, fact in await self.entries(kind, number)]

    def channel(self, id: str) -> Channel:
        return self.sandbox.workspace.channels[id]

    def channels(self) -> list[str]:
        """The names of the channels that the bot made."""
        made = self.sandbox.workspace.channels.values()
        return [channel.name for channel in made if channel.creator == self.bot.identity.user_id and not channel.is_im]

    def posts(self, channel: str, purpose: str = "") -> list[Message]:
        """What the bot posted in ``channel``, of one ``purpose`` (the `event_type` of its metadata) or all."""
        mine = [m for m in self.channel(channel).messages.values() if m.bot_id == self.bot.identity.bot_id]
        return [m for m in mine if not purpose or (m.metadata and m.metadata["event_type"] == purpose)]

    def calls(self, *methods: str) -> list[tuple[str, dict[str, Any]]]:
        """What the bot asked of Slack, in order: these methods, or all."""
        calls = [call for call in self.sandbox.workspace.calls if call.direction == "api"]
        return [(call.name, call.arguments) for call in calls if not methods or call.name in methods]

    def trouble(self, method: str, **what: Any) -> None:
        """What befalls the next calls of ``method``."""
        self.sandbox.slack.troubles.api.append(ApiTrouble(method, **what))

    async def parked(self) -> Sequence[ParkedJob]:
        return await self.storage.jobs.parked()


@asynccontextmanager
async def at_work(
    sandbox: Sandbox,
    address: str,
    announcement_channels: tuple[str, ...] = ("incidents",),
    time_limit: float = 5,
    pace: Pace = QUICK,
    failures: int = 5,
) -> AsyncIterator[Floor]:
    """The bot at work in ``sandbox`` while the block runs; a job that failed so often is given up."""
    storage, clock = await SqlStorage.open(address), Clock()
    web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    door = Door(web, time_limit=time_limit, limits=unlimited)
    me = await door.call("auth.test")
    bot = Bot(
        core=Core(storage, clock, pace),
        slack=door,
        people=People(door, me["team_id"], storage.read.organisation),
        identity=Identity(me["user_id"], me["bot_id"], me["team_id"], me["url"]),
        announcement_channels=announcement_channels,
    )
    handlers = {kind: partial(work, bot) for kind in HANDLERS}
    patience = Patience(first_retry=SOON, failures=failures, poll=timedelta(seconds=0.1))
    runner = JobRunner(storage, handlers, bot.core.clock, patience)
    app = build_app(bot, web, "")
    socket = AsyncSocketModeHandler(app, sandbox.app.app_token)
    await runner.start()
    try:
        await socket.connect_async()  # type: ignore[no-untyped-call]
        yield Floor(sandbox, bot, app, runner, storage, clock)
    finally:
        await leave_slack(socket)
        await runner.stop()
        await storage.close()
