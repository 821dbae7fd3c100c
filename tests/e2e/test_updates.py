"""Telling customers: drafted in a form, shown in the channel, approved for the exact text, published, corrected."""

from datetime import timedelta
from typing import Any

import pytest

from incidents.actions.declare import Declare, declare
from incidents.actions.readers import begin_telling
from incidents.actions.updates import Writing, draft
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.organisation import Communication, Organisation, OwnedService, Target, TargetKind
from incidents.model.publishing_rules import ServicesShown, StatusPage
from incidents.model.vocabulary import Impact, PublicStatus, Severity
from sandbox.client import Person
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import Json, Workplace, element_reading, eventually, filled, option_reading, words

ORGANISATION = Organisation(
    services={id: OwnedService(name=name) for id, name in (("checkout", "Checkout"), ("api", "API"))},
    pages={"status": StatusPage(name="Acme status", groups=(ServicesShown(services=("checkout", "api")),))},
    updates=Communication(approvers=(Target.of(TargetKind.PERSON, Somebody.of("slack", "U0CLEO")),)),
)
TITLE = "Problems with payments"
BODY = "Some **card payments** fail.\n\n- Wallets work\n- <script>alert(1)</script> & more"


@pytest.fixture
async def channel(workplace: Workplace, ana: Person) -> str:
    """The channel of INC-1, a SEV1 that hurts Checkout."""
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.save(ORGANISATION)
    channel = await workplace.declare(ana, "Checkout fails", severity="SEV1")
    await ana.command(channel, "/incident services checkout=partial_outage")
    await workplace.settle()
    return channel


async def write(workplace: Workplace, who: Person, channel: str, **answers: Any) -> Json:
    """Fill in the form; gives the draft's card."""
    await who.command(channel, "/incident update")
    view = await workplace.form(who, "Status update")
    answers = {"public title": TITLE, "message:0": BODY} | answers
    assert await who.submit(view["id"], filled(view, **answers)) == {}
    return await workplace.read(who, channel, "waits for approval")


async def published(workplace: Workplace) -> list[str]:
    [page] = await workplace.running.bot.core.storage.read.public.snapshots()
    return [update.body for event in page.events for update in event.updates]


async def became(workplace: Workplace) -> list[type[facts.Fact]]:
    """What became of status updates, by the timeline."""
    told = [entry.fact for entry in await workplace.timeline(1)]
    return [type(fact) for fact in told if isinstance(fact, facts.UpdateFact)]


async def test_a_draft_is_public_once_somebody_else_has_approved_it(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    card = await write(workplace, ana, channel)
    assert "not by <@U0ANA>, who wrote it" in words(card)
    assert "Checkout: operational → partial outage" in words(card)
    assert "Reaches: 1 page (Acme status)" in words(card)
    assert "*card payments*" in words(card) and "<script>" not in words(card)
    assert await published(workplace) == []

    await workplace.press(cleo, channel, card, "Approve and publish")
    card = await workplace.read(ana, channel, "is published, approved by <@U0CLEO>")
    assert f"Reached: 1 page (<{workplace.running.bot.url}/status/status|Acme status>)" in words(card)
    assert await published(workplace) == [BODY]
    assert await became(workplace) == [facts.UpdateDrafted, facts.UpdateApproved, facts.UpdatePublished]
    await workplace.read(ana, channel, "published status update 1 (Investigating)")


@ON_SQLITE
async def test_the_preview_is_in_the_language_of_each_page_that_shows_it(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    status = ORGANISATION.pages["status"]
    pages = {"status": status, "german": status.model_copy(update={"language": "de"})}
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(ORGANISATION.model_copy(update={"pages": pages}))
    await ana.command(channel, "/incident update")
    form = await workplace.form(ana, "Status update")
    await workplace.press_in(ana, form, "Preview")
    german, _, english = words(await workplace.form(ana, "As customers read it")).partition('"divider"')
    assert "Checkout · Partial outage" in english and "*Investigating*" in english
    assert "Checkout · Teilweiser Ausfall" in german and "*Wird untersucht*" in german


async def test_channels_and_people_that_follow_the_page_get_what_customers_read_and_nothing_else(
    workplace: Workplace, ana: Person, ben: Person, cleo: Person, channel: str
) -> None:
    follow = {"channels": ("payments",), "people": (Target.of(TargetKind.PERSON, Somebody.of("slack", "U0BEN")),)}
    followed = ORGANISATION.pages["status"].model_copy(update=follow)
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(ORGANISATION.model_copy(update={"pages": {"status": followed}}))
    card = await write(workplace, ana, channel)
    assert "(Acme status) · 0 subscribers · #payments · 1 direct message" in words(card)
    await workplace.press(cleo, channel, card, "Approve and publish")
    told = await workplace.read(ana, workplace.channel("payments"), TITLE)
    assert "*card payments*" in told["text"] and "/status/status/incidents/" in words(told)

    async def directs() -> list[Json]:
        rooms = [c for c in workplace.sandbox.workspace.channels.values() if c.is_im and "U0BEN" in c.members]
        return [message for room in rooms for message in await ben.messages(room.id)]

    [direct] = await eventually(directs)
    assert direct["text"] == told["text"]
    assert all(inside not in words(told) for inside in ("INC-", "SEV", "Checkout fails", "U0ANA", '"incident"'))

    # The work of telling them is done again, as after a crash before it was noted as done.
    await begin_telling(workplace.running.bot.core, 1, 1, again=True)
    await workplace.settle()
    assert len([m for m in await workplace.messages(workplace.channel("payments")) if TITLE in m["text"]]) == 1
    assert len(await directs()) == 1


async def test_whoever_may_not_approve_is_told_who_can(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    await ana.command(channel, "/incident lead")
    card = await write(workplace, ana, channel)
    for who, said in ((ana, "somebody else must approve it"), (ben, "the commander or an approver")):
        answer = await workplace.answered(who, channel, workplace.press(who, channel, card, "Approve and publish"))
        assert said in answer["text"] and answer["text"].endswith("Now: <@U0CLEO>.")
    assert await published(workplace) == []


@ON_SQLITE
async def test_a_draft_that_nobody_can_approve_says_so_until_somebody_takes_command(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(ORGANISATION.model_copy(update={"updates": Communication()}))
    card = await write(workplace, ana, channel)
    assert "Nobody can: take command" in words(card)
    await ben.command(workplace.general, "/incident lead INC-1")

    async def somebody_can() -> bool:
        [shown] = [each for each in await ben.messages(channel) if each["ts"] == card["ts"]]
        return "Nobody can" not in words(shown)

    await eventually(somebody_can)


async def test_an_edit_asks_again_and_its_text_is_what_goes_out(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    card = await write(workplace, ana, channel)
    await workplace.press(ana, channel, card, "Edit")
    view = await workplace.form(ana, "Edit the status update")
    assert await ana.submit(view["id"], filled(view, **{"message:0": "All payments fail."})) == {}
    await workplace.read(cleo, channel, "All payments fail.")
    await workplace.press(cleo, channel, await workplace.read(cleo, channel, "All payments"), "Approve and publish")
    await workplace.read(ana, channel, "is published")
    assert await published(workplace) == ["All payments fail."]


@ON_SQLITE
async def test_of_two_who_edit_at_once_the_second_is_told_before_the_text_of_the_first_is_lost(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    card = await write(workplace, ana, channel)
    views = []
    for who in (ana, cleo):
        await workplace.press(who, channel, card, "Edit")
        views.append(await workplace.form(who, "Edit the status update"))
    assert await cleo.submit(views[1]["id"], filled(views[1], **{"message:0": "Cleo's text."})) == {}
    refused = await ana.submit(views[0]["id"], filled(views[0], **{"message:0": "Ana's text."}))
    assert "Somebody changed the text of status update 1 meanwhile" in words(refused)
    await workplace.read(ana, channel, "Cleo's text.")


async def test_what_is_sent_back_tells_its_author_why(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    card = await write(workplace, ana, channel)
    await workplace.press(cleo, channel, card, "Reject")
    view = await workplace.form(cleo, "Reject the draft")
    assert await cleo.submit(view["id"], filled(view, reason="Say which cards")) == {}
    await workplace.read(ana, channel, "was rejected: “Say which cards”")
    told = await workplace.read(ana, channel, "sent status update 1 back to <@U0ANA>")
    assert "Say which cards" in told["text"]


async def test_internal_words_warn_before_anybody_approves(workplace: Workplace, ana: Person, channel: str) -> None:
    body = (
        "INC-1 is SEV1: Checkout fails. Ask Ana Duarte, or see https://wiki.corp/checkout and http://grafana:3000/d/1"
    )
    card = await write(workplace, ana, channel, **{"message:0": body})
    for word in ("INC-1", "SEV1", "Checkout fails", "Ana Duarte", "wiki.corp", "grafana"):
        assert f"Mentions “{word}”" in words(card), word


@ON_SQLITE
async def test_the_text_follows_the_form_until_somebody_writes_one_and_a_template_takes_its_place(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await ana.command(channel, "/incident update")
    view = await workplace.form(ana, "Status update")
    assert "We are investigating problems with Checkout" in words(view)

    async def redrawn(text: str) -> Json:
        async def shown() -> Json | None:
            [view] = await ana.views()
            return view if text in words(view) else None

        return await eventually(shown)

    async def choose(view: Json, label: str, what: str) -> None:
        block, menu = element_reading(view["blocks"], label)
        [message] = [each for each in view["blocks"] if each["block_id"].startswith("message:")]
        typed = filled(view, **{message["block_id"]: "Written by hand."})
        chosen = {"selected_option": option_reading(menu, what)}
        await ana.press(menu["action_id"], block["block_id"], view_id=view["id"], values=typed, **chosen)

    await ana.choose("services.choose", "services", "Checkout", "API", view_id=view["id"])
    view = await redrawn("We are investigating problems with Checkout and API")
    await workplace.press_in(ana, view, "Investigating", choose="Identified")
    view = await redrawn("We have found the cause of the problems with Checkout and API")
    await choose(view, "Investigating", "Monitoring")
    view = await redrawn("Written by hand.")
    _, menu = element_reading(view["blocks"], "Start from a template")
    assert menu["confirm"]["text"]["text"] == "What is written in it gives way to the template."
    await choose(view, "Start from a template", "Resolved")
    view = await redrawn("The problems are solved.")
    assert "Written by hand." not in words(view)
    await choose(view, "Start from a template", "Investigating")
    view = await redrawn("We are investigating problems with Checkout")
    assert await ana.submit(view["id"], filled(view, **{"public title": TITLE})) == {}
    card = await workplace.read(ana, channel, "waits for approval")
    assert "*Monitoring*" in words(card) and "We are investigating problems with Checkout" in words(card)


async def test_planned_maintenance_is_asked_for_and_stays_planned_in_the_next_update(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    await ana.command(channel, "/incident update")
    view = await workplace.form(ana, "Status update")
    block, options = element_reading(view["blocks"], "Planned maintenance")
    ticked = {"selected_options": options["options"]}
    await ana.press(options["action_id"], block["block_id"], view_id=view["id"], **ticked)

    async def asks_when() -> Json | None:
        [view] = await ana.views()
        return view if {"begins_at", "ends_at"} <= {block["block_id"] for block in view["blocks"]} else None

    view = await eventually(asks_when)
    begins = int(workplace.clock().timestamp()) + 3_600
    said = filled(view, **{"public title": "We move", "message:0": "An hour without payments."})
    errors = await ana.submit(view["id"], said | at("begins_at", begins) | at("ends_at", begins - 1))
    assert "when it ends, which comes after" in words(errors)
    assert await ana.submit(view["id"], said | at("begins_at", begins) | at("ends_at", begins + 3_600)) == {}
    card = await workplace.read(ana, channel, "waits for approval")
    assert "*Planned* · “We move”" in words(card) and "Planned maintenance: <!date^" in words(card)
    await workplace.press(cleo, channel, card, "Approve and publish")
    await workplace.read(ana, channel, "is published")

    await write(workplace, ana, channel, **{"public title": "We move", "message:0": "It is still planned."})
    again = await workplace.read(ana, channel, "It is still planned.")
    await workplace.press(cleo, channel, again, "Approve and publish")
    await workplace.read(ana, channel, "published status update 2")
    [page] = await workplace.running.bot.core.storage.read.public.snapshots()
    [maintenance] = page.maintenance(workplace.clock())
    assert [update.body for update in maintenance.updates] == ["An hour without payments.", "It is still planned."]


def at(question: str, moment: int) -> Json:
    """The answer to a question for a time."""
    return {question: {"value": {"type": "datetimepicker", "selected_date_time": moment}}}


async def test_the_history_leads_to_a_correction_which_the_page_marks(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    await workplace.press(cleo, channel, await write(workplace, ana, channel), "Approve and publish")
    await workplace.read(ana, channel, "is published")
    history = await workplace.typed(ana, channel, "/incident updates")
    await workplace.press(ana, channel, history, "Correct")
    view = await workplace.form(ana, "Correct an update")
    assert await ana.submit(view["id"], filled(view, **{"message:0": "Few payments fail."})) == {}
    card = await workplace.read(ana, channel, "Correction of status update 1")
    await workplace.press(cleo, channel, card, "Approve and publish")
    await workplace.read(ana, channel, "published a correction of status update 1")
    assert await published(workplace) == ["Few payments fail."]


async def test_customers_who_wait_are_remembered(workplace: Workplace, ana: Person, channel: str) -> None:
    await workplace.later(minutes=29)
    assert not [m for m in await workplace.by_bot(channel) if "An update is due" in words(m)]
    await workplace.later(minutes=2)
    reminder = await workplace.read(ana, channel, "were told nothing. An update is due.")
    assert "<@U0ANA>" in reminder["text"]
    answer = await workplace.answered(ana, channel, workplace.press(ana, channel, reminder, "Snooze 30 min"))
    assert "Nobody is reminded before" in answer["text"]


@ON_SQLITE
async def test_customers_of_what_was_affected_from_the_beginning_are_remembered_too(
    workplace: Workplace, channel: str
) -> None:
    hurt = {"checkout": Impact.MAJOR_OUTAGE}
    core, ben = workplace.running.bot.core, Somebody.of("slack", "U0BEN")
    await declare(core, Declare(ben, "form", "API fails", severity=Severity.SEV1, impacts=hurt))

    async def opened() -> str | None:
        there = (await workplace.incident(2)).channel
        return there.channel.id if there else None

    opened_there = await eventually(opened)
    await workplace.later(minutes=31)
    assert [m for m in await workplace.by_bot(opened_there) if "were told nothing. An update is due." in words(m)]


@ON_SQLITE
async def test_a_draft_that_was_written_before_there_was_a_channel_is_shown_in_it(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    core, author = workplace.running.bot.core, Somebody.of("slack", "U0ANA")
    await declare(core, Declare(author, "form", "API fails", severity=Severity.SEV1, wants_channel=False))
    await draft(core, 2, author, Writing("Some calls fail.", PublicStatus.INVESTIGATING, "Problems with our API"))
    await workplace.settle()
    await ana.command(channel, "/incident channel INC-2")

    async def shown() -> bool:
        there = (await workplace.incident(2)).channel
        said = await workplace.by_bot(there.channel.id) if there else []
        return any("waits for approval" in words(message) and "Some calls fail." in words(message) for message in said)

    await eventually(shown)


async def test_what_comes_up_while_a_draft_waits_is_said_on_its_card(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    card = await write(workplace, ana, channel, promise="Within 15 minutes")
    assert "⚠️" not in words(card)
    await ana.command(channel, "/incident services api=degraded")
    await workplace.read(ana, channel, "The affected services were changed after this was written.")
    await workplace.later(minutes=15)
    card = await workplace.read(ana, channel, "The time by which it promises the next update is past.")
    await workplace.press(ana, channel, card, "Edit")
    view = await workplace.form(ana, "Edit the status update")
    assert "as before" not in words(view)
    later = int((workplace.clock() + timedelta(hours=1)).timestamp())
    again = filled(view, promise="Within 15 minutes", publish_at=later)
    assert await ana.submit(view["id"], again) == {}
    card = await workplace.read(ana, channel, "Goes out")
    assert "⚠️ The time" not in words(card)

    await workplace.press(ana, channel, card, "Edit")
    view = await workplace.form(ana, "Edit the status update")
    refused = await ana.submit(view["id"], filled(view, promise="as before", publish_at=later + 900))
    assert "past by the time customers read this" in words(refused)


async def test_what_was_approved_for_later_asks_again_where_more_must_approve_by_then(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    for typed in ("severity 3", "lead"):
        await ana.command(channel, f"/incident {typed}")
    later = int((workplace.clock() + timedelta(hours=1)).timestamp())
    await workplace.press(ana, channel, await write(workplace, ana, channel, publish_at=later), "Approve")
    card = await workplace.read(ana, channel, "is approved by <@U0ANA> and goes out")
    await ana.command(channel, "/incident severity 1")
    await workplace.later(hours=1)
    notice = await workplace.read(cleo, channel, "held status update 1 back, which waits for approval again")
    assert "the incident is SEV1" in words(notice)
    [_, call] = [m for m in await cleo.messages(channel, card["ts"]) if "held back at its time" in m["text"]]
    assert "<@U0CLEO>" in call["text"] and await published(workplace) == []
    card = await workplace.read(cleo, channel, "📝 *Status update 1* waits for approval again")
    await workplace.press(cleo, channel, card, "Approve and publish")
    await workplace.read(cleo, channel, "is published")


async def test_a_draft_that_waits_is_brought_back_to_mind(
    workplace: Workplace, ana: Person, cleo: Person, channel: str
) -> None:
    card = await write(workplace, ana, channel)
    await workplace.later(minutes=11)
    [reminder] = [m for m in await cleo.messages(channel, card["ts"]) if "waits for approval for" in m["text"]]
    assert "<@U0CLEO>" in reminder["text"]
