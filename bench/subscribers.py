"""One publication to 1,000 readers by e-mail: when the last has it, and what Slack's commands notice of it."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.bot import Bench, bench, free_port
from bench.pages import ANA, BODY, organisation
from bench.table import Row, p99
from bot.main import now
from incidents.actions.declare import Declare, declare
from incidents.actions.updates import Writing, draft
from incidents.core import Core
from incidents.model.vocabulary import Impact, PublicStatus, Severity

READERS = 1_000
SECONDS = 15
BETWEEN = 0.05
"""Seconds from one command to the next."""
PATIENCE = 120.0
"""Seconds until the last mail is given up."""


@dataclass
class Mails:
    """When each address got mail, as they come."""

    came: list[tuple[float, str]] = field(default_factory=list)
    all_there: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, at: float, address: str) -> None:
        self.came.append((at, address))
        if len({address for _, address in self.came}) == READERS:
            self.all_there.set()


async def subscribe_many(core: Core) -> None:
    """Readers who have confirmed, and a draft that waits for approval."""
    async with core.storage.transaction() as unit:
        for number in range(READERS):
            token = f"token-{number}"
            await unit.readers.add("status", f"reader-{number}@example.com", (), token, now())
            await unit.readers.confirm(token, now())
    await declare(core, Declare(ANA, "form", "Checkout fails", Severity.SEV3))
    impacts = {"service-0": Impact.PARTIAL_OUTAGE}
    await draft(core, 1, ANA, Writing(BODY, PublicStatus.INVESTIGATING, "Problems with payments", impacts))


async def measure() -> list[Row]:
    """The same commands on a quiet bot, and while it tells everybody."""
    port = free_port()
    settings = {"TOCSIN_SMTP_URL": f"smtp://127.0.0.1:{port}", "TOCSIN_MAIL_FROM": "status@acme.example"}
    async with _mail_server(port) as mails, bench(organisation(), subscribe_many, settings) as running:
        press = await _approve_button(running)
        quiet = await _commands(running)
        began = time.time()
        await press()
        busy = await _commands(running)
        async with asyncio.timeout(PATIENCE):
            await mails.all_there.wait()
        await asyncio.sleep(1)  # in which a second mail would come
    told = {address for _, address in mails.came}
    return [
        Row("commands acknowledged on a quiet bot, median", statistics.median(quiet) * 1000, "ms"),
        Row("p99", p99(quiet), "ms"),
        Row(f"the same while {READERS:,} readers are mailed, median", statistics.median(busy) * 1000, "ms"),
        Row("p99", p99(busy), "ms", at_most=100),
        Row("readers who got the mail", len(told), "", at_least=READERS),
        Row("mails more than one to a reader", len(mails.came) - len(told), "", at_most=0),
        Row("from approval to the last mail", mails.came[-1][0] - began, "s"),
    ]


async def _approve_button(running: Bench) -> Callable[[], Awaitable[None]]:
    """Ben's press of *Approve and publish*, once its card is there and all that a declaration asks for is done."""
    for _ in range(300):
        await asyncio.sleep(0.1)
        if press := _shown(running):
            await asyncio.sleep(5)
            return press
    raise TimeoutError("no draft is shown")


def _shown(running: Bench) -> Callable[[], Awaitable[None]] | None:
    messages = [(c.id, m) for c in running.sandbox.workspace.channels.values() for m in c.messages.values()]
    for channel, message in messages:
        for block in message.blocks or []:
            for element in block.get("elements", []):
                if str(element.get("action_id", "")).startswith("update.approve"):
                    where = {"channel": channel, "ts": message.ts, "value": element["value"]}
                    ben = running.sandbox.person("ben")
                    return partial(ben.press, element["action_id"], block["block_id"], **where)
    return None


async def _commands(running: Bench) -> list[float]:
    """Seconds until each of many commands was acknowledged."""
    ana, log = running.sandbox.person("ana"), running.sandbox.workspace.calls
    before = len(log)
    for _ in range(int(SECONDS / BETWEEN)):
        began = time.perf_counter()
        await ana.command("C0GENERAL", "/incident help")
        await asyncio.sleep(max(0.0, BETWEEN - (time.perf_counter() - began)))
    sent = [call for call in list(log)[before:] if call.direction == "delivery" and "command" in call.arguments]
    return [call.latency for call in sent if call.latency is not None]


@asynccontextmanager
async def _mail_server(port: int) -> AsyncIterator[Mails]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("mail_server.py")), str(port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    mails = Mails()
    reading = asyncio.create_task(_read(process.stdout, mails))
    try:
        yield mails
    finally:
        process.terminate()
        await process.wait()
        await reading


async def _read(printed: asyncio.StreamReader, mails: Mails) -> None:
    while line := await printed.readline():
        at, address = line.decode().split()
        mails.take(float(at), address)
