"""Calls outside Slack: made by Apprise in their order until somebody answers, and silent where they should be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import pytest
from aiohttp import web

from incidents.actions.paging import PageRequest, page
from incidents.actions.respond import join
from incidents.model.organisation import Notifications, Outside, Quiet, Target, TargetKind
from incidents.model.vocabulary import Severity
from tests.bot.floor import ANA, BEN, Floor
from tests.bot.free_port import free_port

Json = dict[str, Any]


@dataclass
class Receiver:
    """A service that takes notifications, as Apprise's ``json://`` posts them.

    https://appriseit.com/services/json/
    """

    port: int
    taken: list[Json] = field(default_factory=list)
    status: int = 200

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append({"path": request.path, **await request.json()})
        return web.Response(status=self.status)

    def way(self, path: str = "phone", after: int = 0) -> Outside:
        return Outside(url=f"json://127.0.0.1:{self.port}/{path}", after=after)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver(free_port())
    application = web.Application()
    application.router.add_post("/{path}", receiver.take)
    async with serving(application, receiver.port):
        yield receiver


@asynccontextmanager
async def serving(application: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def reached_by(floor: Floor, *ways: Outside, quiet: Quiet | None = None) -> None:
    await floor.organise(people={BEN: Notifications(outside=ways, quiet=quiet)})


async def ben_paged(floor: Floor, **incident: Any) -> None:
    """Ana pages Ben for a new incident, INC-1."""
    await floor.declare("Checkout fails", **incident)
    targets = [Target.of(TargetKind.PERSON, BEN)]
    await page(floor.bot.core, PageRequest(ANA, 1, targets, "DB pool exhausted"))
    await floor.settled()


async def test_whoever_is_paged_is_called_outside_slack_too(floor: Floor, receiver: Receiver) -> None:
    await reached_by(floor, receiver.way())
    await ben_paged(floor, severity=Severity.SEV1)
    [call] = receiver.taken
    assert call["title"] == "SEV1 INC-1 Checkout fails"
    assert "DB pool exhausted" in call["message"] and "Answer in Slack" in call["message"]


async def test_ways_are_tried_one_after_the_other_until_somebody_answers(floor: Floor, receiver: Receiver) -> None:
    await reached_by(floor, receiver.way("push"), receiver.way("sms", after=2), receiver.way("call", after=4))
    await ben_paged(floor)
    assert [call["path"] for call in receiver.taken] == ["/push"]
    await floor.later(minutes=2)
    assert [call["path"] for call in receiver.taken] == ["/push", "/sms"]
    await join(floor.bot.core, 1, BEN)
    await floor.later(minutes=2, seconds=30)
    assert [call["path"] for call in receiver.taken] == ["/push", "/sms"]


async def test_of_a_private_incident_nothing_is_said_outside(floor: Floor, receiver: Receiver) -> None:
    await reached_by(floor, receiver.way())
    await ben_paged(floor, private=True)
    [call] = receiver.taken
    assert (call["title"], call["message"]) == ("Tocsin", "You are paged; see Slack.")


async def test_in_quiet_hours_only_what_is_urgent_is_called(floor: Floor, receiver: Receiver) -> None:
    await reached_by(floor, receiver.way(), quiet=Quiet(begin=time(0), end=time(23, 59), urgent=Severity.SEV2))
    await ben_paged(floor, severity=Severity.SEV3)
    assert receiver.taken == []
    await floor.declare("All is down", severity=Severity.SEV1)
    await page(floor.bot.core, PageRequest(ANA, 2, [Target.of(TargetKind.PERSON, BEN)]))
    await floor.settled()
    assert [call["title"] for call in receiver.taken] == ["SEV1 INC-2 All is down"]


async def test_secrets_come_from_the_environment_when_they_are_needed(
    floor: Floor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEN_PHONE", "from-the-environment")
    await reached_by(floor, receiver.way("${BEN_PHONE}"))
    await ben_paged(floor)
    assert [call["path"] for call in receiver.taken] == ["/from-the-environment"]


async def test_a_secret_that_is_not_there_is_named(floor: Floor, receiver: Receiver) -> None:
    await reached_by(floor, receiver.way("${NO_SUCH_SECRET}"))
    await ben_paged(floor)
    [parked] = await floor.storage.jobs.parked()
    assert "NO_SUCH_SECRET" in parked.reason and receiver.taken == []


async def test_a_service_that_fails_is_tried_again_and_its_address_is_in_no_log(
    floor: Floor, receiver: Receiver, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.status = 503
    await reached_by(floor, receiver.way("hush"))
    await ben_paged(floor)
    receiver.status = 200
    await floor.later(seconds=30)
    assert [call["path"] for call in receiver.taken] == ["/hush", "/hush"]
    assert "hush" not in caplog.text + capsys.readouterr().out


async def test_an_address_that_apprise_does_not_know_is_parked_with_its_reason(floor: Floor) -> None:
    await reached_by(floor, Outside(url="nonsense"))
    await ben_paged(floor)
    [parked] = await floor.storage.jobs.parked()
    assert "no address that Apprise knows" in parked.reason
