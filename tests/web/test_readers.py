"""Readers of status pages: asked before they are told, told once of what was published, gone with one press.

A real SMTP server on loopback, a real database, and the forms over HTTP.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from yarl import URL

from incidents.actions.declare import Declare, declare
from incidents.actions.readers import begin_telling
from incidents.actions.updates import Writing, approve, draft
from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.organisation import Communication, Organisation, OwnedService, Target, TargetKind
from incidents.model.publishing_rules import ServicesShown, StatusPage
from incidents.model.status_update import StatusUpdate
from incidents.model.vocabulary import Impact, PublicStatus
from incidents.publishing import public_service
from storage.runner import JobRunner
from storage.storage import SqlStorage
from tests.clock import Clock
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import eventually
from tests.mail_server import MailServer, link_in, running_mail_server
from tests.web.status.test_page_browser import STANDARD
from web.readers.post import Post
from web.readers.routes import ReaderDesk
from web.readers.telling import Telling
from web.server import serving, take_address
from web.status.site import StatusSite, status_routes

ANA, BEN = Person.of("slack", "UANA"), Person.of("slack", "UBEN")
BODY = "Some **card payments** fail.\n\n<script>alert(1)</script>"


@dataclass
class Office:
    """All that readers meet, and the way to publish something for them."""

    core: Core
    mail: MailServer
    runner: JobRunner
    telling: Telling
    site: StatusSite
    session: aiohttp.ClientSession
    url: str
    clock: Clock

    async def settled(self) -> None:
        await self.runner.idle()

    async def subscribe(self, address: str, *services: str, page: str = "status") -> int:
        form = [("address", address), *(("service", public_service(service)) for service in services)]
        async with self.session.post(f"{self.url}/status/{page}/subscribe", data=form) as answer:
            await answer.text()
        await self.settled()
        return answer.status

    async def follow(self, link: str, press: bool = True) -> tuple[int, str]:
        """Open a link of a mail; ``press`` its button too."""
        ask = self.session.post if press else self.session.get
        async with ask(link) as answer:
            return answer.status, await answer.text()

    async def confirmed(self, address: str, *services: str) -> None:
        await self.subscribe(address, *services)
        assert (await self.follow(link_in(self.mail.to(address)[-1], "confirm")))[0] == 200

    async def publish(self, body: str = BODY, service: str = "checkout", **more: Any) -> StatusUpdate:
        """Ana writes an update of INC-1 that Ben approves."""
        writing = Writing(
            title="Problems with payments",
            body=body,
            status=PublicStatus.INVESTIGATING,
            impacts={service: Impact.PARTIAL_OUTAGE},
            **more,
        )
        _, written = await draft(self.core, 1, ANA, writing)
        _, update = await approve(self.core, 1, BEN, written.number, written.text.digest, (), {})
        await self.settled()
        return update


def organisation() -> Organisation:
    services = {id: OwnedService(name=id.title()) for id in ("checkout", "search")}
    groups = (ServicesShown(services=("checkout", "search")),)
    pages = {
        "status": StatusPage(name="Acme status", groups=groups),
        "inside": StatusPage(name="Inside", groups=groups, private=True),
        "lage": StatusPage(name="Lage", groups=groups, language="de"),
    }
    approvers = Communication(approvers=(Target.of(TargetKind.PERSON, BEN),))
    return Organisation(services=services, pages=pages, updates=approvers)


@pytest.fixture
async def office(database_address: str) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(running_mail_server())
        clock = Clock()
        storage = await SqlStorage.open(database_address)
        stack.push_async_callback(storage.close)
        core = Core(storage, clock)
        async with storage.transaction() as unit:
            await unit.organisation.save(organisation())
        await declare(core, Declare(ANA, "form", "Checkout fails"))
        address = take_address("127.0.0.1", 0)
        url = f"http://127.0.0.1:{address.getsockname()[1]}"
        telling = Telling(core, Post(f"smtp://127.0.0.1:{server.port}", "Acme status <status@acme.example>"), url)
        runner = JobRunner(storage, telling.handlers, clock)
        await runner.start()
        stack.push_async_callback(runner.stop)
        site = StatusSite(storage.read.public, url, clock)
        await stack.enter_async_context(site.kept_fresh())
        desk = ReaderDesk(core, site.page, url, mail=True)
        await stack.enter_async_context(serving(address, [*desk.routes(), *status_routes(site)]))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield Office(core, server, runner, telling, site, session, url, clock)


def said(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def test_whoever_subscribes_is_asked_and_told_only_after_they_confirmed(office: Office) -> None:
    assert await office.subscribe("Kim@Example.com") == 200
    [asked] = office.mail.taken
    assert asked["To"] == "Kim@example.com" and asked["Subject"] == "Confirm: Acme status"
    assert asked["Received"] == "from acme.example", "what our machine is called is nobody's business"
    await office.publish("Before.")
    assert office.mail.taken == [asked]

    link = link_in(asked, "confirm")
    assert (await office.follow(link, press=False))[0] == 200
    await office.publish("Still before: a link that is only opened confirms nothing.")
    assert office.mail.taken == [asked]

    assert "You are subscribed" in (await office.follow(link))[1]
    await office.publish()
    told = office.mail.taken[-1]
    assert told["Subject"] == "Investigating: Problems with payments"
    plain, html = said(told), said(told, "html")
    assert "Some card payments fail." in plain and "Checkout: Partial outage" in plain
    assert "<strong>card payments</strong>" in html and "<script>" not in html
    assert f"{office.url}/status/status/incidents/" in plain


async def test_one_press_of_the_mail_program_ends_it(office: Office) -> None:
    await office.confirmed("kim@example.com")
    await office.publish()
    told = office.mail.taken[-1]
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = told["List-Unsubscribe"].strip("<> \r\n")
    assert (await office.follow(link, press=False))[0] == 200
    async with office.session.post(link, data={"List-Unsubscribe": "One-Click"}) as answer:
        assert answer.status == 200
    await office.publish("More.")
    assert office.mail.taken[-1] is told
    status, answer = await office.follow(link)
    assert status == 404 and "This link does nothing any more" in answer


async def test_readers_are_told_only_of_the_services_they_chose(office: Office) -> None:
    await office.confirmed("all@example.com")
    await office.confirmed("search@example.com", "search")
    await office.confirmed("checkout@example.com", "checkout", "nonsense")
    before = len(office.mail.taken)
    await office.publish()
    assert {mail["To"] for mail in office.mail.taken[before:]} == {"all@example.com", "checkout@example.com"}


async def test_readers_change_the_services_they_hear_of_by_a_link_in_each_mail(office: Office) -> None:
    await office.confirmed("kim@example.com", "search")
    await office.publish(service="search")
    link = link_in(office.mail.taken[-1], "services")
    status, form = await office.follow(link, press=False)
    assert status == 200 and form.count(" checked") == 1 and "kim@example.com · Acme status" in form
    ticked = {"service": public_service("checkout")}
    async with office.session.post(link, data=ticked) as answer:
        assert "You get a mail with each update about Checkout." in await answer.text()
    before = len(office.mail.taken)
    await office.publish("More of search.", service="search")
    assert len(office.mail.taken) == before
    assert "You get a mail with each update." in (await office.follow(link))[1]  # none ticked
    await office.publish("Still search.", service="search")
    assert len(office.mail.taken) == before + 1
    await office.follow(link_in(office.mail.taken[-1], "leave"))
    assert (await office.follow(link))[0] == 404


async def test_nobody_can_have_thousands_of_strangers_written_to(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.readers.routes.ASKED_AT_MOST", "3/hour; 9/day")
    asked = [await office.subscribe(f"stranger-{number}@example.com") for number in range(5)]
    assert asked == [200, 200, 200, 429, 429]
    assert len(office.mail.taken) == 3
    async with office.session.post(f"{office.url}/status/lage/subscribe", data={"address": "x@example.com"}) as answer:
        assert "Zu viele auf einmal" in await answer.text() and "Set-Cookie" not in answer.headers


async def test_each_is_told_once_however_often_the_work_is_done_again(office: Office) -> None:
    await office.confirmed("kim@example.com")
    update = await office.publish()
    for _ in range(3):
        await begin_telling(office.core, 1, update.number)
        await office.settled()
    assert len(office.mail.to("kim@example.com")) == 2  # asked, and told


@ON_SQLITE
async def test_a_mail_that_may_have_been_sent_goes_out_again_by_the_same_name_which_counts_no_readers(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise OSError("the database is gone")

    for address in ("kim@example.com", "lee@example.com"):
        await office.confirmed(address)
    with monkeypatch.context() as failing:
        failing.setattr("web.readers.telling.reader_was_told", lost)
        await office.publish()
    office.clock.pass_by(minutes=2)
    await office.settled()
    names = [[mail["Message-ID"] for mail in office.mail.to(f"{who}@example.com")] for who in ("kim", "lee")]
    for asked, told, again in names:
        assert told == again != asked and re.fullmatch(r"<[0-9a-f]{32}@acme\.example>", told)
    assert names[0][1] != names[1][1]


async def test_nobody_is_told_where_the_update_says_so_or_of_a_correction(office: Office) -> None:
    await office.confirmed("kim@example.com")
    await office.publish(notify=False)
    assert len(office.mail.taken) == 1
    first = await office.publish("Second.")
    assert len(office.mail.taken) == 2
    corrected = Writing(
        body="Second, corrected.", status=PublicStatus.INVESTIGATING, impacts={"checkout": Impact.DEGRADED}
    )
    _, written = await draft(office.core, 1, ANA, corrected, corrects=first.number)
    await approve(office.core, 1, BEN, written.number, written.text.digest, (), {})
    await office.settled()
    assert len(office.mail.taken) == 2


async def test_nobody_gets_mail_of_a_page_that_has_become_private(office: Office) -> None:
    await office.confirmed("kim@example.com")
    office.mail.refuse = {"kim@example.com": "451 later", "lee@example.com": "451 later"}
    await office.subscribe("lee@example.com")
    await office.publish("Not taken while the page was public.")
    organised = organisation()
    hidden = organised.pages["status"].model_copy(update={"private": True, "name": "By invitation"})
    async with office.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organised.model_copy(update={"pages": {"status": hidden}}))
    office.mail.refuse = {}
    office.clock.pass_by(minutes=2)
    await office.settled()
    assert office.mail.to("lee@example.com") == []
    await office.publish()
    [asked] = office.mail.to("kim@example.com")
    link = link_in(asked, "confirm")
    office.site.changed()

    async def is_hidden() -> bool:
        shown = office.site.page("status")
        return shown is not None and shown.page.private

    await eventually(is_hidden)
    for what in ("confirm", "services"):
        for press in (False, True):
            status, _ = await office.follow(link.replace("confirm", what), press)
            assert status == 404, what
    leaving = link.replace("confirm", "leave")
    for press, said_then in (
        (False, '<button class="button" type="submit">Unsubscribe'),
        (True, "not subscribed any more"),
    ):
        status, text = await office.follow(leaving, press)
        assert status == 200 and said_then in text
        assert not [hint for hint in ("By invitation", "Checkout", "private", "href") if hint in text]
    assert (await office.follow(leaving, press=False))[0] == 404


async def test_a_mail_about_maintenance_says_when_it_is(office: Office) -> None:
    await office.confirmed("kim@example.com")
    begins = office.clock() + timedelta(days=1)
    await office.publish(begins_at=begins, ends_at=begins + timedelta(hours=1), next_at=begins)
    told = office.mail.to("kim@example.com")[-1]
    assert told["Subject"] == "Planned: Problems with payments"
    assert f"{begins:%H:%M} – " in said(told) and f"Next update by {begins.day} " in said(told)


async def test_an_address_that_fails_delays_nobody_and_is_tried_again(office: Office) -> None:
    await office.confirmed("away@example.com")
    await office.confirmed("gone@example.com")
    await office.confirmed("kim@example.com")
    office.mail.refuse = {"away@example.com": "451 later", "gone@example.com": "550 no such user"}
    await office.publish()
    assert len(office.mail.to("kim@example.com")) == 2
    office.mail.refuse = {}
    office.clock.pass_by(minutes=2)
    await office.settled()
    await asyncio.sleep(0)
    assert len(office.mail.to("away@example.com")) == 2
    assert len(office.mail.to("gone@example.com")) == 1
    [parked] = await office.core.storage.jobs.parked()
    assert "refuses the address: 550" in parked.reason and "gone@" not in parked.reason


async def test_nobody_is_asked_again_within_the_hour_and_all_are_answered_alike(office: Office) -> None:
    for _ in range(3):
        assert await office.subscribe("kim@example.com") == 200
    assert len(office.mail.taken) == 1
    await office.follow(link_in(office.mail.taken[0], "confirm"))
    assert await office.subscribe("kim@example.com") == 200
    assert len(office.mail.taken) == 1


async def test_who_never_confirms_is_forgotten_within_days(office: Office) -> None:
    await office.subscribe("kim@example.com")
    link = link_in(office.mail.to("kim@example.com")[-1], "confirm")
    office.clock.pass_by(days=6)
    await office.subscribe("lee@example.com")
    assert (await office.follow(link, press=False))[0] == 200
    office.clock.pass_by(days=2)
    await office.confirmed("max@example.com")
    assert (await office.follow(link, press=False))[0] == 404
    office.clock.pass_by(days=30)
    await office.subscribe("kim@example.com")
    await office.publish()
    assert len(office.mail.to("max@example.com")) == 2


@pytest.mark.parametrize(
    "address", ["", "kim", "kim@", "a b@example.com", "kim@example.com\r\nBcc: x@example.com", "x" * 300]
)
async def test_what_is_no_address_is_said_at_the_field(office: Office, address: str) -> None:
    form = {"address": address, "service": public_service("search")}
    async with office.session.post(f"{office.url}/status/status/subscribe", data=form) as answer:
        text = await answer.text()
    assert answer.status == 422 and "Write an e-mail address, as name@example.com." in text
    assert text.count(" checked") == 1
    assert office.mail.taken == []


async def test_a_form_that_is_none_is_answered_like_an_empty_one(office: Office) -> None:
    for body, kind in (
        (b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data; boundary=y"),
        (b"address=kim%40example.com", "application/x-www-form-urlencoded; charset=none"),
        (b"{}", "application/json"),
    ):
        headers = {"Content-Type": kind}
        async with office.session.post(f"{office.url}/status/status/subscribe", data=body, headers=headers) as answer:
            assert answer.status == 422 and "Write an e-mail address" in await answer.text(), kind
    assert office.mail.taken == []


async def test_while_nothing_can_be_stored_readers_are_asked_to_come_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> None:
        raise OSError("the database is gone")

    await office.subscribe("kim@example.com")
    link = link_in(office.mail.taken[0], "confirm")
    for what in ("subscribe_reader", "confirm_reader"):
        monkeypatch.setattr(f"web.readers.routes.{what}", gone)
    assert await office.subscribe("lee@example.com") == 503
    async with office.session.post(link, headers={"Accept-Language": "de"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert "Gleich wieder da" in await answer.text()
    monkeypatch.undo()
    assert (await office.follow(link))[0] == 200


async def test_readers_of_a_german_page_are_written_to_and_answered_in_german(office: Office) -> None:
    await office.subscribe("kim@example.com", page="lage")
    [asked] = office.mail.taken
    assert asked["Subject"] == "Bitte bestätigen: Lage" and "Möchtest du" in said(asked)
    assert "Abonniert" in (await office.follow(link_in(asked, "confirm")))[1]
    await office.publish()
    told = office.mail.taken[-1]
    assert told["Subject"].startswith("Wird untersucht: ")
    assert "Checkout: Teilweiser Ausfall" in said(told) and "Abbestellen: " in said(told)
    assert "Abbestellen" in said(told, "html")
    assert "Abbestellt" in (await office.follow(link_in(told, "leave")))[1]
    async with office.session.post(f"{office.url}/status/lage/subscribe", data={"address": "kim"}) as answer:
        assert "Schreib eine E-Mail-Adresse" in await answer.text()


@pytest.mark.browser
@ON_SQLITE
async def test_a_reader_goes_the_whole_way_on_a_phone(office: Office, browser: Browser, screenshots: Path) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")

    async def looks_well(name: str) -> None:
        found = await Axe().run(page, options=STANDARD)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, name
        await page.screenshot(path=screenshots / f"reader-{name}.png", full_page=True)

    await page.goto(f"{office.url}/status/lage")
    await page.get_by_role("link", name="Abonnieren").first.click()
    await page.get_by_label("Checkout").check()
    await page.get_by_label("E-Mail").fill("kim@example")
    await page.get_by_role("button", name="Abonnieren").click()
    assert await page.get_by_label("Checkout").is_checked()
    await looks_well("wrong")
    await page.get_by_label("E-Mail").fill("kim@example.com")
    await page.get_by_role("button", name="Abonnieren").click()
    await looks_well("asked")
    await office.settled()
    await page.goto(link_in(office.mail.taken[0], "confirm"))
    await page.get_by_role("button", name="Abonnieren").click()
    await looks_well("subscribed")
    await office.publish()
    await page.goto(link_in(office.mail.taken[1], "services"))
    await page.get_by_label("Search").check()
    await looks_well("services")
    await page.get_by_role("button", name="Speichern").click()
    assert "Checkout und Search" in await page.get_by_role("main").inner_text()
    await page.go_back()
    await page.get_by_role("link", name="Abbestellen").click()
    await page.get_by_role("button", name="Abbestellen").click()
    await looks_well("left")


async def test_there_is_no_way_in_by_what_does_not_exist(office: Office) -> None:
    for page in ("inside", "nothing"):
        assert await office.subscribe("kim@example.com", page=page) == 404
    for what in ("confirm", "leave"):
        for press in (False, True):
            assert (await office.follow(f"{office.url}/readers/wrong/{what}", press))[0] == 404
    async with office.session.get(f"{office.url}/status/status/subscribe") as answer:
        assert answer.status == 200 and "Set-Cookie" not in answer.headers
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


async def test_answers_to_readers_take_their_style_from_where_they_were_asked(office: Office) -> None:
    await office.subscribe("kim@example.com")
    link = link_in(office.mail.to("kim@example.com")[-1], "confirm")
    for asked in (f"{office.url}/status/status/subscribe", link):
        _, text = await office.follow(asked, press=False)
        style = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert "://" not in style
        assert URL(asked).join(URL(style)).path == "/status/status/style.css"
