"""What an action stores is what is read back: services, posts, entries, and any text."""

import pytest

from incidents.actions import change
from incidents.actions.channel import attach_channel
from incidents.actions.comment import comment
from incidents.actions.declare import Declare, declare
from incidents.actions.mirror import Delivery, mirror
from incidents.actions.posts import forget_post, remember_post
from incidents.actions.services import register_services
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.model import facts
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import AffectedService, Service
from incidents.model.refusals import UnknownService
from incidents.model.vocabulary import Impact, Severity
from incidents.ports import IncidentQuery, Post, Purpose
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN, OTHER_ROOM, ROOM

NASTY = "a\x00b \ud83d ☃ 🔥 '; DROP TABLE jobs; -- %s :x"


async def test_what_was_declared_is_read_back(core: Core, storage: SqlStorage) -> None:
    await register_services(core, ["Checkout", "API"])
    made = await declare(
        core,
        Declare(
            ANA,
            "form",
            "Fails",
            Severity.SEV1,
            "502s",
            {"api": Impact.DEGRADED},
            page=[Target.of(TargetKind.PERSON, BEN)],
            private=True,
        ),
    )

    assert await storage.read.incident(1) == made
    assert [entry.number for entry in await storage.read.entries(1, 2, 3)] == [2, 3]
    assert await storage.read.incident(2) is None


async def test_nothing_of_an_action_that_fails_is_stored(core: Core, storage: SqlStorage) -> None:
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    before = await storage.read.incident(1)

    with pytest.raises(ZeroDivisionError):
        async with core.changing(1, ANA) as (unit, incident):
            incident.change_severity(Severity.SEV1, core.act(ANA))
            await core.keep(unit, incident)
            raise ZeroDivisionError

    assert await storage.read.incident(1) == before
    assert len(await storage.read.entries(1, 1, 99)) == 2


async def test_setting_what_is_set_stores_nothing(core: Core, storage: SqlStorage) -> None:
    await declare(core, Declare(ANA, "form", "Checkout fails"))

    await change.change_title(core, 1, BEN, "Checkout fails")

    assert len(await storage.read.entries(1, 1, 99)) == 2


async def test_services_come_by_name_and_can_be_renamed(core: Core, storage: SqlStorage) -> None:
    await register_services(core, ["Überweisung", "Checkout", "API"])
    await register_services(core, ["CHECKOUT"])

    assert await storage.read.find_services("", 2) == [Service("api", "API"), Service("checkout", "CHECKOUT")]
    assert await storage.read.find_services("ÜBERW", 9) == [Service("überweisung", "Überweisung")]
    assert await storage.read.find_services("%", 9) == []


async def test_affected_services_are_replaced_as_a_whole(core: Core, storage: SqlStorage) -> None:
    await register_services(core, ["Checkout", "API", "Search"])
    await declare(core, Declare(ANA, "form", "Fails", impacts={"api": Impact.DEGRADED, "search": Impact.DEGRADED}))

    await change.change_services(core, 1, ANA, {"api": Impact.MAJOR_OUTAGE, "checkout": Impact.DEGRADED})
    with pytest.raises(UnknownService):
        await change.change_services(core, 1, ANA, {"nothing": Impact.DEGRADED})

    stored = await storage.read.incident(1)
    assert stored is not None
    assert stored.services == {
        "api": AffectedService("API", Impact.MAJOR_OUTAGE),
        "checkout": AffectedService("Checkout", Impact.DEGRADED),
    }


async def test_one_post_is_remembered_for_each_purpose_and_channel(
    core: Core, storage: SqlStorage, clock: Clock
) -> None:
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    card, again = (Post(1, Purpose.CARD, ROOM, message) for message in ("1", "2"))
    announcements = [Post(1, Purpose.ANNOUNCEMENT, room, "1") for room in (ROOM, OTHER_ROOM)]
    for post in [card, again, *announcements]:
        await remember_post(core, post)

    assert await storage.read.posts(1, Purpose.CARD) == [card]
    assert await storage.read.posts(1, Purpose.ANNOUNCEMENT) == announcements

    await forget_post(core, again)
    assert await storage.read.posts(1, Purpose.CARD) == [card], "the one that stands is another one"
    await forget_post(core, card)
    assert await storage.read.posts(1, Purpose.CARD) == []


async def test_a_card_that_is_up_for_the_first_time_is_pinned_once(core: Core, storage: SqlStorage) -> None:
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    for _ in range(2):
        await remember_post(core, Post(1, Purpose.CARD, ROOM, "1"))

    assert await storage.jobs.pending([JobKind.PIN_CARD], core.clock()) == 1
    assert await storage.jobs.pending([JobKind.BOOKMARK_CARD], core.clock()) == 1


async def test_any_text_is_kept(core: Core, storage: SqlStorage) -> None:
    kept = NASTY.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")
    await declare(core, Declare(ANA, "form", NASTY, summary=NASTY))
    await comment(core, 1, ANA, NASTY)
    await attach_channel(core, 1, ANA, ROOM, NASTY)
    file = facts.File(id="F1", name=NASTY)
    await mirror(
        core, [Delivery("once", core.clock(), BEN, facts.Message(channel=ROOM, message="1", text=NASTY, files=(file,)))]
    )

    stored = await storage.read.incident(1)
    assert stored is not None
    assert stored.channel is not None
    assert (stored.title, stored.summary, stored.channel.name) == (kept, kept, kept)
    assert (await storage.read.find(IncidentQuery(ANA, text=NASTY))).total == 1
    said = [entry.fact for entry in await storage.read.entries(1, 3, 9)]
    assert [fact.text for fact in said if isinstance(fact, facts.Comment | facts.Message)] == [kept, kept]
    assert [fact.files[0].name for fact in said if isinstance(fact, facts.Message)] == [kept]
