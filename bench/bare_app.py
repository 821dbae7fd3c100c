"""A Bolt app with as many listeners as Tocsin's, which only acknowledge: what Bolt itself can do on this machine.

Run in a process of its own. The listener for messages comes first, where Bolt finds it soonest.
"""

import asyncio
import os
import re
import sys

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

ACTIONS = 4
OPTIONS = 3


async def on_event() -> None:
    """Bolt acknowledges events by itself."""


async def on_act(ack: AsyncAck) -> None:
    await ack()


def app() -> AsyncApp:
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    made = AsyncApp(client=client)
    made.event("message")(on_event)
    made.command("/incident")(on_act)
    for number in range(ACTIONS):
        made.action(re.compile(f"action-{number}"))(on_act)
    for number in range(OPTIONS):
        made.options(f"options-{number}")(on_act)
    made.view(re.compile(""))(on_act)
    made.shortcut(re.compile(""))(on_act)
    made.event("app_home_opened")(on_event)
    return made


async def work() -> None:
    handler = AsyncSocketModeHandler(app(), os.environ["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]
    print("ready", file=sys.stderr, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work())
