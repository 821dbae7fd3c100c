"""Socket Mode as Bolt sees it: events, commands, forms, acknowledgement and its lack."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, Heard


async def test_a_message_reaches_the_app_within_milliseconds(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard
) -> None:
    await web.conversations_join(channel=GENERAL)
    async with sandbox.person("ana") as ana:
        ts = await ana.say(GENERAL, "hello & <bye>")
    event = await heard.next(type="message", ts=ts)
    assert event["user"] == "U0ANA"
    assert event["channel"] == GENERAL
    assert event["channel_type"] == "channel"
    assert event["text"] == "hello & <bye>"


async def test_a_command_opens_a_form_whose_submission_posts(
    sandbox: Sandbox, web: AsyncWebClient, bolt: AsyncApp
) -> None:
    @bolt.command("/trial")
    async def opened(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = {
            "type": "modal",
            "callback_id": "form",
            "title": {"type": "plain_text", "text": "Form"},
            "submit": {"type": "plain_text", "text": "Send"},
            "private_metadata": body["channel_id"],
            "blocks": [
                {
                    "type": "input",
                    "block_id": "title",
                    "label": {"type": "plain_text", "text": "Title"},
                    "element": {"type": "plain_text_input", "action_id": "text"},
                }
            ],
        }
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bolt.view("form")
    async def submitted(ack: Any, view: dict[str, Any], client: AsyncWebClient) -> None:
        title = view["state"]["values"]["title"]["text"]["value"]
        if title == "bad":
            await ack(response_action="errors", errors={"title": "Not that."})
            return
        await ack()
        await client.chat_postMessage(channel=view["private_metadata"], text=title)

    async with sandbox.person("ana") as ana:
        await ana.command(GENERAL, "/trial something")
        while not await ana.views():
            await asyncio.sleep(0.005)
        [view] = await ana.views()
        assert await ana.submit(view["id"], {}) == {"title": "Please complete this required field."}
        assert await ana.submit(view["id"], {"title": {"text": "bad"}}) == {"title": "Not that."}
        assert await ana.submit(view["id"], {"title": {"text": "good"}}) == {}
        assert await ana.views() == []
        while (await ana.messages(GENERAL))[-1]["text"] != "good":
            await asyncio.sleep(0.005)


async def test_a_command_not_acknowledged_in_time_tells_the_person(sandbox: Sandbox, bolt: AsyncApp) -> None:
    @bolt.command("/trial")
    async def slow(ack: Any) -> None:
        await asyncio.sleep(1)

    async with sandbox.person("ana") as ana:
        with pytest.raises(RefusedError, match="operation_timeout"):
            await ana.command(GENERAL, "/trial")
        last = (await ana.messages(GENERAL))[-1]
        assert last["is_ephemeral"]
        assert "/trial failed with the error “operation_timeout”" in last["text"]


async def test_with_nobody_connected_a_command_fails_and_events_are_lost(sandbox: Sandbox) -> None:
    async with sandbox.person("ana") as ana:
        with pytest.raises(RefusedError, match="dispatch_failed"):
            await ana.command(GENERAL, "/trial")
