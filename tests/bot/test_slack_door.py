"""Slack's door: tries again what can be tried again, says no at once where Slack does, and never twice what is once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack
from bot.manifest import manifest_faults, read_manifest
from bot.rates import Limit, Limits, Rate, Urgency, as_urgent_as, published
from bot.slack import ATTEMPTS, SCOPES, Door, SlackNotAsked, SlackRefused, SlackUnavailable
from bot.turns import Turns
from sandbox.api.registry import METHODS
from sandbox.server import Sandbox
from sandbox.troubles import ApiTrouble
from storage.database import Database, database_url
from storage.turns import SqlTurns
from tests.bot.floor import eventually

GENERAL = "C0GENERAL"

DoorAt = Callable[[Limits], Door]


@pytest.fixture
def door_at(sandbox: Sandbox) -> DoorAt:
    """A door that keeps such limits."""

    def made(limits: Limits) -> Door:
        client = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url, retry_handlers=[])
        return Door(client, time_limit=0.5, limits=limits)

    return made


@pytest.fixture
def door(door_at: DoorAt) -> Door:
    return door_at(published)


@pytest.fixture
async def nobody() -> AsyncIterator[Door]:
    """A door behind which nobody is."""
    yield Door(AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/", retry_handlers=[]))


def trouble(sandbox: Sandbox, method: str, **what: Any) -> None:
    sandbox.slack.troubles.api.append(ApiTrouble(method, **what))


def asked(sandbox: Sandbox, method: str) -> int:
    return sum(call.name == method for call in sandbox.workspace.calls)


@pytest.mark.parametrize("error", ["request_timeout", "org_login_required", "team_added_to_org"])
async def test_a_passing_fault_is_tried_again(sandbox: Sandbox, door: Door, error: str) -> None:
    trouble(sandbox, "auth.test", error=error)

    assert (await door.call("auth.test"))["ok"]
    assert asked(sandbox, "auth.test") == 2


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_connection_is_tried_again(sandbox: Sandbox, door: Door, cut: str) -> None:
    trouble(sandbox, "users.info", cut=cut)

    assert (await door.call("users.info", user="U0ANA"))["user"]["name"] == "ana"


async def test_an_answer_that_takes_too_long_is_given_up_and_tried_again(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "auth.test", delay=9.0)
    began = time.monotonic()

    assert (await door.call("auth.test"))["ok"]
    assert time.monotonic() - began < 9.0


async def test_slacks_wish_to_wait_is_obeyed(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "chat.postMessage", error="ratelimited", retry_after=1)
    began = time.monotonic()

    await door.call("chat.postMessage", channel=GENERAL, text="hello")

    assert time.monotonic() - began >= 1.0
    assert asked(sandbox, "chat.postMessage") == 2


async def test_a_fault_that_lasts_is_an_error_that_names_the_request(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "auth.test", error="internal_error", times=ATTEMPTS)

    with pytest.raises(SlackUnavailable, match=r"auth\.test: internal_error") as raised:
        await door.call("auth.test")
    assert raised.value.request_id in "".join(raised.value.__notes__)
    assert raised.value.request_id
    assert asked(sandbox, "auth.test") == ATTEMPTS


async def test_a_no_is_told_at_once_in_slacks_words(sandbox: Sandbox, door: Door) -> None:
    with pytest.raises(SlackRefused, match=r"conversations\.info: channel_not_found") as raised:
        await door.call("conversations.info", channel="C0NONE")

    assert (raised.value.method, raised.value.error) == ("conversations.info", "channel_not_found")
    assert raised.value.request_id
    assert asked(sandbox, "conversations.info") == 1


@pytest.mark.parametrize("trouble_", [{"cut": "after"}, {"error": "internal_error"}, {"delay": 1.0}])
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.create", "bookmarks.add"])
async def test_what_would_be_done_twice_is_left_to_who_can_look(
    sandbox: Sandbox, door: Door, method: str, trouble_: dict[str, Any]
) -> None:
    arguments = {
        "chat.postMessage": {"channel": GENERAL, "text": "hello"},
        "conversations.create": {"name": "room"},
        "bookmarks.add": {"channel_id": GENERAL, "title": "x", "type": "link", "link": "https://x"},
    }
    trouble(sandbox, method, **trouble_)

    with pytest.raises(SlackUnavailable):
        await door.call(method, **arguments[method])
    assert asked(sandbox, method) == 1


async def test_where_nobody_answers_the_error_says_so(nobody: Door) -> None:
    with pytest.raises(SlackUnavailable, match=r"auth\.test: .*127\.0\.0\.1"):
        await nobody.call("auth.test")


async def test_no_error_holds_the_token_or_what_was_written(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "chat.postMessage", cut="after")

    with pytest.raises(SlackUnavailable) as raised:
        await door.call("chat.postMessage", channel=GENERAL, text="our secret")
    assert "secret" not in str(raised.value)
    assert sandbox.app.bot_token not in str(raised.value)


@pytest.fixture
def counting(sandbox: Sandbox) -> Sandbox:
    """A Slack that counts, and lets through little."""
    sandbox.slack.limits.mode = "harsh"
    return sandbox


def posts(door: Door, number: int) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(door.call("chat.postMessage", channel=GENERAL, text=f"{n}")) for n in range(number)]


async def test_what_keeps_slacks_rate_is_never_refused(counting: Sandbox, door_at: DoorAt) -> None:
    door = door_at(lambda method, channel: [Limit(channel, Rate(1, 1.25))])
    await asyncio.gather(*posts(door, 3))
    assert asked(counting, "chat.postMessage") == 3


async def test_where_slack_allows_less_than_it_says_no_call_is_refused_twice(counting: Sandbox, door: Door) -> None:
    await asyncio.gather(*posts(door, 3))
    texts = [message.text for message in counting.workspace.channels[GENERAL].messages.values()]
    assert sorted(texts[-3:]) == ["0", "1", "2"]
    assert 3 < asked(counting, "chat.postMessage") <= 3 + 2


async def test_two_processes_keep_one_rate(counting: Sandbox, postgresql_address: str) -> None:
    client = AsyncWebClient(token=counting.app.bot_token, base_url=counting.api_url, retry_handlers=[])
    databases = [Database(database_url(postgresql_address)) for _ in range(2)]
    doors = [
        Door(client, limits=lambda method, channel: [Limit(channel, Rate(1, 1.25))], turns=Turns(SqlTurns(database)))
        for database in databases
    ]
    with as_urgent_as(Urgency.NOTICE):
        await asyncio.gather(*(post for door in doors for post in posts(door, 2)))
    assert asked(counting, "chat.postMessage") == 4
    for database in databases:
        await database.close()


async def test_who_is_waited_for_goes_first(sandbox: Sandbox, door_at: DoorAt) -> None:
    door = door_at(lambda method, channel: [Limit(method, Rate(1, 0.1))])
    await door.call("users.info", user="U0ANA")
    waiting = []
    for least_first in reversed(Urgency):
        with as_urgent_as(least_first):
            waiting.append(asyncio.create_task(door.call("users.info", user=f"U0{least_first.name}")))
    await asyncio.gather(*waiting, return_exceptions=True)
    asked_for = [call.arguments["user"] for call in sandbox.workspace.calls if call.name == "users.info"]
    assert asked_for == ["U0ANA", "U0PERSON", "U0PAGE", "U0NOTICE", "U0REFRESH"]


async def test_all_wait_as_long_as_slack_asks_one_of_them(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "users.info", error="ratelimited", retry_after=1)
    began = time.monotonic()
    first = asyncio.create_task(door.call("users.info", user="U0ANA"))
    await eventually(lambda: asked(sandbox, "users.info"))
    await door.call("conversations.info", channel=GENERAL)
    await asyncio.gather(first, door.call("users.info", user="U0BEN"))
    assert time.monotonic() - began >= 1
    assert asked(sandbox, "users.info") == 3


async def test_a_form_that_would_come_too_late_is_not_asked_for(
    sandbox: Sandbox, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack, "TRIGGER_LIVES", 0.1)
    trouble(sandbox, "views.open", error="ratelimited", retry_after=9)
    with pytest.raises(SlackNotAsked, match="takes no more of these"):
        await door.call("views.open", trigger_id="1", view={})
    assert asked(sandbox, "views.open") == 1


async def test_what_is_shown_is_drawn_when_its_turn_has_come(sandbox: Sandbox, door_at: DoorAt) -> None:
    door = door_at(lambda method, channel: [Limit(method, Rate(1, 0.1))])
    said = await door.call("chat.postMessage", channel=GENERAL, text="0")
    states = [0]

    async def drawn() -> dict[str, Any]:
        return {"channel": GENERAL, "ts": said["ts"], "text": f"{states[-1]}"}

    await door.show("chat.update", "card", drawn)
    changes = []
    for state in range(1, 6):
        states.append(state)
        changes.append(asyncio.create_task(door.show("chat.update", "card", drawn)))
        await asyncio.sleep(0)
    await asyncio.gather(*changes)
    shown = [call.arguments["text"] for call in sandbox.workspace.calls if call.name == "chat.update"]
    assert shown == ["0", "5"]


async def test_a_refusal_says_what_to_do(sandbox: Sandbox, door: Door) -> None:
    trouble(sandbox, "conversations.create", error="restricted_action")
    with pytest.raises(SlackRefused, match="A workspace owner can let apps do this"):
        await door.call("conversations.create", name="room")


async def test_an_answer_at_a_response_url_that_is_over_is_refused(sandbox: Sandbox, door: Door) -> None:
    with pytest.raises(SlackRefused, match="response_url"):
        await door.respond(f"{sandbox.url}/commands/T0SANDBOX/nothing", text="late")


async def test_a_method_that_is_not_in_the_table_is_a_mistake_of_ours(door: Door) -> None:
    with pytest.raises(AssertionError):
        await door.call("chat.delete")


def test_every_method_of_the_table_is_one_of_slacks_and_the_manifest_has_its_scopes() -> None:
    assert set(SCOPES) <= set(METHODS)
    assert manifest_faults(read_manifest()) == []


@pytest.mark.parametrize(
    ("status", "said", "headers", "retry_after"),
    [
        (429, b'{"ok":false,"error":"ratelimited"}', {"Retry-After": "Sat, 28 Nov 2026 05:00:00 GMT"}, 1.0),
        (200, b"\xff\xfe", {}, None),
    ],
)
async def test_what_something_in_between_answers_is_slack_not_being_there(
    monkeypatch: pytest.MonkeyPatch, status: int, said: bytes, headers: dict[str, str], retry_after: float | None
) -> None:
    monkeypatch.setattr(slack, "ATTEMPTS", 1)

    async def answers(_: web.Request) -> web.Response:
        return web.Response(status=status, body=said, headers=headers, content_type="application/json", charset="utf-8")

    app = web.Application()
    app.router.add_post("/{any}", answers)
    async with TestServer(app) as server:
        door = Door(AsyncWebClient("xoxb-1", base_url=str(server.make_url("/")), retry_handlers=[]))
        for asked in (door.call("auth.test"), door.respond(str(server.make_url("/url")), text="Done.")):
            with pytest.raises(SlackUnavailable) as raised:
                await asked
            assert raised.value.retry_after == retry_after
