"""How long people wait until what they type, press and submit is acknowledged, while messages are mirrored."""

import asyncio
import statistics
import time
from functools import partial

from bench.conversation import Conversation
from bench.mirroring import RATE, incident_channels, talking
from bench.table import Row, p99
from bench.watching import until
from sandbox.client import Person
from sandbox.server import Sandbox
from sandbox.things import Channel, Json

SECONDS = 30
BETWEEN = 0.3
"""Seconds from one round of acts to the next: Slack lets an app open 100 forms a minute."""
PATIENCE = 10.0
"""Seconds for a form to open."""
NAMES = {"/incident": "commands", "block_actions": "presses", "view_submission": "submissions"}


async def measure() -> list[Row]:
    """Ana writes notes, Ben presses *Join*, while everybody talks."""
    async with talking() as (running, conversation):
        heard, rounds = await asyncio.gather(conversation.evenly(RATE, SECONDS), _act(running.sandbox, conversation))
    rows = [Row(f"rounds of acts while {RATE} messages a second are mirrored", rounds, "")]
    for name, acts in NAMES.items():
        rows.append(Row(f"{acts} acknowledged, median", statistics.median(heard.waited[name]) * 1000, "ms"))
        rows.append(Row("p99", p99(heard.waited[name]), "ms", at_most=100))
    return [*rows, Row("the messages, p99", p99(heard.taken), "ms", at_most=250)]


async def _act(sandbox: Sandbox, conversation: Conversation) -> int:
    """Rounds of a command that opens a form, its submission and a press; gives how many there were."""
    ana, ben = sandbox.person("ana"), sandbox.person("ben")
    here = incident_channels(sandbox)[0]
    rounds, began = 0, time.perf_counter()
    while time.perf_counter() < began + SECONDS - PATIENCE / 2:
        await ana.command(here.id, "/incident note")
        form = await until(partial(_form, ana), PATIENCE)
        values = {"note": {"value": {"type": "plain_text_input", "value": f"Note {rounds}"}}}
        await ana.submit(form["id"], values)
        await _press_join(ben, here)
        rounds += 1
        await asyncio.sleep(max(0.0, began + rounds * BETWEEN - time.perf_counter()))
    return rounds


async def _form(who: Person) -> Json | None:
    views = await who.views()
    return views[-1] if views else None


async def _press_join(who: Person, channel: Channel) -> None:
    card = next(message for message in channel.messages.values() if message.blocks)
    for block in card.blocks or []:
        for element in block.get("elements", []):
            if str(element.get("action_id", "")).startswith("incident.join"):
                what = {"channel": channel.id, "ts": card.ts, "value": element.get("value")}
                await who.press(element["action_id"], block["block_id"], **what)
