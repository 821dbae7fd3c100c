"""Webhooks and pages elsewhere are told of what is published: signed, once, again where they were away."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from incidents.actions.readers import begin_telling
from incidents.actions.updates import Writing, approve, draft
from incidents.model.publishing_rules import StatusPage, Statuspage, Webhook
from incidents.model.vocabulary import Impact, PublicStatus
from tests.conftest import ON_SQLITE
from tests.web.test_readers import ANA, BEN, Office, office, organisation, said

__all__ = ["office"]
Json = dict[str, Any]
SECRET = b"made for this test"
KEY = f"whsec_{base64.b64encode(SECRET).decode()}"


@dataclass
class Receiver:
    """A webhook's receiver, and Atlassian Statuspage's API as documented: https://developer.statuspage.io/"""

    url: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    incidents: list[Json] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response(status=self.status)

    async def listed(self, request: web.Request) -> web.Response:
        self.asked.append(("GET", request.headers["Authorization"]))
        return web.json_response(self.incidents, status=self.status)

    async def made(self, request: web.Request) -> web.Response:
        said = (await request.json())["incident"]
        self.asked.append(("POST", said["status"]))
        self.incidents.append({"id": f"their-{len(self.incidents)}", "incident_updates": [], **said})
        self.say(self.incidents[-1])
        return web.json_response(self.incidents[-1], status=201)

    async def changed(self, request: web.Request) -> web.Response:
        said = (await request.json())["incident"]
        self.asked.append(("PATCH", said.get("status", "")))
        [known] = [each for each in self.incidents if each["id"] == request.match_info["id"]]
        known.update(said)
        if "body" in said:
            self.say(known)
        return web.json_response(known)

    def say(self, incident: Json) -> None:
        """A new update of ``incident``, which stands first."""
        told: list[Json] = incident["incident_updates"]
        told.insert(
            0, {"id": f"said-{len(told)}", "body": incident["body"], "created_at": f"2026-01-01T00:0{len(told)}Z"}
        )

    async def reworded(self, request: web.Request) -> web.Response:
        self.asked.append(("PATCH", request.match_info["update"]))
        [known] = [each for each in self.incidents if each["id"] == request.match_info["id"]]
        [update] = [each for each in known["incident_updates"] if each["id"] == request.match_info["update"]]
        update.update((await request.json())["incident_update"])
        return web.json_response(update)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.take)
    application.router.add_get("/v1/pages/theirs/incidents", receiver.listed)
    application.router.add_post("/v1/pages/theirs/incidents", receiver.made)
    application.router.add_patch("/v1/pages/theirs/incidents/{id}", receiver.changed)
    application.router.add_patch("/v1/pages/theirs/incidents/{id}/incident_updates/{update}", receiver.reworded)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    receiver.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    """Told of what the page *status* says, as a webhook and as a page elsewhere."""
    monkeypatch.setenv("HOOK_KEY", KEY)
    monkeypatch.setenv("STATUSPAGE_KEY", "statuspage-key")
    async with receiving() as receiver:
        office.telling.statuspage = f"{receiver.url}/v1"
        organised = organisation()
        told = organised.pages["status"].model_copy(
            update={
                "webhooks": (Webhook(url=f"{receiver.url}/hook", key="${HOOK_KEY}"),),
                "statuspage": Statuspage(page="theirs", key="${STATUSPAGE_KEY}", components={"checkout": "c1"}),
            }
        )
        await organise(office, told)
        yield receiver


async def organise(office: Office, page: StatusPage) -> None:
    organised = organisation()
    async with office.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organised.model_copy(update={"pages": {**organised.pages, "status": page}}))


async def test_a_webhook_gets_what_the_page_says_signed(office: Office, receiver: Receiver) -> None:
    await office.publish("It fails.")
    [(headers, body)] = receiver.taken
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert told["type"] == "status_update.published"
    assert told["event"]["title"] == "Problems with payments" and told["update"]["body"] == "It fails."
    assert [(each["name"], each["impact"]) for each in told["services"]] == [("Checkout", "partial_outage")]
    assert told["event"]["url"].startswith(f"{office.url}/status/status/incidents/")


@ON_SQLITE
async def test_once_all_is_over_no_service_is_told_to_fail(office: Office, receiver: Receiver) -> None:
    await office.confirmed("kim@example.com")
    await office.publish("It fails.")
    await published(
        office, Writing(body="It works.", status=PublicStatus.RESOLVED, impacts={"checkout": Impact.DEGRADED})
    )
    told = json.loads(receiver.taken[-1][1])
    assert [(each["name"], each["impact"]) for each in told["services"]] == [("Checkout", "operational")]
    assert "Checkout: Operational" in said(office.mail.taken[-1])


async def test_a_webhook_that_was_away_is_told_again_and_one_that_refuses_is_given_up(
    office: Office, receiver: Receiver
) -> None:
    receiver.status = 503
    await office.publish()
    receiver.status = 200
    office.clock.pass_by(minutes=2)
    await office.settled()
    first, second = receiver.taken
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    receiver.status = 410
    await office.publish("More.")
    parked = await office.core.storage.jobs.parked()
    assert any("The webhook does not take an update: it answered 410" in each.reason for each in parked)
    assert all(receiver.url not in each.reason and KEY not in each.reason for each in parked)


async def test_a_page_elsewhere_says_the_same_once(office: Office, receiver: Receiver) -> None:
    await office.publish("It **fails**.")
    [there] = receiver.incidents
    assert (there["name"], there["body"], there["status"]) == ("Problems with payments", "It fails.", "investigating")
    assert there["components"] == {"c1": "partial_outage"} and there["deliver_notifications"] is True
    await begin_again(office, 1)
    assert [asked for asked, _ in receiver.asked] == ["GET", "POST", "GET"]

    await published(office, Writing(body="It works.", status=PublicStatus.RESOLVED))
    [there] = receiver.incidents
    assert (there["status"], there["components"]) == ("resolved", {"c1": "operational"})
    assert receiver.asked[0][1] == "OAuth statuspage-key"


@ON_SQLITE
async def test_what_is_tried_again_late_takes_back_nothing_that_the_page_elsewhere_says_since(
    office: Office, receiver: Receiver
) -> None:
    receiver.status = 403
    await office.publish("It fails.")
    receiver.status = 200
    await published(office, Writing(body="It works.", status=PublicStatus.RESOLVED))
    for parked in await office.core.storage.jobs.parked():
        await office.core.storage.jobs.retry(parked.job.id, office.clock())
    await office.settled()
    assert await office.core.storage.jobs.parked() == []
    [there] = receiver.incidents
    assert (there["status"], [each["body"] for each in there["incident_updates"]]) == ("resolved", ["It works."])


async def test_a_correction_reaches_the_page_elsewhere_and_no_webhook(office: Office, receiver: Receiver) -> None:
    first = await office.publish("It fails.")
    await office.publish("It still fails.")
    fixed = Writing(body="It is slow.", status=PublicStatus.INVESTIGATING, impacts={"checkout": Impact.DEGRADED})
    await published(office, fixed, corrects=first.number)
    [there] = receiver.incidents
    assert [each["body"] for each in there["incident_updates"]] == ["It still fails.", "It is slow."]
    assert there["components"] == {"c1": "partial_outage"} and there["deliver_notifications"] is False
    assert len(receiver.taken) == 2


async def test_what_others_wrote_on_the_page_elsewhere_is_not_written_over(office: Office, receiver: Receiver) -> None:
    first = await office.publish("It fails.")
    receiver.say(receiver.incidents[0])
    await published(office, Writing(body="It is slow.", status=PublicStatus.INVESTIGATING), corrects=first.number)
    [parked] = await office.core.storage.jobs.parked()
    assert "correct it there by hand" in parked.reason


async def test_where_nobody_is_to_be_told_the_page_elsewhere_tells_nobody(office: Office, receiver: Receiver) -> None:
    await office.publish("It fails.", notify=False)
    assert [each["deliver_notifications"] for each in receiver.incidents] == [False]
    assert receiver.taken == []


async def test_planned_maintenance_is_that_elsewhere_too(office: Office, receiver: Receiver) -> None:
    now = office.clock()
    window = {"begins_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
    await office.publish("We move.", **window)
    [there] = receiver.incidents
    assert (there["status"], there["components"]) == ("scheduled", {"c1": "operational"})
    assert there["scheduled_for"] == window["begins_at"].isoformat()
    told = json.loads(receiver.taken[0][1])
    assert told["maintenance"] == {name: at.isoformat() for name, at in window.items()}
    office.clock.pass_by(minutes=61)
    await office.publish("We have begun.", **window)
    assert (there["status"], there["components"]) == ("in_progress", {"c1": "partial_outage"})


async def test_a_key_that_the_environment_lacks_is_named(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK_KEY")
    await office.publish()
    [parked] = await office.core.storage.jobs.parked()
    assert "the environment has no HOOK_KEY" in parked.reason and receiver.taken == []


async def published(office: Office, writing: Writing, corrects: int | None = None) -> None:
    _, written = await draft(office.core, 1, ANA, writing, corrects=corrects)
    await approve(office.core, 1, BEN, written.number, written.text.digest, (), {})
    await office.settled()


async def begin_again(office: Office, update: int) -> None:
    await begin_telling(office.core, 1, update)
    await office.settled()
