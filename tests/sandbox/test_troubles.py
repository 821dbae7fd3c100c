"""The troubles a test can ask for: refusals, cut connections, events doubled and dropped."""

import pytest
from aiohttp import ServerDisconnectedError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, Heard, refused, until


async def test_troubles_befall_calls_as_often_as_asked(sandbox: Sandbox, web: AsyncWebClient) -> None:
    web.retry_handlers = []
    ana = sandbox.person("ana")
    await ana.trouble(method="chat.postMessage", error="ratelimited", retry_after=7)
    with refused("ratelimited") as caught:
        await web.chat_postMessage(channel=GENERAL, text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    posted = len(sandbox.workspace.channels[GENERAL].messages)
    await ana.trouble(method="*", cut="before")
    with pytest.raises(ServerDisconnectedError):
        await web.chat_postMessage(channel=GENERAL, text="lost")
    assert len(sandbox.workspace.channels[GENERAL].messages) == posted
    await ana.trouble(method="chat.postMessage", cut="after")
    with pytest.raises(ServerDisconnectedError):
        await web.chat_postMessage(channel=GENERAL, text="done, but nobody knows")
    assert len(sandbox.workspace.channels[GENERAL].messages) == posted + 1
    await web.chat_postMessage(channel=GENERAL, text="fine again")


async def test_events_doubled_and_dropped_on_request(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    await until(lambda: len(heard) == 2)
    await ana.trouble(delivery="drop")
    await ana.say(INCIDENTS, "dropped")
    await ana.trouble(delivery="double")
    await ana.say(INCIDENTS, "doubled")
    await ana.say(INCIDENTS, "once")
    await until(lambda: any(e.get("text") == "once" for e in heard))
    assert [e["text"] for e in heard if e.get("user") == "U0ANA"] == ["doubled", "doubled", "once"]
