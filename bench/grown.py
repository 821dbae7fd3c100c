"""What must be as quick after years as on the first day: the start, and each page of a list, a panel and a timeline.

What is timed of a page is reading it from the database and drawing it; sending it to Slack is Slack's part.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bench.bot import tocsin
from bench.history import ENTRIES, PEOPLE, write_history
from bench.postgresql import postgresql
from bench.table import Row, p99
from bot.asked import Asked
from bot.background import background_of
from bot.cards.incident_list import query_from
from bot.cards.panel import panel_view
from bot.commands.list import listed
from bot.commands.timeline import timeline
from bot.context import Bot, Identity
from bot.main import now, settle_memory
from bot.manifest import MANIFEST
from bot.people import People
from bot.slack import Door
from incidents.core import Core
from sandbox.server import running_sandbox
from storage.storage import SqlStorage
from storage.verify import verify

INCIDENTS = 10_000
FEW = 100
STARTS = 5
PAGES = 300
"""Of each list, of timelines and of panels."""
LISTS = ("open", "resolved", "all", "all mine", "all sev2", "all service=service-3", "all team=team-1", "all text=part")


async def measure() -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        sqlite, small = f"sqlite:///{folder}/grown.db", f"sqlite:///{folder}/small.db"
        server = stack.enter_context(postgresql())
        await write_history([sqlite, server], INCIDENTS)
        await write_history([small], FEW)
        grown = f"{INCIDENTS:,} incidents, {INCIDENTS * ENTRIES:,} entries"
        rows = [await _whole(sqlite)]
        for named, database in (
            ("empty", f"sqlite:///{folder}/new.db"),
            (grown, sqlite),
            (f"{grown}, PostgreSQL", server),
        ):
            rows += await _starts(named, database)
        for named, database in ((f"{FEW} incidents", small), (grown, sqlite), (f"{grown}, PostgreSQL", server)):
            rows += await _pages(named, database)
    return rows


async def _whole(database: str) -> Row:
    """What is measured is a record that stands up to being verified."""
    storage = await SqlStorage.open(database)
    broken = [await verify(storage, number) for number in range(1, INCIDENTS + 1, INCIDENTS // 20)]
    await storage.close()
    return Row("timelines, of 20 looked at, whose chain is broken", sum(each is not None for each in broken), "", 0)


async def _starts(named: str, database: str) -> list[Row]:
    """After a first start, which brings the tables up to date."""
    async with running_sandbox(MANIFEST) as sandbox:
        seconds = []
        for _ in range(STARTS + 1):
            with TemporaryDirectory() as folder:
                settings = {"DATABASE_URL": database, "TOCSIN_PORT": "0"}
                async with tocsin(sandbox, Path(folder), settings) as started:
                    seconds.append(started.seconds)
    return [
        Row(f"from start to ready, {named}: the very first", seconds[0], "s", at_most=1.5),
        Row(f"the median of {STARTS} more", median(seconds[1:]), "s", at_most=1.5),
    ]


async def _pages(named: str, database: str) -> list[Row]:
    storage = await SqlStorage.open(database)
    asked = _asked(storage)
    settle_memory()  # as the bot does once it is ready
    lists = [await _read_through(partial(_list, asked), [words] * PAGES) for words in LISTS]
    total = (await storage.read.find(query_from("all", asked.by))).total
    some = [str(1 + number * 7919 % total) for number in range(PAGES)]
    timelines = await _read_through(partial(_timeline, asked), [f"{number} all" for number in some])
    panels = await _read_through(partial(_panel, asked), some)
    await storage.close()
    return [
        Row(
            f"{named}: a page of a list, of the slowest way to narrow it, median", max(map(median, lists)) * 1000, "ms"
        ),
        Row("a page of a list, p99 of all ways", p99([each for taken in lists for each in taken]), "ms", at_most=30),
        Row("a page of a timeline, p99", p99(timelines), "ms", at_most=30),
        Row("a panel, p99", p99(panels), "ms", at_most=30),
    ]


async def _read_through(read: Callable[[str], Awaitable[str | None]], beginnings: Iterable[str]) -> list[float]:
    """Read page after page, from each of ``beginnings`` to the end, but no more than `PAGES`; the seconds of each."""
    taken: list[float] = []
    for words in beginnings:
        page: str | None = words
        while page is not None and len(taken) < PAGES:
            began = time.perf_counter()
            page = await read(page)
            taken.append(time.perf_counter() - began)
    return taken


async def _list(asked: Asked, words: str) -> str | None:
    """The words that lead to the page after; None at the end."""
    return _button((await listed(replace(asked, text=words))).to_dict(), "Older")


async def _timeline(asked: Asked, words: str) -> str | None:
    number, _, text = words.partition(" ")
    incident = await asked.bot.core.storage.read.incident(int(number))
    assert incident is not None
    message = await timeline(replace(asked, text=text), incident)
    assert message is not None
    earlier = _button(message.to_dict(), "Earlier")
    return None if earlier is None else f"{number} {earlier}"


async def _panel(asked: Asked, number: str) -> None:
    core = asked.bot.core
    incident = await core.storage.read.incident(int(number))
    assert incident is not None
    panel_view(incident, asked.by, core.clock(), await background_of(core, incident))


def _button(message: Mapping[str, Any], label: str) -> str | None:
    """What a press of the button that reads ``label`` asks for; None where there is no such button."""
    buttons = [element for block in message["blocks"] for element in block.get("elements", []) if "value" in element]
    return next((str(button["value"]) for button in buttons if button["text"]["text"] == label), None)


def _asked(storage: SqlStorage) -> Asked:
    """Somebody who asks; nothing that is timed here calls Slack."""
    door = Door(AsyncWebClient())
    people = People(door, "T0SANDBOX", storage.read.organisation)
    return Asked(Bot(Core(storage, now), door, people, Identity("U0BOT", "B0BOT", "T0SANDBOX")), by=PEOPLE[0])
