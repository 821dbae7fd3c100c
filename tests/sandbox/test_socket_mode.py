"""Socket Mode with Bolt at the other end: acknowledgement and its lack, several connections, redelivery, troubles."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, Heard, manifest, until


async def test_a_message_reaches_the_app(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=GENERAL)
    ana = sandbox.person("ana")
    ts = await ana.say(GENERAL, "hello")
    event = await heard.next(type="message", ts=ts)
    assert (event["user"], event["channel"], event["channel_type"]) == ("U0ANA", GENERAL, "channel")


async def test_a_command_carries_mentions_when_the_app_asked_for_them(sandbox: Sandbox, bolt: AsyncApp) -> None:
    bodies: list[dict[str, Any]] = []

    @bolt.command("/trial")
    @bolt.command("/raw")
    async def taken(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    ana = sandbox.person("ana")
    await ana.command(GENERAL, "/trial page @ben @oncall in #payments see https://example.com/#x @nobody")
    await ana.command(GENERAL, "/raw page @ben")
    assert bodies[0]["text"] == (
        "page <@U0BEN|ben> <!subteam^S0ONCALL|@oncall> in <#C0PAYMENTS|payments> see <https://example.com/#x> @nobody"
    )
    assert (bodies[0]["user_id"], bodies[0]["channel_id"], bodies[0]["channel_name"]) == ("U0ANA", GENERAL, "general")
    assert bodies[1]["text"] == "page @ben"


async def test_an_unknown_command_is_slackbots_to_answer(sandbox: Sandbox) -> None:
    ana = sandbox.person("ana")
    with pytest.raises(RefusedError, match="unknown_command"):
        await ana.command(GENERAL, "/nonsense")
    assert (await ana.messages(GENERAL))[-1]["text"].startswith("/nonsense is not a valid command")


async def test_a_command_not_acknowledged_in_time_tells_the_person(sandbox: Sandbox, bolt: AsyncApp) -> None:
    @bolt.command("/trial")
    async def slow(ack: Any) -> None:
        await asyncio.sleep(1)

    ana = sandbox.person("ana")
    with pytest.raises(RefusedError, match="operation_timeout"):
        await ana.command(GENERAL, "/trial")
    last = (await ana.messages(GENERAL))[-1]
    assert last["is_ephemeral"]
    assert last["text"] == "/trial failed with the error “operation_timeout”"


async def test_with_nobody_connected_a_command_fails_and_events_are_lost(
    sandbox: Sandbox, web: AsyncWebClient, request: pytest.FixtureRequest
) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    with pytest.raises(RefusedError, match="dispatch_failed"):
        await ana.command(GENERAL, "/trial")
    lost = await ana.say(INCIDENTS, "nobody hears this")
    socket = await connect(sandbox)
    heard_ts = await ana.say(INCIDENTS, "somebody hears this")
    envelope = await socket.receive_json(timeout=1)
    assert envelope["payload"]["event"]["ts"] == heard_ts != lost


async def test_a_sandbox_closes_though_its_app_goes_in_the_same_moment() -> None:
    """What would have come again in a minute is not waited for."""
    async with asyncio.timeout(20), running_sandbox(manifest()) as sandbox:
        socket = await connect(sandbox)
        await sandbox.person("ana").invite(GENERAL, sandbox.app.bot_user_id)
        await socket.receive_json()
        sandbox.slack.courier.sockets.cut()
        await sandbox.slack.courier.close()


async def test_an_address_opens_one_connection(sandbox: Sandbox) -> None:
    opened = await AsyncWebClient(base_url=sandbox.api_url).apps_connections_open(app_token=sandbox.app.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            assert hello["connection_info"] == {"app_id": "A0SANDBOX"}
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_deliveries_go_over_one_of_several_connections(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    sockets = [await connect(sandbox) for _ in range(2)]
    for n in range(4):
        await sandbox.person("ana").say(INCIDENTS, str(n))
    texts = []
    for socket in sockets:
        for _ in range(2):
            envelope = await socket.receive_json(timeout=1)
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
            texts.append(envelope["payload"]["event"]["text"])
    assert sorted(texts) == ["0", "1", "2", "3"]


async def test_an_event_not_acknowledged_comes_again_over_another_connection(
    sandbox: Sandbox, web: AsyncWebClient
) -> None:
    await web.conversations_join(channel=INCIDENTS)
    first = await connect(sandbox)
    await sandbox.person("ana").say(INCIDENTS, "hear me")
    envelope = await first.receive_json(timeout=1)
    assert (envelope["type"], envelope["retry_attempt"], envelope["accepts_response_payload"]) == (
        "events_api",
        0,
        False,
    )
    second = await connect(sandbox)
    await first.close()
    again = await second.receive_json(timeout=1)
    assert again["payload"]["event_id"] == envelope["payload"]["event_id"]
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_closed")
    await second.send_json({"envelope_id": again["envelope_id"]})
    with pytest.raises(TimeoutError):
        await second.receive_json(timeout=0.4)


async def test_an_event_that_is_not_acknowledged_in_time_comes_again(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    first, second = await connect(sandbox), await connect(sandbox)
    await sandbox.person("ana").say(INCIDENTS, "hear me")
    envelope = await first.receive_json(timeout=1)
    again = await second.receive_json(timeout=2)
    assert again["payload"] == envelope["payload"]
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
    await second.send_json({"envelope_id": again["envelope_id"]})


async def test_ten_connections_are_the_most(sandbox: Sandbox) -> None:
    client = AsyncWebClient(base_url=sandbox.api_url)
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(11):
            opened = await client.apps_connections_open(app_token=sandbox.app.app_token)
            sockets.append(await session.ws_connect(opened["url"]))
        told = [await socket.receive_json(timeout=1) for socket in sockets]
        assert [one["type"] for one in told] == ["hello"] * 10 + ["disconnect"]
        assert told[-1]["reason"] == "too_many_websockets"
        assert (await sockets[-1].receive(timeout=1)).type is aiohttp.WSMsgType.CLOSE
        assert sandbox.slack.courier.sockets.connected == 10


@pytest.mark.parametrize(
    ("reason", "closes"), [("warning", False), ("refresh_requested", True), ("link_disabled", True)]
)
async def test_a_connection_is_told_why_it_goes(sandbox: Sandbox, reason: str, closes: bool) -> None:
    socket = await connect(sandbox)
    await sandbox.person("ana").trouble(disconnect=reason)
    assert (await socket.receive_json(timeout=1)).items() >= {"type": "disconnect", "reason": reason}.items()
    if closes:
        assert (await socket.receive(timeout=1)).type is aiohttp.WSMsgType.CLOSE
    else:
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)


async def test_bolt_comes_back_after_a_disconnect(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    sockets = sandbox.slack.courier.sockets
    ana = sandbox.person("ana")
    await ana.trouble(disconnect="refresh_requested")
    await until(lambda: sockets.connected == 1, seconds=10)
    ts = await ana.say(INCIDENTS, "still there?")
    assert (await heard.next(ts=ts))["text"] == "still there?"


async def test_everything_asked_and_told_is_in_the_log(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    await sandbox.person("ana").say(INCIDENTS, "hello")
    await heard.next(text="hello")
    await asyncio.sleep(0.05)
    calls = await sandbox.person("ana").calls()
    joined = next(c for c in calls if c["name"] == "conversations.join")
    assert (joined["direction"], joined["arguments"], joined["answer"]["ok"]) == (
        "api",
        {"channel": INCIDENTS},
        True,
    )
    told = [c for c in calls if c["direction"] == "delivery"][-1]
    assert told["arguments"]["event"]["text"] == "hello"
    assert told["latency"] < 0.5


async def connect(sandbox: Sandbox) -> aiohttp.ClientWebSocketResponse:
    """A bare connection, greeted; its session goes with the test's loop."""
    opened = await AsyncWebClient(base_url=sandbox.api_url).apps_connections_open(app_token=sandbox.app.app_token)
    session = aiohttp.ClientSession()
    socket = await session.ws_connect(opened["url"])
    assert (await socket.receive_json())["type"] == "hello"
    return socket
