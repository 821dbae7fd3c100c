"""Nothing internal gets out: every internal text holds a mark, updates are published, all that is public is searched.

What is filled is found by looking at the model's own classes, so that what is added to it later is searched for too.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, get_args

import aiohttp
import pytest
from aiohttp import encode_basic_auth

import incidents.actions.updates
from bot.demo import sandbox_settings
from bot.main import running_bot
from bot.manifest import MANIFEST
from incidents.actions.alerts import receive
from incidents.actions.declare import Declare, declare
from incidents.actions.keys import new_page_key
from incidents.actions.paging import PageRequest, page
from incidents.actions.updates import Writing, approve, discard, draft, edit, reject
from incidents.consequences import Pace
from incidents.model.alert import Alert
from incidents.model.draft_warnings import Doubt
from incidents.model.escalation import Page
from incidents.model.facts import Fact
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import (
    AlertSource,
    Communication,
    Notifications,
    Organisation,
    OwnedService,
    Policy,
    Schedule,
    Target,
    TargetKind,
    Team,
    Tool,
)
from incidents.model.parts import Act
from incidents.model.publishing_rules import ServicesShown, StatusPage, Statuspage, Webhook
from incidents.model.signal import Signal, SignalKind
from incidents.model.status_update import StatusUpdate, StatusUpdates
from incidents.model.vocabulary import Impact, PublicStatus, Severity
from incidents.public.publication import Publication
from incidents.publishing import publication
from sandbox.server import running_sandbox
from tests.clock import Clock
from tests.e2e.marks import Marks, hints, holds_text
from tests.e2e.workspace import Workplace, eventually
from tests.mail_server import MailServer, link_in, running_mail_server
from tests.web.test_outlets import Receiver, receiving
from web.readers.telling import Telling
from web.status.surfaces import SURFACES

ANA, BEN = Person.of("slack", "U0ANA"), Person.of("slack", "U0BEN")
TITLE, BODY, AFTER = "Problems with payments", "Some **card payments** fail.", "All payments work again."
CHECKOUT, HIDDEN = "checkout", "hidden"
ADDRESSES = ("kim@example.com", "lee@example.com")
PAGES = ("open", "closed")


@dataclass
class House:
    """A company in which every internal text is marked, and all through which the public hears of it."""

    workplace: Workplace
    marks: Marks
    mail: MailServer
    receiver: Receiver
    session: aiohttp.ClientSession
    key: str = ""
    """Opens the private page."""

    @property
    def core(self) -> Any:
        return self.workplace.running.bot.core

    @property
    def url(self) -> str:
        return self.workplace.running.bot.url


@pytest.fixture
async def house(database_address: str, pace: Pace, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        mail = stack.enter_context(running_mail_server())
        receiver = await stack.enter_async_context(receiving())
        monkeypatch.setattr("bot.main.Telling", partial(Telling, statuspage=f"{receiver.url}/v1"))
        sandbox, clock = await stack.enter_async_context(running_sandbox(MANIFEST)), Clock()
        settings = sandbox_settings(sandbox, database_address).model_copy(
            update={"tocsin_smtp_url": f"smtp://127.0.0.1:{mail.port}", "tocsin_mail_from": "status@acme.example"}
        )
        running = await stack.enter_async_context(running_bot(settings, pace, clock))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        house = House(Workplace(sandbox, running, clock), Marks(fixed()), mail, receiver, session)
        monkeypatch.setenv("KEY", house.marks.word("a key of ours elsewhere"))
        await organise(house)
        house.key = await new_page_key(house.core, "closed")
        yield house


def fixed() -> Mapping[str, Any]:
    """Fields that are checked so closely that they can hold no mark, or that name what must be there."""
    return {
        "AlertSource.channel": "incidents",
        "AlertSource.policy": None,
        "AlertSource.service": None,
        "AlertSource.tool": Tool.GENERIC,
        "Channels.announcements": ("incidents",),
        "Communication.approval_wait": 60,
        "Communication.approvers": (Target.of(TargetKind.PERSON, BEN),),
        "OwnedService.owner": None,
        "PublicText.begins_at": None,
        "PublicText.ends_at": None,
        "Quiet.timezone": "UTC",
        "Rotation.day": None,
        "Rotation.timezone": "UTC",
        "Schedule.calendar": None,
        "Signal.kind": SignalKind.FIRE,
        "Signal.service": HIDDEN,
    }


async def organise(house: House) -> None:
    """An organisation that is marked all over; but for what it means customers to read."""
    marks = house.marks
    shown = (ServicesShown(name="Shop", services=(CHECKOUT,)),)
    told = {
        "webhooks": (Webhook(url=f"{house.receiver.url}/hook", key="${KEY}"),),
        "statuspage": Statuspage(page="theirs", key="${KEY}", components={CHECKOUT: "c1"}),
        "channels": ("payments",),
    }
    parts = {
        "teams": {marks.word("a team's id"): marks.of(Team)},
        "services": {
            CHECKOUT: marks.of(OwnedService).model_copy(update={"name": "Checkout"}),
            HIDDEN: marks.of(OwnedService),
        },
        "schedules": {marks.word("a schedule's id"): marks.of(Schedule)},
        "policies": {marks.word("a policy's id"): marks.of(Policy)},
        "sources": {"source": marks.of(AlertSource)},
        "people": {marks.of(Person, "somebody with wishes"): marks.of(Notifications)},
        "channels": {"announcements": ("incidents",)},
        "pages": {
            "open": StatusPage(name="Acme status", groups=shown, **told),
            "closed": StatusPage(name="For partners", groups=shown, private=True),
        },
        "updates": marks.of(Communication),
    }
    assert parts.keys() == Organisation.model_fields.keys(), "a part of the organisation that nobody looks for"
    async with house.core.storage.transaction() as unit:
        await unit.organisation.save(Organisation.model_validate(parts))


async def happen(house: House) -> None:
    """INC-1, with everything on its timeline that there can be; an alert, and a page, of it."""
    marks, core = house.marks, house.core
    title, summary = marks.word("Incident.title"), marks.word("Incident.summary")
    services = {CHECKOUT: Impact.MAJOR_OUTAGE, HIDDEN: Impact.MAJOR_OUTAGE}
    await declare(core, Declare(ANA, "form", title, Severity.SEV1, summary, impacts=services))
    await house.workplace.settle()
    await receive(core, "source", [marks.of(Signal)])
    await page(core, PageRequest(ANA, 1, [Target.of(TargetKind.PERSON, BEN)], marks.word("Page.message")))
    async with core.storage.transaction() as unit:
        incident = await unit.load(1)
        for kind in get_args(Fact):
            incident._seal(marks.of(kind), Act(marks.of(Person, "who acted"), core.clock()))
        await unit.save(incident, incident.new_entries)
    await house.workplace.settle()


async def write(
    house: House, body: str, status: PublicStatus = PublicStatus.INVESTIGATING, **more: Any
) -> StatusUpdate:
    impacts = {CHECKOUT: Impact.MAJOR_OUTAGE, HIDDEN: Impact.PARTIAL_OUTAGE}
    writing = Writing(title=more.pop("title", TITLE), body=body, status=status, impacts=impacts)
    return (await draft(house.core, 1, ANA, writing, **more))[1]


async def publish(house: House, written: StatusUpdate) -> StatusUpdate:
    """Ben approves it, with whatever doubts there are."""
    return (await approve(house.core, 1, BEN, written.number, written.text.digest, set(Doubt), {}))[1]


async def tell(house: House) -> None:
    """All that can become of a draft; three are published, one of them corrected since."""
    marks = house.marks
    await shown(house, "Checkout")
    for address in ADDRESSES:
        async with house.session.post(f"{house.url}/status/open/subscribe", data={"address": address}) as answer:
            assert answer.status == 200
        await house.workplace.settle()
        async with house.session.post(link_in(house.mail.to(address)[-1], "confirm")) as answer:
            assert answer.status == 200
    rejected = await write(house, marks.word("a rejected text"), title=marks.word("a rejected title"))
    await reject(house.core, 1, BEN, rejected.number, rejected.text.digest, marks.word("why it was rejected"), {})
    discarded = await write(house, marks.word("a discarded text"), title=marks.word("a discarded title"))
    await discard(house.core, 1, ANA, discarded.number, {})
    first = await write(house, marks.word("a text before it was edited"), title=marks.word("a title that was edited"))
    right = Writing(body=BODY, status=PublicStatus.INVESTIGATING, title=TITLE, impacts={CHECKOUT: Impact.MAJOR_OUTAGE})
    _, first = await edit(house.core, 1, ANA, first.number, right)
    await publish(house, first)
    second = await publish(house, await write(house, marks.word("a text until it was corrected")))
    await house.workplace.settle()
    heard_too_early(house)
    await publish(house, await write(house, "Corrected.", corrects=second.number))
    await publish(house, await write(house, AFTER, PublicStatus.RESOLVED))
    await write(house, marks.word("a text that waits"), title=marks.word("a title that waits"))
    await house.workplace.settle()


def heard_too_early(house: House) -> None:
    """What is corrected was public until then: mails, webhooks and posts that hold it are not searched."""
    house.mail.taken.clear()
    house.receiver.taken.clear()
    for message in house.workplace.sandbox.workspace.channels[house.workplace.channel("payments")].messages.values():
        message.text, message.blocks = "", []


async def all_that_is_public(house: House) -> dict[str, str]:
    """Every public surface as one text, by what it is."""
    found = dict([*[each async for each in _addresses(house)], *[each async for each in _desk(house)]])
    found |= dict(_mails(house)) | dict(_outlets(house))
    channel = house.workplace.sandbox.workspace.channels[house.workplace.channel("payments")]
    posts = [m for m in channel.messages.values() if m.bot_id == house.workplace.running.bot.identity.bot_id]
    assert posts
    found["Slack"] = json.dumps([[post.text, post.blocks, post.metadata] for post in posts])
    return found


async def _addresses(house: House) -> AsyncIterator[tuple[str, str]]:
    snapshots = await house.core.storage.read.public.snapshots()
    events = {event.id for snapshot in snapshots for event in snapshot.events}
    assert len(events) == 1
    below = [*SURFACES, *(f"incidents/{event}" for event in events), "history/", "subscribe", "logo", "none"]
    for place in ("status/open", f"shared/{house.key}", "private/closed"):
        for path in below:
            address = f"{house.url}/{place}/{path}".rstrip("/") + ("/" if path == "history/" else "")
            signed = {"Authorization": encode_basic_auth("closed", house.key)} if place.startswith("private") else {}
            async with house.session.get(address, headers=signed) as answer:
                yield f"{place}/{path}", f"{answer.status} {dict(answer.headers)} {await answer.text()}"
    for place in (
        "",
        "status",
        "status/none",
        "status/closed",
        "private/closed",
        "alerts/source/none",
        "readers/x/leave",
    ):
        async with house.session.get(f"{house.url}/{place}") as answer:
            yield f"/{place}", f"{answer.status} {dict(answer.headers)} {await answer.text()}"


async def _desk(house: House) -> AsyncIterator[tuple[str, str]]:
    """What readers are asked by the links of their mails."""
    for reader in ADDRESSES:
        own = link_in(house.mail.to(reader)[-1], "leave").removesuffix("leave")
        for what in ("confirm", "services", "leave"):
            async with house.session.get(f"{own}{what}") as answer:
                assert answer.status == 200
                yield f"readers/{reader}/{what}", f"{dict(answer.headers)} {await answer.text()}"


def _mails(house: House) -> Iterator[tuple[str, str]]:
    for address in ADDRESSES:
        for mail in house.mail.to(address):
            parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
            yield f"a mail to {address}: {mail['Subject']}", "\n".join([mail.as_string(), *parts])


def _outlets(house: House) -> Iterator[tuple[str, str]]:
    for headers, body in house.receiver.taken:
        yield f"a webhook, {headers['webhook-id']}", f"{headers} {body.decode()}"
    said = [said for method, said in house.receiver.asked if method != "GET"]  # which hold the key, as they must
    yield "Atlassian Statuspage", json.dumps([house.receiver.incidents, said])


async def secrets_of(house: House) -> Mapping[str, str]:
    """What nobody outside may read, with what it is."""
    channel = (await house.workplace.incident(1)).channel
    assert channel is not None
    people = {person.id: "somebody's id" for person in (ANA, BEN)}
    names = dict.fromkeys(("Ana ", "Ben ", "@ana", "@ben"), "somebody's name")
    return {
        **house.marks.given,
        **people,
        **names,
        "INC-1": "the incident's number",
        "inc-1": "the incident's number",
        "SEV1": "its severity",
        channel.channel.id: "its channel",
    }


def leaks(public: Mapping[str, str], hidden: Mapping[str, str]) -> list[str]:
    """Which secrets are where."""
    return [
        f"{what} ({word}) in {where}" for where, text in public.items() for word, what in hidden.items() if word in text
    ]


async def shown(house: House, text: str) -> None:
    """Once the page says ``text``."""

    async def said() -> bool:
        async with house.session.get(f"{house.url}/status/open") as answer:
            return text in await answer.text()

    await eventually(said)


def test_every_text_of_what_is_internal_is_marked() -> None:
    """Facts, signals and the organisation are marked by their own types; what else has texts is listed here."""
    texts = {kind: {name for name, hint in hints(kind).items() if holds_text(hint)} for kind in (Incident, Alert, Page)}
    assert texts[Incident] == {"title", "summary", "services"}
    assert texts[Page] == {"name", "message"}
    assert texts[Alert] <= {*hints(Signal), "source", "service_name"}
    marks = Marks(fixed())
    for kind in get_args(Fact):
        before = len(marks.given)
        marks.of(kind)
        assert len(marks.given) > before or not any(holds_text(hint) for hint in hints(kind).values()), kind


async def test_nothing_internal_is_public(house: House) -> None:
    await happen(house)
    await tell(house)
    await shown(house, AFTER)
    public = await all_that_is_public(house)
    assert leaks(public, await secrets_of(house)) == []
    assert len(house.mail.to(ADDRESSES[0])) == 1 and len(house.receiver.taken) == 1
    kim = [text for where, text in public.items() if "kim@" in where]
    assert kim and not any("lee@" in text for text in kim)


async def test_what_leaks_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search itself: with a publication that gives away the incident's number, it finds that everywhere."""

    def careless(updates: StatusUpdates, number: int) -> Publication:
        made = publication(updates, number)
        return replace(
            made, title=f"{made.title} (INC-1)", update=replace(made.update, body=f"{made.update.body} INC-1")
        )

    monkeypatch.setattr(incidents.actions.updates, "publication", careless)
    await happen(house)
    await tell(house)
    await shown(house, AFTER)
    public = await all_that_is_public(house)
    found = {leak.partition(" in ")[2] for leak in leaks(public, {"INC-1": "the incident's number"})}
    silent = {"style.css", "icon.svg", "badge.svg", "banner", "maintenance.ics", "subscribe", "logo", "none"}
    silent |= {path for path in SURFACES if path.startswith("api/v2/") and "incidents.json" not in path}
    for place in ("status/open", f"shared/{house.key}", "private/closed"):
        assert {f"{place}/{path}" for path in SURFACES if path not in silent} <= found
    for outside in ("a mail to kim", "a mail to lee", "a webhook", "Atlassian Statuspage", "Slack"):
        assert any(where.startswith(outside) for where in found), outside
