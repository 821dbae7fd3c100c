"""The status page: how many requests a second one process answers, and how long each takes at an even rate."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

from bench.bot import bench
from bench.table import Row
from bot.main import now
from incidents.actions.declare import Declare, declare
from incidents.actions.updates import Writing, approve, draft
from incidents.core import Core
from incidents.model.draft_warnings import Doubt
from incidents.model.identity import Person
from incidents.model.organisation import Communication, Organisation, OwnedService, Target, TargetKind
from incidents.model.publishing_rules import ServicesShown, StatusPage
from incidents.model.vocabulary import Impact, PublicStatus

RATE = 2_000
SECONDS = 10
SERVICES, EVENTS = 12, 100
ANA, BEN = Person.of("slack", "U0ANA"), Person.of("slack", "U0BEN")
BODY = "Some **card payments** fail.\n\n- Wallets work.\n- Orders that were paid are safe.\n\n" + "We are on it. " * 20


def organisation() -> Organisation:
    """A page with services, and somebody who approves what goes there."""
    services = {f"service-{number}": OwnedService(name=f"Service {number}") for number in range(SERVICES)}
    return Organisation(
        services=services,
        pages={"status": StatusPage(name="Acme status", groups=(ServicesShown(services=tuple(services)),))},
        updates=Communication(approvers=(Target.of(TargetKind.PERSON, BEN),)),
    )


async def publish_many(core: Core) -> None:
    """A page with a history, published as people publish it, one event every 20 hours."""
    for number in range(EVENTS):
        began = now() - timedelta(hours=20) * (EVENTS - number)
        then = Core(core.storage, lambda at=began: at)  # type: ignore[misc]
        await declare(then, Declare(ANA, f"form-{number}", f"Incident {number}", wants_channel=False))
        impacts = {f"service-{number % SERVICES}": Impact.PARTIAL_OUTAGE}
        for status in (PublicStatus.INVESTIGATING, PublicStatus.IDENTIFIED, PublicStatus.RESOLVED):
            writing = Writing(BODY, status, f"Problems, part {number}", impacts)
            _, written = await draft(then, number + 1, ANA, writing)
            await approve(then, number + 1, BEN, written.number, written.text.digest, set(Doubt), {})


async def measure() -> list[Row]:
    """As many as it can answer, then at an even rate."""
    async with bench(organisation(), publish_many) as running:
        most, _, _ = await _asked(running.address, None)
        rate, median, p99 = await _asked(running.address, RATE)
    return [
        Row("status page, requests a second at most", most, "/s", at_least=RATE),
        Row(f"asked for at {RATE:,} a second: answered", rate, "/s"),
        Row("from due to answered, median", median, "ms"),
        Row("from due to answered, p99", p99, "ms", at_most=20),
    ]


async def _asked(address: str, rate: int | None) -> tuple[float, float, float]:
    """Requests a second, and the median and the 99th percentile of how long they took, in ms."""
    asked = {"address": f"{address}/status/status", "rate": rate, "seconds": SECONDS}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("readers_load.py")),
        json.dumps(asked),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    taken = sorted(json.loads(printed))
    return len(taken) / SECONDS, taken[len(taken) // 2] * 1000, taken[int(len(taken) * 0.99)] * 1000
