"""When Slack is away: people are told at once, everything else waits, nobody hammers, and its return is noticed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot import circuit
from bot.circuit import SUSPICIOUS
from bot.rates import Urgency, as_urgent_as, unlimited
from bot.slack import Door, SlackNotAsked, SlackRefused, SlackUnavailable, Watch
from sandbox.server import Sandbox
from sandbox.troubles import ApiTrouble
from tests.bot.floor import eventually


class Told(Watch):
    """Keeps what it is told of."""

    def __init__(self) -> None:
        self.is_away: list[bool] = []
        self.waits: list[tuple[str, Urgency, str]] = []

    def away(self, away: bool) -> None:
        self.is_away.append(away)

    def waited(self, method: str, urgency: Urgency, reason: str, seconds: float) -> None:
        self.waits.append((method, urgency, reason))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def door(sandbox: Sandbox, told: Told, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A door that looks often whether Slack is back."""
    monkeypatch.setattr(circuit, "FIRST_LOOK", 0.05)
    client = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    door = Door(client, time_limit=0.5, watch=told, limits=unlimited)
    yield door
    door.circuit.stop()


def down(sandbox: Sandbox, method: str = "*") -> None:
    sandbox.slack.troubles.api.append(ApiTrouble(method, error="service_unavailable", times=None))


def asked(sandbox: Sandbox, *but: str) -> int:
    return sum(call.name not in but for call in sandbox.workspace.calls)


async def failing(door: Door, attempts: int = SUSPICIOUS) -> None:
    """Calls that are each tried once, until it is known that Slack is away."""
    for _ in range(attempts):
        with pytest.raises(SlackUnavailable):
            await door.call("chat.postMessage", channel="C0GENERAL", text="Hello")


async def test_a_person_is_told_at_once_and_nobody_hammers(sandbox: Sandbox, door: Door, told: Told) -> None:
    down(sandbox)
    with capture_logs() as logs:
        await failing(door)
        await eventually(lambda: door.circuit.is_open)
    before = asked(sandbox, "auth.test")
    for _ in range(10):
        with pytest.raises(SlackNotAsked, match=r"views\.open: Slack cannot be reached"):
            await door.call("views.open", trigger_id="1", view={})
    assert asked(sandbox, "auth.test") == before
    assert told.is_away == [True]
    [line] = [line for line in logs if line["event"] == "slack_is_away"]
    assert line["log_level"] == "error" and "slack-status.com" in line["hint"]


async def test_what_nobody_looks_at_waits_and_goes_when_slack_is_back(sandbox: Sandbox, door: Door, told: Told) -> None:
    down(sandbox)
    await failing(door)
    await eventually(lambda: door.circuit.is_open)
    with as_urgent_as(Urgency.NOTICE):
        waiting = [asyncio.create_task(door.call("users.info", user="U0ANA")) for _ in range(5)]
    before = asked(sandbox, "auth.test")
    await asyncio.sleep(0.05)
    assert asked(sandbox, "auth.test") == before
    with capture_logs() as logs:
        sandbox.slack.troubles.api.clear()
        assert [answer["user"]["id"] for answer in await asyncio.gather(*waiting)] == ["U0ANA"] * 5
    assert told.is_away == [True, False] and door.circuit.since is None
    assert ("users.info", Urgency.NOTICE, "away") in told.waits
    assert [line["event"] for line in logs] == ["slack_is_back"]


async def test_one_method_that_fails_alone_is_not_slack_being_away(sandbox: Sandbox, door: Door, told: Told) -> None:
    down(sandbox, "chat.postMessage")
    await failing(door, 3 * SUSPICIOUS)
    assert told.is_away == [] and not door.circuit.is_open


async def test_a_no_is_an_answer(sandbox: Sandbox, door: Door, told: Told) -> None:
    down(sandbox, "chat.postMessage")
    for _ in range(3):
        await failing(door, SUSPICIOUS - 1)
        with pytest.raises(SlackRefused):
            await door.call("users.info", user="U0NOBODY")
    assert "auth.test" not in {call.name for call in sandbox.workspace.calls}


async def test_it_is_known_when_slack_is_back(sandbox: Sandbox, door: Door) -> None:
    down(sandbox)
    with as_urgent_as(Urgency.NOTICE):
        back = asyncio.create_task(door.back())
    await eventually(lambda: door.circuit.is_open)
    assert not back.done()
    sandbox.slack.troubles.api.clear()
    await back


async def test_a_look_that_fails_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit, "FIRST_LOOK", 0.001)
    looks = iter([RuntimeError("unforeseen"), None])

    async def look() -> bool:
        if error := next(looks):
            raise error
        return True

    told: list[bool] = []
    away = circuit.Circuit(look, told.append)
    for _ in range(SUSPICIOUS):
        away.failed()
    await eventually(lambda: told == [True, False])
    assert not away.is_open
