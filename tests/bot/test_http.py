"""Slack's requests over HTTP, signed and fresh: what is not, is refused before anything is done.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.demo import sandbox_settings
from bot.main import running_bot
from bot.manifest import MANIFEST
from sandbox.deliveries.http import signature
from sandbox.server import Sandbox, running_sandbox
from tests.bot.free_port import free_port
from tests.clock import Clock
from tests.e2e.workspace import Workplace, eventually

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MINUTES = 60
COMMAND = urlencode(
    {
        "command": "/incident",
        "text": "declare",
        "user_id": "U0ANA",
        "channel_id": "C0GENERAL",
        "team_id": "T0SANDBOX",
        "trigger_id": "1.2.3",
    }
)


@dataclass
class AtWork:
    """The bot behind its address."""

    workplace: Workplace
    url: str

    @property
    def sandbox(self) -> Sandbox:
        return self.workplace.sandbox

    async def send(self, body: str, kind: str, *, age: float = 0, secret: str | None = None) -> tuple[int, str]:
        """Post ``body`` as Slack would have signed it ``age`` seconds ago; gives the status and the answer."""
        at = str(int(time.time() - age))
        signed = signature(self.sandbox.app.signing_secret if secret is None else secret, at, body)
        return await self.post(body, {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed}, kind)

    async def post(self, body: str, headers: dict[str, str], kind: str = FORM) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=body, headers={"Content-Type": kind, **headers}) as answer,
        ):
            return answer.status, await answer.text()

    def calls(self) -> list[str]:
        """The methods that the bot called so far."""
        return [call.name for call in self.sandbox.workspace.calls if call.direction == "api"]


@pytest.fixture
async def at_work(sqlite_address: str) -> AsyncIterator[AtWork]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/slack/events"
    async with running_sandbox(MANIFEST, request_url=url) as sandbox:
        settings = sandbox_settings(sandbox, sqlite_address).model_copy(update={"tocsin_port": port})
        async with running_bot(settings) as running:
            yield AtWork(Workplace(sandbox, running, Clock()), url)


def message(text: str) -> str:
    """A message event, as Slack delivers it."""
    event = {"type": "message", "channel": "C0GENERAL", "user": "U0ANA", "text": text, "ts": f"{time.time():.6f}"}
    return json.dumps({"type": "event_callback", "event_id": "Ev1", "team_id": "T0SANDBOX", "event": event})


async def test_an_incident_is_declared_mirrored_and_resolved(at_work: AtWork) -> None:
    workplace, ana = at_work.workplace, at_work.workplace.person("ana")
    channel = await workplace.declare(ana, "Checkout fails")
    await ana.say(channel, "It is the new gateway")
    await ana.command(channel, "/incident resolve")

    async def resolved() -> list[str] | None:
        kinds = [entry.fact.kind for entry in await workplace.timeline(1)]
        return kinds if not (await workplace.incident(1)).is_open else None

    assert "message" in await eventually(resolved)
    assert "apps.connections.open" not in at_work.calls()


@pytest.mark.parametrize(("body", "kind"), [(COMMAND, FORM), (message("forged"), JSON)])
@pytest.mark.parametrize("age", [0, 6 * MINUTES, -6 * MINUTES])
@pytest.mark.parametrize("secret", ["not-the-secret", ""])
async def test_what_slack_did_not_sign_is_refused(at_work: AtWork, body: str, kind: str, age: int, secret: str) -> None:
    before = at_work.calls()
    status, _ = await at_work.send(body, kind, age=age, secret=secret)

    assert status == 401
    assert at_work.calls() == before


@pytest.mark.parametrize(("body", "kind"), [(COMMAND, FORM), (message("replayed"), JSON)])
@pytest.mark.parametrize("age", [5 * MINUTES + 2, 24 * 60 * MINUTES, -5 * MINUTES - 2])
async def test_what_is_older_than_five_minutes_is_refused(at_work: AtWork, body: str, kind: str, age: int) -> None:
    before = at_work.calls()
    status, _ = await at_work.send(body, kind, age=age)

    assert status == 401
    assert at_work.calls() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "now", "X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": ""},
    ],
)
async def test_what_is_not_signed_at_all_is_refused(at_work: AtWork, headers: dict[str, str]) -> None:
    before = at_work.calls()
    status, _ = await at_work.post(COMMAND, headers)

    assert status == 401
    assert at_work.calls() == before


async def test_a_signature_holds_for_its_own_body_only(at_work: AtWork) -> None:
    at = str(int(time.time()))
    signed = signature(at_work.sandbox.app.signing_secret, at, COMMAND)
    status, _ = await at_work.post(
        COMMAND.replace("U0ANA", "U0EVE"), {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed}
    )

    assert status == 401


async def test_slack_finds_the_address_verified(at_work: AtWork) -> None:
    """https://docs.slack.dev/reference/events/url_verification"""
    status, answer = await at_work.send(json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}), JSON)

    assert status == 200
    assert "3eZbrw1a" in answer


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", JSON),
        ("{", JSON),
        ("[]", JSON),
        ("null", JSON),
        ("payload=%7B", FORM),
        ("payload=7", FORM),
        ("\x00", FORM),
        (json.dumps({"type": "event_callback", "event": {}}), JSON),
        (json.dumps({"type": "event_callback", "event": {"type": "message", "channel": 7}}), JSON),
    ],
)
async def test_a_signed_body_of_no_sense_is_answered_and_the_bot_lives_on(
    at_work: AtWork, body: str, kind: str
) -> None:
    status, answer = await at_work.send(body, kind)

    assert status < 500
    assert "Traceback" not in answer
    await at_work.workplace.person("ana").command("C0GENERAL", "/incident help")


async def test_a_body_beyond_all_size_is_refused(at_work: AtWork) -> None:
    status, _ = await at_work.send("x" * (1024 * 1024 + 1), FORM)

    assert status == 413


async def test_there_is_nothing_else_at_this_address(at_work: AtWork) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(at_work.url) as got,
        session.get(at_work.url.removesuffix("slack/events")) as root,
    ):
        assert (got.status, root.status) == (405, 404)
