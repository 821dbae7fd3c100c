"""What operators see from outside: alive, ready or what is missing, and numbers that agree with what happened."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from slack_bolt.async_app import AsyncApp
from sqlalchemy import URL

from bot import circuit, main
from bot.channels.catching_up import catch_up
from bot.demo import sandbox_settings
from bot.main import running_bot
from bot.manifest import MANIFEST
from bot.metrics import Metrics
from incidents.actions.declare import Declare, declare
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from sandbox.client import Person
from sandbox.server import running_sandbox
from sandbox.troubles import ApiTrouble
from storage.database import database_url
from tests.bot.command_line import REPOSITORY
from tests.bot.free_port import free_port
from tests.e2e.workspace import Workplace, eventually
from web.alert_intake import alert_routes
from web.fetching import fetch
from web.readers.routes import ReaderDesk
from web.slack_requests import slack_requests
from web.status.site import StatusSite, status_routes

OPERATORS = ["/healthz", "/readyz", "/metrics"]


NOT_BY_THE_DOOR = {"apps.connections.open", "auth.test"}
"""Bolt and its client call these too; the bot itself asks once who it is."""


class Operators:
    """Whoever asks at the operators' address."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    async def asks(self, path: str, method: str = "GET") -> tuple[int, str]:
        """The status, and what was said."""
        async with aiohttp.ClientSession() as session, session.request(method, self.address + path) as answer:
            return answer.status, await answer.text()

    async def ready(self) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.address}/readyz") as answer:
            return answer.status, await answer.json()

    async def numbers(self) -> dict[str, Counter[tuple[str, ...]]]:
        """The samples of each name, by the values of their labels in the order of the labels' names."""
        _, told = await self.asks("/metrics")
        numbers: dict[str, Counter[tuple[str, ...]]] = {}
        for family in text_string_to_metric_families(told):
            for sample in family.samples:
                labels = tuple(value for _, value in sorted(sample.labels.items()))
                numbers.setdefault(sample.name, Counter())[labels] += sample.value  # type: ignore[assignment]
        return numbers


@pytest.fixture
def operators(workplace: Workplace) -> Operators:
    return Operators(workplace.running.operations_port)


async def test_at_work_it_is_alive_and_ready(operators: Operators) -> None:
    assert await operators.asks("/healthz") == (200, '{"alive": true}')
    assert await operators.ready() == (200, {"ready": True, "faults": {}})
    assert (await operators.numbers())["tocsin_ready"] == {
        ("process",): 1.0,
        ("database",): 1.0,
        ("slack",): 1.0,
        ("slack_api",): 1.0,
        ("jobs",): 1.0,
    }


@pytest.fixture
def quick_to_reconnect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "PING", 0.5)


@pytest.mark.usefixtures("quick_to_reconnect")
async def test_without_the_connection_to_slack_it_is_alive_and_not_ready(
    workplace: Workplace, operators: Operators, ana: Person
) -> None:
    await ana.trouble(method="apps.connections.open", error="internal_error", times=1000)
    await ana.trouble(disconnect="refresh_requested")

    async def not_ready() -> Any:
        status, said = await operators.ready()
        return said if status == 503 else None

    said = await eventually(not_ready)
    assert said == {"ready": False, "faults": {"slack": "Socket Mode is not connected."}}
    assert (await operators.numbers())["tocsin_ready"][("slack",)] == 0
    assert (await operators.asks("/healthz"))[0] == 200
    workplace.sandbox.slack.troubles.api.clear()

    async def ready() -> bool:
        return (await operators.ready())[0] == 200

    await eventually(ready)


async def test_that_slack_answers_no_calls_makes_it_not_ready_until_it_does(
    workplace: Workplace, operators: Operators, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit, "FIRST_LOOK", 0.05)
    await ana.trouble(method="*", error="service_unavailable", times=100_000)
    await ana.command(workplace.general, "/incident declare")
    await ana.command(workplace.general, "/incident declare")

    async def not_ready() -> Any:
        status, said = await operators.ready()
        return said if status == 503 else None

    said = await eventually(not_ready)
    assert list(said["faults"]) == ["slack_api"]
    assert said["faults"]["slack_api"].startswith("Slack answers no calls since ")
    numbers = await operators.numbers()
    assert numbers["tocsin_slack_away"][()] == 1 and numbers["tocsin_ready"][("slack_api",)] == 0
    workplace.sandbox.slack.troubles.api.clear()

    async def ready() -> bool:
        return (await operators.ready())[0] == 200

    await eventually(ready)
    assert (await operators.numbers())["tocsin_slack_away"][()] == 0


async def test_jobs_that_nobody_runs_make_it_not_ready(workplace: Workplace, operators: Operators) -> None:
    await workplace.running.runner.stop()
    await declare(workplace.running.bot.core, Declare(Somebody.of("slack", "U0ANA"), "form", "Checkout fails"))
    assert (await operators.ready())[0] == 200
    workplace.clock.pass_by(minutes=5)

    status, said = await operators.ready()
    assert (status, list(said["faults"])) == (503, ["jobs"])
    assert "300 seconds" in said["faults"]["jobs"]
    numbers = await operators.numbers()
    assert 299 < numbers["tocsin_job_lag_seconds"][()] < 310
    assert numbers["tocsin_ready"][("jobs",)] == 0


async def test_without_its_database_it_is_alive_and_not_ready(postgresql_address: str) -> None:
    async with (
        running_sandbox(MANIFEST) as sandbox,
        running_bot(sandbox_settings(sandbox, postgresql_address)) as running,
    ):
        operators = Operators(running.operations_port)
        async with closed_to_all(database_url(postgresql_address)):
            status, said = await operators.ready()
            assert (status, list(said["faults"])) == (503, ["database"])
            assert "postgresql" not in str(said)
            numbers = await operators.numbers()
            assert numbers["tocsin_ready"][("database",)] == 0
            assert numbers["tocsin_job_lag_seconds"][()] != numbers["tocsin_job_lag_seconds"][()]  # not a number
            assert (await operators.asks("/healthz"))[0] == 200

        async def ready() -> bool:
            return (await operators.ready())[0] == 200

        await eventually(ready)


async def test_while_it_starts_it_is_alive_and_not_ready(sqlite_address: str) -> None:
    port = free_port()
    operators = Operators(port)
    async with running_sandbox(MANIFEST) as sandbox:
        sandbox.slack.troubles.api.append(ApiTrouble("auth.test", delay=0.5))
        settings = sandbox_settings(sandbox, sqlite_address).model_copy(update={"tocsin_operations_port": port})
        begun, enough = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            async with running_bot(settings):
                begun.set()
                await enough.wait()

        working = asyncio.create_task(work())

        async def asked() -> tuple[int, Any] | None:
            try:
                return await operators.ready()
            except aiohttp.ClientConnectorError:
                return None

        assert await eventually(asked) == (503, {"ready": False, "faults": {"process": "It is starting."}})
        assert (await operators.asks("/healthz"))[0] == 200
        await begun.wait()
        assert (await operators.ready())[0] == 200
        enough.set()
        await working


async def test_the_public_reaches_nothing_of_operators_and_they_nothing_public(
    workplace: Workplace, operators: Operators
) -> None:
    public = Operators(workplace.running.port)
    for path in OPERATORS:
        assert (await operators.asks(path))[0] == 200
        assert (await public.asks(path))[0] == 404
    for route in public_routes(workplace):
        path = re.sub("{.*?}", "any", route.path)
        assert await operators.asks(path, route.method) == (404, "404: Not Found")


@pytest.mark.usefixtures("no_look")
async def test_the_numbers_are_those_of_what_happened(workplace: Workplace, operators: Operators, ana: Person) -> None:
    await ana.trouble(method="chat.update", error="ratelimited", retry_after=1)
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.settle()
    await ana.trouble(delivery="drop", times=2)
    said = [await ana.say(channel, f"message {number}") for number in range(5)]
    await ana.edit(channel, said[-1], "better")
    await ana.command(channel, "/incident note it is the gateway")
    await ana.trouble(method="conversations.setTopic", error="restricted_action")
    await ana.command(channel, "/incident severity 1")

    async def mirrored() -> bool:
        kinds = Counter(type(entry.fact) for entry in await workplace.timeline(1))
        return kinds[facts.Message] == 3 and kinds[facts.MessageEdited] == 1 and kinds[facts.Comment] == 1

    await eventually(mirrored)
    assert await catch_up(workplace.running.bot) == 2
    await workplace.settle()

    numbers = await operators.numbers()
    assert numbers["tocsin_mirrored_messages_total"][()] == 4
    assert numbers["tocsin_caught_up_messages_total"][()] == 2
    assert numbers["tocsin_jobs_parked"][()] == 1
    assert numbers["tocsin_jobs_total"][("set_topic", "parked")] == 1
    assert numbers["tocsin_jobs_total"][("open_channel", "done")] == 1
    assert numbers["tocsin_job_lag_seconds"][()] < 60
    assert numbers["tocsin_slack_wait_seconds_total"][("refresh", "chat.update", "rate_limited")] > 0.5
    assert numbers["tocsin_slack_calls_total"][("chat.update", "rate_limited")] == 1
    assert numbers["tocsin_slack_calls_total"][("conversations.setTopic", "refused")] == 1
    assert calls_counted(numbers) == Counter(
        call.name for call in workplace.calls() if call.name not in NOT_BY_THE_DOOR
    ) + Counter(["auth.test"])
    assert numbers["tocsin_deliveries_total"][("200", "slash_command")] == 3
    assert numbers["tocsin_deliveries_total"][("200", "view_submission")] == 1
    assert deliveries_counted(numbers) == sum(
        call.direction == "delivery" and call.failure != "dropped" for call in workplace.sandbox.workspace.calls
    )
    assert numbers["tocsin_acknowledgement_seconds_count"][("slash_command",)] == 3
    assert 0 < numbers["tocsin_acknowledgement_seconds_sum"][("slash_command",)] < 9
    assert numbers["process_resident_memory_bytes"][()] > 1_000_000


async def test_strangers_are_counted_and_make_up_no_names(sqlite_address: str) -> None:
    """Over HTTP anybody can post; who has not signed it as Slack does is refused."""
    port = free_port()
    event = {"type": "event_callback", "event_id": "Ev0", "event": {"type": "made_up"}}
    async with running_sandbox(MANIFEST, request_url=f"http://127.0.0.1:{port}/slack/events") as sandbox:
        settings = sandbox_settings(sandbox, sqlite_address).model_copy(update={"tocsin_port": port})
        async with running_bot(settings) as running, aiohttp.ClientSession() as session:
            headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=00"}
            async with session.post(f"{running.bot.url}/slack/events", json=event, headers=headers) as answer:
                assert answer.status == 401
            operators = Operators(running.operations_port)
            assert (await operators.numbers())["tocsin_deliveries_total"] == {("401", "other"): 1}
            assert (await operators.ready())[0] == 200


def test_the_documentation_names_each_number() -> None:
    table = (REPOSITORY / "docs/operating.md").read_text().split("## Metrics")[1].split("\n## ")[0]
    written = set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))

    counted = {family.name: family for family in Metrics().registry.collect() if family.name.startswith("tocsin_")}
    assert {name.removesuffix("_total") for name in written} == set(counted)
    assert {name for name in written if name.endswith("_total")} == {
        f"{name}_total" for name, family in counted.items() if family.type == "counter"
    }


async def test_no_number_is_told_of_what_was_said_or_of_who_said_it(
    workplace: Workplace, operators: Operators, ana: Person
) -> None:
    channel = await workplace.declare(ana, "Hush-hush title")
    await ana.say(channel, "Hush-hush message")
    _, told = await operators.asks("/metrics")
    assert "tocsin_mirrored_messages_total" in told
    assert [word for word in ("ush-hush", "U0ANA", channel) if word in told] == []


def public_routes(workplace: Workplace) -> list[web.RouteDef]:
    """All that is served at the public address, over HTTP to Slack included."""
    bot = workplace.running.bot
    site = StatusSite(bot.core.storage.read.public, bot.url, workplace.clock)
    desk = ReaderDesk(bot.core, site.page, bot.url, mail=True)
    for_slack = slack_requests(AsyncApp(token="xoxb-1", signing_secret="secret"))
    return [*alert_routes(bot.core, fetch), for_slack, *desk.routes(), *status_routes(site)]


def calls_counted(numbers: dict[str, Counter[tuple[str, ...]]]) -> Counter[str]:
    """How often each of Slack's methods was called, whatever came of it."""
    counted: Counter[str] = Counter()
    for (method, _), times in numbers["tocsin_slack_calls_total"].items():
        counted[method] += int(times)
    return counted


def deliveries_counted(numbers: dict[str, Counter[tuple[str, ...]]]) -> int:
    return int(sum(numbers["tocsin_deliveries_total"].values()))


@asynccontextmanager
async def closed_to_all(address: URL) -> AsyncIterator[None]:
    """The database takes no connection, and has none, while the block runs."""
    everybody = address.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(everybody)
    await connection.execute(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS false")
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", address.database
    )
    yield
    await connection.execute(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS true")
    await connection.close()
