"""The sandbox under 500 messages a second while ten pages watch: whether it keeps up, and does not grow slower.

One of the pages is a tab of Chromium, where there is one. The others are clients of the same live connection, which
read all that a page is sent: ten tabs that draw would measure this machine's browser. Growing slower is told by the
processor's time that the sandbox needs a message, since this does not depend on what else the machine does.
"""

import asyncio
import json
import shutil
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from playwright.async_api import async_playwright

from bench.processor import processor_time
from bench.table import Row

RATE, SECONDS, WARM_UP = 500, 40, 5
CONNECTIONS = 64
CHANNEL = "C0GENERAL"
PEOPLE = ("U0ANA", "U0BEN", "U0CLEO", "U0DAN", "U0EVE", "U0FAY", "U0HUGO", "U0INDRA", "U0JUN")


@dataclass(frozen=True)
class Sandbox:
    """A sandbox in a process of its own; its address and the app's token."""

    process: int
    url: str
    token: str

    def processor_time(self) -> float:
        """Seconds that it has used."""
        return processor_time(self.process)


async def measure() -> list[Row]:
    """Post at an even rate for a while, and compare the first quarter of it with the last."""
    async with _sandbox() as sandbox, _tab(sandbox.url) as tabs, _watchers(sandbox.url) as watchers:
        await _post(sandbox, WARM_UP, [])
        began, taken = time.time(), list[float]()
        first, last = (await asyncio.gather(_processor_time(sandbox, taken), _post(sandbox, SECONDS, taken)))[0]
        rate = len(taken) / (time.time() - began)
        printed, _ = await watchers.communicate(b"")
    seen = [(due - began, late) for due, late in json.loads(printed.splitlines()[-1])]
    return [
        Row(f"sandbox: messages a second, {len(PEOPLE) + tabs} pages watching", rate, "/s", at_least=RATE * 0.98),
        Row("processor's time a message, first quarter", first * 1_000_000, "µs"),
        Row("last quarter", last * 1_000_000, "µs", at_most=1.25 * first * 1_000_000),
        *_quarters("from due to accepted", [(number / RATE, late) for number, late in enumerate(taken)]),
        *_quarters("from due to seen on a page", seen),
    ]


def _quarters(what: str, taken: list[tuple[float, float]]) -> list[Row]:
    first = statistics.median(late for at, late in taken if 0 <= at < SECONDS / 4)
    last = statistics.median(late for at, late in taken if at >= SECONDS * 3 / 4)
    return [
        Row(f"{what}, first quarter, median", first * 1000, "ms"),
        Row("last quarter, median", last * 1000, "ms"),
    ]


async def _processor_time(sandbox: Sandbox, taken: list[float]) -> tuple[float, float]:
    """Seconds that each message needed in the first quarter, and in the last; `taken` grows with each."""
    began = time.time()
    marks = [(sandbox.processor_time(), len(taken))]
    for quarter in range(1, 5):
        await asyncio.sleep(began + quarter * SECONDS / 4 - time.time())
        marks.append((sandbox.processor_time(), len(taken)))
    first, last = ((after[0] - before[0]) / (after[1] - before[1]) for before, after in (marks[:2], marks[-2:]))
    return first, last


async def _post(sandbox: Sandbox, seconds: float, taken: list[float]) -> None:
    """Post at an even rate; adds to `taken` the seconds of each message, from when it was due until it was accepted."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def post(due: float) -> None:
            body = {"channel": CHANNEL, "text": f"due {due:.6f} the checkout fails again, and *somebody* should look"}
            async with session.post(f"{sandbox.url}/api/chat.postMessage", json=body) as answer:
                if not (await answer.json())["ok"]:
                    raise RuntimeError(await answer.text())
            taken.append(time.time() - due)

        begin, posts = time.time(), []
        for number in range(int(RATE * seconds)):
            due = begin + number / RATE
            await asyncio.sleep(max(0.0, due - time.time()))
            posts.append(asyncio.create_task(post(due)))
        await asyncio.gather(*posts)


@asynccontextmanager
async def _sandbox() -> AsyncIterator[Sandbox]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = [(await process.stdout.readline()).decode().strip() for _ in range(3)]
        yield Sandbox(process.pid, said[0].split()[-1], said[2].partition("=")[2])
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _watchers(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    asked = {"address": f"{url}/sandbox/page/live", "look": {"channel": CHANNEL}, "users": PEOPLE}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("watchers.py")),
        json.dumps(asked),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def _tab(url: str) -> AsyncIterator[int]:
    """A tab of Chromium on the channel; gives how many there are."""
    path = shutil.which("chromium")
    if path is None:
        yield 0
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page()
        await page.goto(f"{url}/?as=U0ANA&channel={CHANNEL}")
        await page.locator("body[data-live]").wait_for()
        yield 1
        await browser.close()
