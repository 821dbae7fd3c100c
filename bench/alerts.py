"""Alerts: how many a second are accepted, how long that takes, and how long until somebody is paged."""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from bench.bot import Bench, bench
from bench.table import Row, p99
from incidents.model.organisation import AlertSource, Organisation, Policy, Step, Target, Tool

RATE = 500
SECONDS = 20
PAGES = 20
BETWEEN = 0.5
"""Seconds from one page to the next."""
SOURCES = 5
DAN = "U0DAN"


def organisation() -> Organisation:
    """Some sources, whose alerts all page one person."""
    return Organisation(
        policies={"payments": Policy(name="Payments", steps=(Step(targets=(Target(f"person:slack:{DAN}"),)),))},
        sources={
            f"source-{number}": AlertSource(
                name=f"Source {number}", tool=Tool.GENERIC, channel="general", policy="payments"
            )
            for number in range(SOURCES)
        },
    )


async def measure() -> list[Row]:
    """First on a quiet bot how long a page takes, then the flood."""
    async with bench(organisation()) as running:
        paging = [await _time_to_page(running, number) for number in range(PAGES)]
        accepted = await _flood(running)
    statuses = [status for status, _ in accepted]
    taken = [seconds for _, seconds in accepted]
    return [
        Row("POST of an alert to the page's call to Slack, median", statistics.median(paging) * 1000, "ms", 300),
        Row("the slowest of them", max(paging) * 1000, "ms", 300),
        Row(f"alerts accepted of {len(accepted):,} at {RATE} a second", statuses.count(202) / len(statuses) * 100, "%"),
        Row("from due to accepted, median", statistics.median(taken) * 1000, "ms"),
        Row("from due to accepted, p99", p99(taken), "ms", 200),
    ]


async def _flood(running: Bench) -> list[tuple[int, float]]:
    asked = {"addresses": [running.intake(source) for source in running.keys], "rate": RATE, "seconds": SECONDS}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("load.py")), json.dumps(asked), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    return [(status, seconds) for status, seconds in json.loads(printed)]


async def _time_to_page(running: Bench, number: int) -> float:
    """Seconds from posting an alert to the sandbox's being called with the page."""
    title = f"Page {number} of the measurement"
    began = time.time()
    async with aiohttp.ClientSession() as session:
        body = {"key": title, "title": title, "severity": 1}
        async with session.post(running.intake(f"source-{number % SOURCES}"), json=body) as answer:
            assert answer.status == 202, await answer.text()
    called = await _called(running, title)
    await asyncio.sleep(BETWEEN)
    return called - began


async def _called(running: Bench, title: str) -> float:
    async with asyncio.timeout(10):
        while True:
            for at in _pages(running, title):
                return at
            await asyncio.sleep(0.005)


def _pages(running: Bench, title: str) -> Iterator[float]:
    """When the bot wrote to somebody directly about ``title``."""
    rooms = {room.id for room in running.sandbox.workspace.channels.values() if room.is_im} | {DAN}
    for call in running.sandbox.workspace.calls:
        if call.name == "chat.postMessage" and call.arguments.get("channel") in rooms and title in str(call.arguments):
            yield call.at
