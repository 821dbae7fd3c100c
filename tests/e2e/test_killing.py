"""The bot is killed (SIGKILL) at every step of a declare and started again: everything is there, and nothing twice."""

import asyncio
import random
import signal
import string
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from bot.manifest import MANIFEST
from incidents.model import facts
from incidents.model.vocabulary import Severity
from sandbox.client import Person
from sandbox.deliveries.transport import Timing
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from sandbox.troubles import ApiTrouble
from storage.storage import SqlStorage
from storage.verify import verify
from tests.bot.command_line import settings_for, tocsin_run
from tests.e2e.exactly_once import all_there_once, channel_of, jobs_done
from tests.e2e.process import Processes, processes
from tests.e2e.workspace import Json, Workplace, eventually, filled, searched, words

GENERAL = "C0GENERAL"
PAGED = ["U0BEN", "U0CLEO"]
LOST = ["conversations.create", "conversations.invite", "chat.postMessage", "pins.add", "bookmarks.add"]
FOREVER = 60.0
"""Seconds that a call lasts which nobody will see answered."""
A_DECLARE = 0.4
"""Seconds within which a declare has done all that it does."""


Side = Literal["before", "after"]


@dataclass(frozen=True)
class Moment:
    """Just before or just after a call has its effect, in any case before the bot hears so."""

    side: Side
    method: str
    nth: int


CALLS = [
    ("conversations.create", 1),
    ("views.update", 1),
    ("conversations.invite", 1),
    ("chat.postMessage", 1),
    ("chat.postMessage", 2),
    ("chat.postMessage", 3),
    ("chat.update", 1),
    ("conversations.setTopic", 1),
    ("pins.add", 1),
    ("bookmarks.add", 1),
]
"""All that a declare does in Slack: the method, and which call of it."""


@dataclass
class Trial:
    """A workspace where Ana declares incidents, one after the other, while the bot comes to harm."""

    sandbox: Sandbox
    storage: SqlStorage
    bots: Processes
    chance: random.Random = field(default_factory=lambda: random.Random(20))
    declared: int = 0

    @property
    def ana(self) -> Person:
        return self.sandbox.person("ana")

    async def declare(self, meanwhile: Callable[[], Awaitable[None]]) -> int:
        """Declare by the form while something happens after which a bot is at work; gives the incident's number.

        A form that was not acknowledged Ana submits again, unless it has turned into the way to the channel.
        """
        title = "".join(self.chance.choices(string.ascii_lowercase, k=16))
        view = await self._form(title)
        submission = asyncio.create_task(self._submitted(view))
        await meanwhile()
        if not await submission:
            await jobs_done(self.storage)
            [shown] = await self.ana.views()
            assert "Go to the channel" in words(shown) or await self._submitted(shown)
        self.declared += 1
        incident = await self.storage.read.incident(self.declared)
        assert incident is not None and incident.title == title
        assert await self.storage.read.incident(self.declared + 1) is None
        await jobs_done(self.storage)
        await all_there_once(self.sandbox, self.storage, self.declared)
        [shown] = await self.ana.views()
        assert "Go to the channel" in words(shown)
        await self.ana.close_view(shown["id"])
        return self.declared

    async def _form(self, title: str) -> Json:
        await self.ana.command(GENERAL, f"/incident declare {title}")
        [view] = await eventually(self.ana.views)
        await searched(self.ana, view)
        return view

    async def _submitted(self, view: Json) -> bool:
        answers = filled(view, summary="Since the deploy", page=PAGED)
        try:
            return await self.ana.submit(view["id"], answers) == {}
        except RefusedError:
            return False

    async def recorded(self) -> bool:
        """Whether the incident that is being declared is on record."""
        return await self.storage.read.incident(self.declared + 1) is not None

    async def killed_at(self, moment: Moment) -> None:
        """Kill the bot at that moment and start it again."""
        troubles = self.sandbox.slack.troubles.api
        troubles.append(ApiTrouble(moment.method, times=moment.nth - 1))
        if moment.side == "before":
            troubles.append(ApiTrouble(moment.method, delay=FOREVER, cut="before"))
        else:
            troubles.append(ApiTrouble(moment.method, hold=FOREVER))
        seen = len(self.sandbox.workspace.calls)

        async def reached() -> bool:
            calls = [call for call in list(self.sandbox.workspace.calls)[seen:] if call.name == moment.method]
            return len(calls) >= moment.nth and (moment.side == "before" or calls[moment.nth - 1].answer is not None)

        await eventually(reached)
        await self.restarted()
        troubles.clear()

    async def killed_at_random(self) -> None:
        """Kill the bot anywhere in the declare, and the next one anywhere in its mending of that."""
        for _ in range(2):
            await asyncio.sleep(self.chance.uniform(0, A_DECLARE))
            await self.restarted()

    async def restarted(self) -> None:
        await self.bots.kill()
        await self.bots.start()


@pytest.fixture
async def trial(database_address: str, tmp_path: Path) -> AsyncIterator[Trial]:
    timing = Timing(retries=(0.1, 1.0, 3.0))
    storage = await SqlStorage.open(database_address)
    async with running_sandbox(MANIFEST, timing=timing) as sandbox:
        settings = settings_for(sandbox, DATABASE_URL=database_address)
        async with processes(tmp_path / "bot.log", settings) as bots:
            yield Trial(sandbox, storage, bots)
    await storage.close()


@pytest.mark.parametrize("side", ["before", "after"])
async def test_killed_at_any_call_of_a_declare_everything_is_there_once(trial: Trial, side: Side) -> None:
    for method, nth in CALLS:
        await trial.declare(partial(trial.killed_at, Moment(side, method, nth)))


async def test_killed_at_random_and_while_it_recovers_everything_is_there_once(trial: Trial) -> None:
    for _ in range(4):
        await trial.declare(trial.killed_at_random)


async def test_killed_as_soon_as_it_is_on_record_it_is_declared_once(trial: Trial) -> None:
    async def recorded_and_killed() -> None:
        await eventually(trial.recorded)
        await trial.restarted()

    for _ in range(3):
        await trial.declare(recorded_and_killed)


async def test_changed_while_it_declares_and_killed_the_card_and_the_announcement_show_the_change(trial: Trial) -> None:
    async def changed() -> bool:
        incident = await trial.storage.read.incident(trial.declared + 1)
        return incident is not None and incident.severity is Severity.SEV1

    async def changed_and_killed() -> None:
        await eventually(trial.recorded)
        await trial.ana.command(GENERAL, f"/incident INC-{trial.declared + 1} severity 1")
        await eventually(changed)
        await asyncio.sleep(trial.chance.uniform(0, A_DECLARE))
        await trial.restarted()

    for _ in range(3):
        await trial.declare(changed_and_killed)


async def test_killed_while_people_talk_each_message_is_on_the_timeline_once(trial: Trial) -> None:
    number = await trial.declare(nothing_happens)
    incident = await trial.storage.read.incident(number)
    assert incident is not None
    channel, enough = channel_of(trial.sandbox, incident), asyncio.Event()
    talking = [asyncio.create_task(talk(trial.sandbox.person(name), channel.id, enough)) for name in ("ana", "ben")]
    for _ in range(3):
        await asyncio.sleep(trial.chance.uniform(0.2, 0.5))
        await trial.bots.kill()
        taken = acknowledged(trial.sandbox)
        assert taken and taken <= set(await mirrored(trial.storage, number))
        await asyncio.sleep(0.2)
        await trial.bots.start()
    enough.set()
    await asyncio.gather(*talking)
    said = [message.ts for message in channel.timeline() if message.subtype is None and message.bot_id is None]

    async def all_there() -> bool:
        return set(await mirrored(trial.storage, number)) >= set(said)

    await eventually(all_there)
    assert sorted(await mirrored(trial.storage, number)) == sorted(said)
    assert await verify(trial.storage, number) is None


async def test_answers_lost_on_the_way_double_nothing(workplace: Workplace, ana: Person) -> None:
    for method in LOST:
        await ana.trouble(method=method, cut="after")
    await ana.command(GENERAL, "/incident declare Checkout fails")
    [view] = await eventually(ana.views)
    await searched(ana, view)
    assert await ana.submit(view["id"], filled(view, page=PAGED)) == {}
    storage = workplace.running.bot.core.storage
    assert isinstance(storage, SqlStorage)
    await jobs_done(storage)
    await all_there_once(workplace.sandbox, storage, 1)


async def test_tocsin_run_as_people_run_it_recovers_at_once(database_address: str, tmp_path: Path) -> None:
    storage = await SqlStorage.open(database_address)
    async with running_sandbox(MANIFEST) as sandbox:
        ana, settings = sandbox.person("ana"), settings_for(sandbox, DATABASE_URL=database_address)

        async def opened() -> bool:
            return any(channel.name.startswith("inc-1-") for channel in sandbox.workspace.channels.values())

        async with tocsin_run(tmp_path, **settings) as run:
            await ana.trouble(method="conversations.create", hold=FOREVER)
            await ana.command(GENERAL, "/incident declare Checkout fails")
            [view] = await eventually(ana.views)
            await searched(ana, view)
            assert await ana.submit(view["id"], filled(view, page=PAGED)) == {}
            await eventually(opened)
            await run.stopped_by(signal.SIGKILL)
        async with tocsin_run(tmp_path, **settings):
            await jobs_done(storage)
            await all_there_once(sandbox, storage, 1)
    await storage.close()


async def nothing_happens() -> None:
    """The bot comes to no harm."""


async def talk(person: Person, channel: str, enough: asyncio.Event) -> None:
    """Write and write until it is ``enough``."""
    while not enough.is_set():
        await person.say(channel, "I see something")
        await asyncio.sleep(0.01)


async def mirrored(storage: SqlStorage, number: int) -> list[str]:
    """The ids of the messages on a timeline."""
    entries = await storage.read.entries(number, 1, 1_000_000)
    return [entry.fact.message for entry in entries if isinstance(entry.fact, facts.Message)]


def acknowledged(sandbox: Sandbox) -> set[str]:
    """The ids of the people's messages of which the bot said that it has them."""
    events = [call for call in sandbox.workspace.calls if call.direction == "delivery" and call.name == "message"]
    taken = [call.arguments["event"] for call in events if call.latency is not None and call.answer is None]
    return {event["ts"] for event in taken if "subtype" not in event and "bot_id" not in event}
