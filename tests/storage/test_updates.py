"""Status updates on the database: drafted, approved, published on the pages that show their services, corrected."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from incidents.actions.change import change_services, change_severity, change_status
from incidents.actions.declare import Declare, declare
from incidents.actions.keys import NoSuchPage, new_page_key
from incidents.actions.organisation import apply
from incidents.actions.respond import lead
from incidents.actions.updates import Writing, approve, discard, draft, edit, publish_due, reject
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.model.draft_warnings import SINCE, Doubt
from incidents.model.organisation import Communication, Organisation, OwnedService, Target, TargetKind
from incidents.model.publishing_rules import ApprovalRule, ServicesShown, StatusPage
from incidents.model.refusals import (
    ApprovedAlready,
    LookAgain,
    MayNotApprove,
    NotYours,
    PromisedTooSoon,
    TextChanged,
    UpdateOver,
)
from incidents.model.status_update import StatusUpdate, UpdateState
from incidents.model.vocabulary import Impact, PublicStatus, Severity, Status
from incidents.public.page import Event, Snapshot
from storage.storage import SqlStorage
from tests.storage.people import ANA, BEN, CLEO

FAILING = Writing(
    title="Problems with card payments",
    body="Some card payments fail. Wallets work.",
    status=PublicStatus.INVESTIGATING,
    impacts={"checkout": Impact.PARTIAL_OUTAGE, "ledger": Impact.DEGRADED},
)
ORGANISATION = Organisation(
    services={id: OwnedService(name=id.title()) for id in ("checkout", "ledger", "search")},
    pages={
        "status": StatusPage(name="Status", groups=(ServicesShown(services=("checkout", "search")),)),
        "partners": StatusPage(name="Partners", groups=(ServicesShown(services=("ledger",)),), private=True),
        "other": StatusPage(name="Other", groups=(ServicesShown(services=("search",)),)),
    },
    updates=Communication(
        approvers=(Target.of(TargetKind.PERSON, CLEO),),
        rules={
            Severity.SEV4: ApprovalRule(approvals=2),
            Severity.SEV2: ApprovalRule(approvals=2, author=False),
        },
    ),
)


@pytest.fixture(autouse=True)
async def incident(core: Core) -> None:
    """INC-1, SEV1, which Ana declared and leads; Cleo is an approver."""
    await apply(core, ORGANISATION, 0)
    await declare(core, Declare(ANA, "form", "Checkout fails", severity=Severity.SEV1))
    await lead(core, 1, ANA, ANA)


async def page(storage: SqlStorage, id: str = "status") -> Snapshot:
    return next(each for each in await storage.read.public.snapshots() if each.page.id == id)


async def event(storage: SqlStorage, id: str = "status") -> Event:
    [only] = (await page(storage, id)).events
    return only


async def drafted(core: Core, writing: Writing = FAILING, **more: Any) -> StatusUpdate:
    return (await draft(core, 1, ANA, writing, **more))[1]


async def approved(core: Core, update: StatusUpdate, by: Any = CLEO, seen: Any = ()) -> StatusUpdate:
    return (await approve(core, 1, by, update.number, update.text.digest, seen, {}))[1]


async def test_what_was_approved_is_on_the_pages_that_show_an_affected_service(
    core: Core, storage: SqlStorage, clock: Callable[[], datetime]
) -> None:
    before = await storage.read.public.version()
    assert (await approved(core, await drafted(core))).state is UpdateState.PUBLISHED

    shown = await event(storage)
    assert (shown.title, shown.latest.body) == (FAILING.title, FAILING.body)
    [(service, impact)] = shown.latest.impacts.items()
    assert impact is Impact.PARTIAL_OUTAGE
    assert service in {each.id for each in (await page(storage)).page.services} and service != "checkout"
    assert list((await event(storage, "partners")).latest.impacts.values()) == [Impact.DEGRADED]
    assert (await page(storage, "other")).events == ()
    assert (await page(storage)).overall(clock()) is Impact.PARTIAL_OUTAGE
    assert await storage.read.public.version() > before


async def test_what_was_said_before_an_event_reached_a_page_is_not_on_it(core: Core, storage: SqlStorage) -> None:
    nobody = Writing(**{**vars(FAILING), "body": "For nobody yet.", "impacts": {}})
    partners = Writing(**{**vars(FAILING), "body": "For partners.", "impacts": {"ledger": Impact.DEGRADED}})
    everybody = Writing(**{**vars(FAILING), "body": "For everybody."})
    over = Writing(**{**vars(FAILING), "body": "It works.", "status": PublicStatus.RESOLVED, "impacts": {}})
    for writing in (nobody, partners, everybody, over):
        await approved(core, await drafted(core, writing))

    async def said(page: str) -> list[str]:
        return [update.body for update in (await event(storage, page)).updates]

    assert await said("partners") == ["For partners.", "For everybody.", "It works."]
    assert await said("status") == ["For everybody.", "It works."]


async def test_a_draft_is_seen_by_nobody_outside(core: Core, storage: SqlStorage) -> None:
    await drafted(core)
    assert all(each.events == () for each in await storage.read.public.snapshots())


async def test_the_author_of_a_sev1_update_does_not_approve_it_alone_even_in_command(core: Core) -> None:
    update = await drafted(core)
    with pytest.raises(MayNotApprove, match="somebody else"):
        await approved(core, update, by=ANA)
    with pytest.raises(MayNotApprove, match="the commander or an approver"):
        await approved(core, update, by=BEN)


async def test_an_edit_asks_again_and_the_old_text_cannot_be_approved_any_more(core: Core, storage: SqlStorage) -> None:
    update = await drafted(core)
    _, now = await edit(core, 1, BEN, update.number, Writing(**{**vars(FAILING), "body": "All payments fail."}))
    with pytest.raises(TextChanged):
        await approved(core, update)
    await approved(core, now)
    assert (await event(storage)).latest.body == "All payments fail."


async def test_two_who_approve_publish_once(core: Core, storage: SqlStorage) -> None:
    update = await drafted(core)
    await lead(core, 1, BEN, BEN)
    await approved(core, update, by=BEN)
    with pytest.raises(UpdateOver):
        await approved(core, update)
    assert len((await event(storage)).updates) == 1


async def test_of_two_who_press_at_once_one_publishes(core: Core, storage: SqlStorage) -> None:
    update = await drafted(core)
    await lead(core, 1, BEN, BEN)
    done = await asyncio.gather(*(approved(core, update, by=by) for by in (BEN, CLEO)), return_exceptions=True)
    assert [type(each) for each in done if isinstance(each, Exception)] == [UpdateOver]
    assert len((await event(storage)).updates) == 1


async def test_where_two_must_approve_one_alone_publishes_nothing(core: Core, storage: SqlStorage) -> None:
    await declare(core, Declare(BEN, "form-2", "Search is slow", severity=Severity.SEV4))
    await lead(core, 2, BEN, BEN)
    _, update = await draft(core, 2, BEN, FAILING)
    first = (await approve(core, 2, BEN, update.number, update.text.digest, (), {}))[1]
    assert first.state is UpdateState.WAITING and (await page(storage)).events == ()
    with pytest.raises(ApprovedAlready, match="1 more must"):
        await approve(core, 2, BEN, update.number, update.text.digest, (), {})
    second = (await approve(core, 2, CLEO, update.number, update.text.digest, (), {}))[1]
    assert second.state is UpdateState.PUBLISHED


async def test_what_came_up_since_is_said_before_it_can_be_approved(core: Core) -> None:
    update, other = await drafted(core), await drafted(core, Writing(**{**vars(FAILING), "body": "More."}))
    await approved(core, other)
    with pytest.raises(LookAgain, match="told something else"):
        await approved(core, update)
    await change_services(core, 1, ANA, {"search": Impact.DEGRADED})
    with pytest.raises(LookAgain, match="services were changed"):
        await approved(core, update, seen={Doubt.OVERTAKEN})
    assert (await approved(core, update, seen={Doubt.OVERTAKEN, Doubt.SERVICES_CHANGED})).published_at


async def test_that_the_incident_was_resolved_is_said_before_customers_hear_that_it_goes_on(
    core: Core, clock: Any
) -> None:
    update = await drafted(core)
    clock.pass_by(minutes=1)
    await change_status(core, 1, ANA, Status.RESOLVED)
    with pytest.raises(LookAgain, match="was resolved"):
        await approved(core, update)
    over = await drafted(core, Writing(**{**vars(FAILING), "status": PublicStatus.RESOLVED}))
    assert (await approved(core, over)).published_at


async def test_later_updates_share_the_title_and_resolving_ends_the_event(
    core: Core, storage: SqlStorage, clock: Callable[[], datetime]
) -> None:
    await approved(core, await drafted(core))
    over = await drafted(core, Writing(body="It works again.", status=PublicStatus.RESOLVED))
    await approved(core, over)
    shown = await event(storage)
    assert (shown.title, shown.is_open, len(shown.updates)) == (FAILING.title, False, 2)
    assert (await page(storage)).overall(clock()) is Impact.OPERATIONAL


async def test_a_correction_takes_the_place_of_what_it_corrects_and_is_marked(core: Core, storage: SqlStorage) -> None:
    first = await approved(core, await drafted(core))
    correction = await drafted(core, Writing(**{**vars(FAILING), "body": "Few payments fail."}), corrects=first.number)
    await approved(core, correction)
    shown = await event(storage)
    assert [update.body for update in shown.updates] == ["Few payments fail."]
    assert shown.latest.published_at == first.published_at and shown.latest.edited_at is not None
    incident = await storage.read.incident(1)
    assert incident is not None and incident.updates.latest is not None
    assert incident.updates.latest.text.body == "Few payments fail."


async def test_a_correction_of_an_older_update_leaves_what_was_said_since(core: Core, storage: SqlStorage) -> None:
    first = await approved(core, await drafted(core))
    more = Writing(**{**vars(FAILING), "title": "Problems with all payments", "body": "All fail."})
    await approved(core, await drafted(core, more))
    await approved(core, await drafted(core, Writing(**{**vars(more), "body": "Few fail."}), corrects=first.number))
    shown = await event(storage)
    assert [update.body for update in shown.updates] == ["Few fail.", "All fail."]
    assert shown.title == "Problems with all payments"


async def test_a_correction_takes_back_nothing_that_was_said_since_it_was_written(
    core: Core, storage: SqlStorage, clock: Any
) -> None:
    first = await approved(core, await drafted(core))
    fixed = [Writing(**{**vars(FAILING), "body": body}) for body in ("Few fail.", "Fewer fail.")]
    some, later = [await drafted(core, each, corrects=first.number) for each in fixed]
    clock.pass_by(minutes=1)
    renamed = Writing(**{**vars(FAILING), "title": "Problems with all payments", "body": "All fail."})
    await approved(core, await drafted(core, renamed))
    with pytest.raises(LookAgain, match="told something else"):
        await approved(core, some)
    _, some = await edit(core, 1, ANA, some.number, Writing(**{**vars(fixed[0]), "title": renamed.title}))
    clock.pass_by(minutes=1)
    await approved(core, some)
    _, later = await edit(core, 1, ANA, later.number, Writing(**{**vars(fixed[1]), "title": renamed.title}))
    again = await drafted(core, Writing(**{**vars(fixed[0]), "title": renamed.title}), corrects=first.number)
    clock.pass_by(minutes=1)
    await approved(core, later)
    with pytest.raises(LookAgain, match="told something else"):
        await approved(core, again)
    shown = await event(storage)
    assert (shown.title, [update.body for update in shown.updates]) == (renamed.title, ["Fewer fail.", "All fail."])
    another = await drafted(core, renamed)
    clock.pass_by(minutes=1)
    await approved(core, await drafted(core, fixed[0], corrects=first.number))
    with pytest.raises(LookAgain, match="told something else"):
        await approved(core, another)


async def test_a_correction_without_services_takes_nothing_from_the_page(core: Core, storage: SqlStorage) -> None:
    first = await approved(core, await drafted(core))
    fixed = Writing(body="All was well.", status=PublicStatus.INVESTIGATING)
    correction = await drafted(core, fixed, corrects=first.number)
    _, correction = await edit(core, 1, ANA, correction.number, Writing(**{**vars(fixed), "body": "All is well."}))
    await approved(core, correction)
    assert [update.body for update in (await event(storage)).updates] == ["All is well."]
    assert list((await event(storage)).latest.impacts.values()) == [Impact.OPERATIONAL]


async def test_what_is_rejected_can_be_edited_and_waits_again(core: Core) -> None:
    update = await drafted(core)
    _, back = await reject(core, 1, CLEO, update.number, update.text.digest, "Too vague", {})
    assert (back.state, back.reason) == (UpdateState.REJECTED, "Too vague")
    with pytest.raises(UpdateOver):
        await approved(core, update)
    _, again = await edit(core, 1, ANA, update.number, FAILING)
    assert again.state is UpdateState.WAITING
    assert (await approved(core, again)).state is UpdateState.PUBLISHED


async def test_only_author_commander_and_approvers_discard(core: Core) -> None:
    update = await drafted(core)
    with pytest.raises(NotYours):
        await discard(core, 1, BEN, update.number, {})
    assert (await discard(core, 1, ANA, update.number, {}))[1].state is UpdateState.DISCARDED


async def test_a_form_that_comes_twice_makes_one_draft(core: Core) -> None:
    first, again = await drafted(core, origin="slack:view:V1"), await drafted(core, origin="slack:view:V1")
    assert first == again


async def test_what_is_approved_for_a_time_goes_out_then_and_not_before(
    core: Core, storage: SqlStorage, clock: Any
) -> None:
    at = clock() + timedelta(hours=1)
    update = await drafted(core, Writing(**{**vars(FAILING), "publish_at": at}))
    assert (await approved(core, update)).state is UpdateState.APPROVED
    await publish_due(core, 1, update.number, {})
    assert (await page(storage)).events == ()
    clock.pass_by(hours=1)
    await publish_due(core, 1, update.number, {})
    await publish_due(core, 1, update.number, {})
    assert len((await event(storage)).updates) == 1


async def test_what_is_put_off_once_it_was_approved_goes_out_at_the_later_time(
    core: Core, storage: SqlStorage, clock: Any
) -> None:
    async def bodies() -> list[str]:
        """What is published once all that is due was done."""
        leases, _ = await storage.jobs.lease("test", [JobKind.PUBLISH_DUE], clock(), clock() + timedelta(minutes=1), 9)
        for lease in leases:
            await publish_due(core, lease.job.subject, int(lease.job.detail), {})
            await storage.jobs.done(lease)
        return [update.body for each in (await page(storage)).events for update in each.updates]

    soon = Writing(**{**vars(FAILING), "publish_at": clock() + timedelta(hours=1)})
    update = await approved(core, await drafted(core, soon))
    later = Writing(**{**vars(soon), "publish_at": clock() + timedelta(hours=2)})
    await approved(core, (await edit(core, 1, ANA, update.number, later))[1])
    clock.pass_by(hours=1)
    assert await bodies() == []
    clock.pass_by(hours=1)
    assert await bodies() == [FAILING.body]


async def test_what_was_overtaken_before_its_time_is_held_back(core: Core, storage: SqlStorage, clock: Any) -> None:
    later = await drafted(core, Writing(**{**vars(FAILING), "publish_at": clock() + timedelta(hours=1)}))
    await approved(core, later)
    await approved(core, await drafted(core, Writing(**{**vars(FAILING), "body": "Now."})))
    clock.pass_by(hours=1)
    await publish_due(core, 1, later.number, {})
    incident = await storage.read.incident(1)
    assert incident is not None
    held = incident.updates.get(later.number)
    assert (held.state, held.approvals, held.reason) == (UpdateState.WAITING, (), SINCE[Doubt.OVERTAKEN])
    assert [update.body for update in (await event(storage)).updates] == ["Now."]
    with pytest.raises(LookAgain):
        await approved(core, held)
    assert (await approved(core, held, seen={Doubt.OVERTAKEN})).state is UpdateState.PUBLISHED


async def test_what_too_few_approved_by_its_time_asks_again(core: Core, storage: SqlStorage, clock: Any) -> None:
    await change_severity(core, 1, ANA, Severity.SEV3)
    update = await drafted(core, Writing(**{**vars(FAILING), "publish_at": clock() + timedelta(hours=1)}))
    assert (await approved(core, update, by=ANA)).state is UpdateState.APPROVED
    await change_severity(core, 1, ANA, Severity.SEV1)
    clock.pass_by(hours=1)
    await publish_due(core, 1, update.number, {})
    incident = await storage.read.incident(1)
    assert incident is not None and (await page(storage)).events == ()
    held = incident.updates.get(update.number)
    assert held.state is UpdateState.WAITING and "SEV1" in held.reason
    with pytest.raises(MayNotApprove):
        await approved(core, held, by=ANA)
    assert (await approved(core, held)).state is UpdateState.PUBLISHED


async def test_an_approval_that_would_not_be_taken_any_more_does_not_count(core: Core) -> None:
    await change_severity(core, 1, ANA, Severity.SEV4)
    update = await approved(core, await drafted(core), by=ANA)
    assert len(update.approvals) == 1
    await change_severity(core, 1, ANA, Severity.SEV2)
    assert (await approved(core, update)).state is UpdateState.WAITING
    await lead(core, 1, BEN, BEN)
    assert (await approved(core, update, by=BEN)).state is UpdateState.PUBLISHED


async def test_a_promise_that_is_past_when_customers_read_it_is_not_made_unseen(core: Core, clock: Any) -> None:
    soon = clock() + timedelta(minutes=30)
    update = await drafted(core, Writing(**{**vars(FAILING), "next_at": soon}))
    with pytest.raises(PromisedTooSoon):
        later = Writing(**{**vars(FAILING), "next_at": soon, "publish_at": soon})
        await edit(core, 1, ANA, update.number, later)
    clock.pass_by(minutes=30)
    with pytest.raises(LookAgain, match="is past"):
        await approved(core, update)
    told = await approved(core, update, seen={Doubt.PROMISE_OVER})
    kept = Writing(**{**vars(FAILING), "next_at": soon, "body": "Corrected."})
    assert (await approved(core, await drafted(core, kept, corrects=told.number))).state is UpdateState.PUBLISHED


async def test_a_page_knows_nothing_of_the_days_before_it(storage: SqlStorage, clock: Callable[[], datetime]) -> None:
    assert (await page(storage)).page.since == clock().date()


async def test_a_private_page_has_a_key_and_the_one_before_it_for_a_day(
    core: Core, storage: SqlStorage, clock: Any
) -> None:
    old, new = await new_page_key(core, "partners"), await new_page_key(core, "partners")

    async def opened(key: str) -> str | None:
        return await storage.read.public.page_of_key(sha256(key.encode()).hexdigest(), clock())

    assert [await opened(key) for key in (old, new, "wrong")] == ["partners", "partners", None]
    clock.pass_by(hours=25)
    assert [await opened(key) for key in (old, new)] == [None, "partners"]
    with pytest.raises(NoSuchPage, match="There is: partners"):
        await new_page_key(core, "status")
