"""Declaring: when who declared is in the channel, when its card is up, when all is done; and fifty declares at once.

Once with a Slack that takes 100 ms for each call, once with Slack's own limits.
"""

import asyncio
import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from bench.bot import bench
from bench.table import Row
from bench.watching import until
from incidents.model.organisation import Organisation
from sandbox.client import Person
from sandbox.limits import RATES
from sandbox.server import Sandbox
from sandbox.things import Change, Json, User
from sandbox.troubles import ApiTrouble

SLOW = 0.1
"""Seconds that each call to Slack takes before it is done."""
DECLARES = 15
AT_ONCE = 50
PATIENCE = 20.0
"""Seconds for one declare."""
LONGEST = 240.0
"""Seconds for fifty, which Slack's limits hold up."""
GENERAL, ANNOUNCEMENTS = "C0GENERAL", "C0INCIDENTS"
CREATED = RATES["real"]["tier 2"]
"""What Slack grants `conversations.create`."""

STEPS: dict[str, Callable[[Change], bool]] = {
    "entered": lambda change: change.kind == "member_joined" and change.user == "U0ANA",
    "card": lambda change: _is_post(change) and change.channel != ANNOUNCEMENTS,
    "announced": lambda change: _is_post(change) and change.channel == ANNOUNCEMENTS,
    "pinned": lambda change: change.kind == "pin_added",
    "bookmarked": lambda change: change.kind == "bookmark_changed",
    "topic": lambda change: change.kind == "channel_changed",
    "link": lambda change: change.kind == "view_updated" and "slack://channel" in str(change.data["view"].content),
}
"""All that a declaration leads to, and how it is seen in the workspace."""


class Watch:
    """When each of `STEPS` was first seen."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}

    def note(self, change: Change) -> None:
        for step, is_it in STEPS.items():
            if step not in self.seen and is_it(change):
                self.seen[step] = time.perf_counter()

    async def all_seen(self) -> bool:
        return len(self.seen) == len(STEPS)


async def measure() -> list[Row]:
    return [*await _one_after_the_other(), *await _all_at_once()]


async def _one_after_the_other() -> list[Row]:
    async with bench(Organisation()) as running:
        running.sandbox.slack.troubles.ask(ApiTrouble("*", None, delay=SLOW))
        watch = Watch()
        running.sandbox.workspace.listen(watch.note)
        taken = [await _declared(running.sandbox.person("ana"), watch, number) for number in range(DECLARES)]
    rows = [Row(f"each call to Slack takes {SLOW * 1000:.0f} ms; declares, one after the other", DECLARES, "")]
    for what, steps, promised in (
        ("who declared is in the channel", ["entered"], 350),
        ("its card is up", ["card"], 500),
        ("all is done", list(STEPS), 2_000),
    ):
        after = [max(each[step] for step in steps) * 1000 for each in taken]
        rows.append(Row(f"from submission until {what}, median", statistics.median(after), "ms"))
        rows.append(Row("the slowest of them", max(after), "ms", at_most=promised))
    return rows


async def _declared(ana: Person, watch: Watch, number: int) -> dict[str, float]:
    """Seconds from submission to each step."""
    form = await _form(ana, _title(number))
    watch.seen.clear()
    began = time.perf_counter()
    await ana.submit(form["id"], {})
    await until(watch.all_seen, PATIENCE)
    await ana.close_view(form["id"], whole_stack=True)
    return {step: at - began for step, at in watch.seen.items()}


async def _form(who: Person, title: str) -> Json:
    """The form for declaring, once it is open."""
    await who.command(GENERAL, f"/incident declare {title}")

    async def opened() -> Json | None:
        views = await who.views()
        return views[-1] if views else None

    return await until(opened, PATIENCE)


def _title(number: int) -> str:
    """Unlike all others: of one that is like an open incident's, the form would warn."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:30]


def _is_post(change: Change) -> bool:
    return change.kind == "message_posted" and bool(change.data["message"].blocks)


async def _all_at_once() -> list[Row]:
    """Fifty people declare within one second."""
    async with bench(Organisation(), limits="real") as running:
        people = [_newcomer(running.sandbox, number) for number in range(AT_ONCE)]
        forms = [await _form(person, _title(number)) for number, person in enumerate(people)]
        opened: list[float] = []
        running.sandbox.workspace.listen(partial(_note_opened, opened))
        began = time.perf_counter()
        submitting = []
        for number, (person, form) in enumerate(zip(people, forms, strict=True)):
            await asyncio.sleep(max(0.0, began + number / AT_ONCE - time.perf_counter()))
            submitting.append(asyncio.create_task(person.submit(form["id"], {})))
        await asyncio.gather(*submitting)
        await until(partial(_all_open, opened), LONGEST)
        refused = _refusals(running.sandbox)
    allowed = (AT_ONCE - 1) // CREATED.amount * CREATED.get_expiry()
    return [
        Row(
            f"{AT_ONCE} declares in one second under Slack's limits: the first channel opens after",
            opened[0] - began,
            "s",
            1,
        ),
        Row(
            f"the last one (allowed are {CREATED.amount} a minute, so after {allowed} s)",
            opened[-1] - began,
            "s",
            allowed * 1.1,
        ),
        Row("calls that Slack refused for their number", sum(refused.values()), ""),
        Row("calls that it refused more than once", sum(times > 1 for times in refused.values()), "", at_most=0),
    ]


def _newcomer(sandbox: Sandbox, number: int) -> Person:
    """Somebody more in the workspace."""
    workspace = sandbox.workspace
    id = f"U0NEW{number:02d}"
    workspace.users[id] = User(id, f"new{number}", f"Newcomer {number}", workspace.team_id, f"new{number}@example.com")
    workspace.channels[GENERAL].members.append(id)
    return sandbox.person(id)


def _note_opened(opened: list[float], change: Change) -> None:
    if change.kind == "channel_created":
        opened.append(time.perf_counter())


async def _all_open(opened: list[float]) -> bool:
    return len(opened) == AT_ONCE


def _refusals(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How often each call was refused because there were too many."""
    calls = [call for call in sandbox.workspace.calls if call.direction == "api" and call.error == "ratelimited"]
    return Counter((call.name, str(call.arguments)) for call in calls)
