"""The troubles one can ask for, met by clients nobody here wrote: used up or standing, drawn by a seed, and outages."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, ServerDisconnectedError, WSMsgType, WSServerHandshakeError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from sandbox.troubles import ApiTrouble, DeliveryTrouble, Outage, Troubles
from tests.sandbox.conftest import GENERAL, INCIDENTS, Heard, manifest, refused, until
from tests.sandbox.test_socket_mode import connect


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


async def test_events_late_and_out_of_order(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    await until(lambda: len(heard) == 2)
    heard.clear()
    await ana.trouble(delivery="reorder", event="message", seconds=5)
    for text in ("overtaken", "overtaking"):
        await ana.say(INCIDENTS, text)
    await ana.trouble(delivery="delay", seconds=0.2)
    for text in ("late", "in time"):
        await ana.say(INCIDENTS, text)
    await until(lambda: len(heard) == 4)
    assert [event["text"] for event in heard] == ["overtaking", "overtaken", "in time", "late"]
    await ana.trouble(delivery="reorder", seconds=0.05)
    await ana.say(INCIDENTS, "nothing follows")
    await heard.next(text="nothing follows")


async def test_a_socket_cut_after_an_event_brings_it_again(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    socket = await connect(sandbox)
    await sandbox.person("ana").trouble(delivery="cut")
    await sandbox.person("ana").say(INCIDENTS, "hear me")
    first = await socket.receive_json(timeout=1)
    assert (await socket.receive(timeout=1)).type in {WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR}
    again = await (await connect(sandbox)).receive_json(timeout=1)
    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    assert again["retry_attempt"] > 0


async def test_calls_are_slow_by_pattern_until_calm(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    await ana.trouble(method="users.*", delay=0.1, hold=0.1, times=None)
    for _ in range(2):
        assert await _seconds(web.users_info(user="U0ANA")) >= 0.2
    assert await _seconds(web.team_info()) < 0.1
    [standing] = (await ana.troubles())["calls"]
    assert (standing["effect"], standing["times"]) == ("0.1 s before it is done, 0.1 s before it is answered", None)
    await ana.calm(standing["id"])
    assert (await ana.troubles())["calls"] == []
    assert await _seconds(web.users_info(user="U0ANA")) < 0.1


Fates = dict[str, list[str]]


async def test_the_same_seed_brings_the_same_trouble_to_calls() -> None:
    one, again, other = [await _fates_of_calls(seed, turns) for seed, turns in ((7, 3), (7, 11), (8, 3))]
    assert one == again != other
    for fates in one.values():
        assert set(fates) == {"ok", "internal_error", "fatal_error", "cut"}


async def _fates_of_calls(seed: int, turns: int) -> Fates:
    """How the nth call of each method fares, where the methods take turns after `turns` calls of one."""
    async with running_sandbox(manifest()) as sandbox:
        ana, web = sandbox.person("ana"), AsyncWebClient(sandbox.app.bot_token, sandbox.api_url, retry_handlers=[])
        await ana.seed_troubles(seed)
        await ana.trouble(method="*", error="internal_error", times=None, probability=0.2)
        await ana.trouble(method="*", error="fatal_error", times=None, probability=0.2)
        await ana.trouble(method="*", cut="after", times=None, probability=0.2)
        calls: dict[str, Callable[[], Any]] = {
            "team.info": web.team_info,
            "users.info": lambda: web.users_info(user="U0ANA"),
            "chat.postMessage": lambda: web.chat_postMessage(channel=GENERAL, text="x"),
        }
        fates: Fates = {method: [] for method in calls}
        for method in itertools.cycle(calls):
            if all(len(each) >= 33 for each in fates.values()):
                return fates
            for _ in range(min(turns, 33 - len(fates[method]))):
                fates[method].append(await _fate(calls[method]()))
    raise AssertionError


async def test_the_same_seed_brings_the_same_trouble_to_events() -> None:
    one, again, other = [await _heard_of_thirty(seed) for seed in (7, 7, 8)]
    assert one == again != other
    counts = {text: one.count(text) for text in map(str, range(30))}
    assert set(counts.values()) == {0, 1, 2}


async def _heard_of_thirty(seed: int) -> list[str]:
    async with running_sandbox(manifest()) as sandbox:
        web = AsyncWebClient(sandbox.app.bot_token, sandbox.api_url)
        await web.conversations_join(channel=INCIDENTS)
        socket = await connect(sandbox)
        troubles = sandbox.slack.troubles
        troubles.seed = seed
        for delivery in ("drop", "double", "reorder"):
            troubles.ask(DeliveryTrouble(delivery, times=None, event="message", seconds=5, probability=0.2))
        for number in range(30):
            await sandbox.person("ana").say(INCIDENTS, str(number))
        troubles.calm()
        await sandbox.person("ana").say(INCIDENTS, "the end")
        return await _texts(socket)


async def _texts(socket: ClientWebSocketResponse) -> list[str]:
    """What is heard until the end, and until nothing more comes."""
    texts: list[str] = []
    while True:
        try:
            envelope = await socket.receive_json(timeout=0.2 if "the end" in texts else 3)
        except TimeoutError:
            return texts
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        texts.append(envelope["payload"]["event"]["text"])


@pytest.mark.parametrize("answer", ["503", "cut"])
async def test_an_outage_refuses_everything_and_then_heals(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard, answer: str
) -> None:
    web.retry_handlers = []
    await web.conversations_join(channel=INCIDENTS)
    await until(lambda: len(heard) == 2)
    ana, sockets = sandbox.person("ana"), sandbox.slack.courier.sockets
    ticket = (await AsyncWebClient(base_url=sandbox.api_url).apps_connections_open(app_token=sandbox.app.app_token))[
        "url"
    ]
    posted = len(sandbox.workspace.channels[GENERAL].messages)

    began = time.monotonic()
    await ana.outage(1.5, answer=answer)
    assert sockets.connected == 0
    assert await _fate(web.chat_postMessage(channel=GENERAL, text="refused")) == answer
    assert await _fate(web.auth_test()) == answer
    with pytest.raises((WSServerHandshakeError, ServerDisconnectedError)):
        async with ClientSession() as session:
            await session.ws_connect(ticket)
    with pytest.raises(RefusedError, match="dispatch_failed"):
        await ana.command(GENERAL, "/trial")
    lost = await ana.say(INCIDENTS, "nobody hears this")
    assert len(sandbox.workspace.channels[GENERAL].messages) == posted
    assert 0 < (await ana.troubles())["outage"]["left"] <= 1.5

    await until(lambda: sandbox.slack.troubles.outage is None)
    assert time.monotonic() - began >= 1.5
    assert await _fate(web.chat_postMessage(channel=GENERAL, text="healed")) == "ok"
    await until(lambda: sockets.connected, seconds=30)
    ts = await ana.say(INCIDENTS, "back again")
    assert (await heard.next(ts=ts))["text"] == "back again"
    assert lost not in [event.get("ts") for event in heard]
    refusals = [call for call in await ana.calls() if call["failure"] == "outage"]
    assert {"chat.postMessage", "auth.test"} <= {call["name"] for call in refusals}


async def test_one_press_ends_it_all(sandbox: Sandbox, web: AsyncWebClient) -> None:
    troubles = sandbox.slack.troubles
    for trouble in (ApiTrouble("*", times=None, error="fatal_error"), DeliveryTrouble("drop", 3), Outage(60)):
        troubles.ask(trouble)
    ana = sandbox.person("ana")
    seen = await ana.troubles()
    assert (len(seen["calls"]), len(seen["events"]), seen["outage"]["answer"]) == (1, 1, "503")
    await ana.calm()
    seen = await ana.troubles()
    assert (seen["calls"], seen["events"], seen["outage"]) == ([], [], None)
    await web.auth_test()


async def test_limits_are_chosen_as_trouble_is(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await sandbox.person("ana").limit("harsh")
    await web.chat_postMessage(channel=GENERAL, text="one")
    with refused("ratelimited"):
        await web.chat_postMessage(channel=GENERAL, text="two")


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"method": "*"},
        {"method": "*", "error": "fatal_error", "probabilty": 0.1},
        {"method": "*", "error": "fatal_error", "probability": 1.5},
        {"method": "*", "delay": -1},
        {"delivery": "twice"},
        {"outage": 0},
        {"disconnect": "gone"},
        {"limits": "cruel"},
    ],
)
async def test_what_is_no_trouble_is_refused(sandbox: Sandbox, wanted: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="invalid_arguments") as refusal:
        await sandbox.person("ana").trouble(**wanted)
    assert refusal.value.details["problems"]
    assert (sandbox.slack.troubles.api, sandbox.slack.troubles.deliveries) == ([], [])


def test_seeds_differ_unless_one_is_given() -> None:
    assert len({Troubles().seed for _ in range(20)}) > 10
    assert Troubles(3).seed == 3


async def _fate(call: Any) -> str:
    """What comes of a call: `ok`, Slack's error, the HTTP status of what is no answer of Slack's, `cut`."""
    try:
        await call
    except SlackApiError as problem:
        response = problem.response
        return str(response.get("error") or response.status_code)
    except ServerDisconnectedError:
        return "cut"
    return "ok"


async def _seconds(call: Any) -> float:
    began = asyncio.get_running_loop().time()
    await call
    return asyncio.get_running_loop().time() - began
