"""What was said while Slack could not reach the bot is read back as soon as it can again."""

import pytest

from incidents.model import facts
from sandbox.client import Person
from tests.e2e.workspace import Workplace, eventually


@pytest.mark.usefixtures("no_look")
async def test_what_was_not_delivered_is_read_back_at_the_next_connection(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.settle()
    await ana.trouble(delivery="drop", times=2)
    root = await ana.say(channel, "nobody hears this")
    await ana.say(channel, "nor this", thread_ts=root)
    await ana.say(channel, "this is heard")

    async def said() -> list[tuple[str, bool]]:
        messages = [entry.fact for entry in await workplace.timeline(1) if isinstance(entry.fact, facts.Message)]
        return sorted((message.text, message.caught_up) for message in messages)

    async def heard() -> bool:
        return await said() == [("this is heard", False)]

    await eventually(heard)
    await ana.trouble(disconnect="refresh_requested")

    async def read_back() -> bool:
        return await said() == [("nobody hears this", True), ("nor this", True), ("this is heard", False)]

    await eventually(read_back, patience=20)
