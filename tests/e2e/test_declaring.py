"""Declaring an incident: from everywhere one can, once, and what the person who declared sees of it at once."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.vocabulary import Impact, Severity, Status
from incidents.ports import TimelineQuery
from sandbox.client import Person
from sandbox.refusals import RefusedError
from tests.e2e.workspace import Json, Workplace, eventually, filled, searched, words

FORM = "Declare an incident"
GRAPH = {"name": "graph.png", "content": "…"}
DELAY = 0.3
"""Seconds that each call to Slack takes where their order matters."""


def question(view: Json, label: str) -> Json:
    """The input under ``label``."""
    found: Json = next(b["element"] for b in view["blocks"] if b["type"] == "input" and b["label"]["text"] == label)
    return found


def labels(view: Json) -> list[str]:
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


async def choose_service(person: Person, view: Json, *names: str) -> None:
    """Search for services in the form and choose them."""
    menu = {"action_id": "services.choose", "block_id": "services", "view_id": view["id"]}
    chosen = [(await person.options(query=name[:3], **menu))[0] for name in names]
    assert [option["text"]["text"] for option in chosen] == list(names)
    await person.press(selected_options=chosen, **menu)


async def declared(person: Person, view: Json) -> Json:
    """What has taken the place of the form, once that is the way to the channel."""

    async def turned() -> Json | None:
        views = {each["id"]: each for each in await person.views()}
        return views[view["id"]] if "Go to the channel" in words(views.get(view["id"])) else None

    return await eventually(turned)


async def how_many(workplace: Workplace) -> int:
    number = 0
    while await workplace.running.bot.core.storage.read.incident(number + 1):
        number += 1
    return number


async def test_the_form_asks_six_things_and_needs_only_the_title(workplace: Workplace, ana: Person) -> None:
    await ana.command(workplace.general, "/incident declare  Checkout fails & burns ")
    view = await workplace.form(ana, FORM)
    assert labels(view) == ["Title", "Severity", "Affected services", "Page now", "Summary", "Channel"]
    assert question(view, "Title")["initial_value"] == "Checkout fails & burns"
    assert "SEV3" in words(question(view, "Severity")["initial_option"])
    assert len(question(view, "Severity")["options"]) == 5
    assert [o["value"] for o in question(view, "Channel")["initial_options"]] == ["channel"]
    assert [block["label"]["text"] for block in view["blocks"] if not block.get("optional")] == ["Title", "Severity"]
    assert await ana.submit(view["id"], filled(view, title="")) == {"title": "Please complete this required field."}
    assert await ana.submit(view["id"], filled(view, title="Checkout fails")) == {}
    incident = await workplace.incident(1)
    assert (incident.title, incident.severity, incident.status) == ("Checkout fails", Severity.SEV3, Status.DECLARED)
    assert incident.joined == [Somebody.of("slack", ana.id)]


async def test_the_form_turns_into_the_way_to_the_channel(workplace: Workplace, ana: Person) -> None:
    await ana.trouble(method="conversations.create", delay=DELAY)
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, FORM)
    await ana.submit(view["id"], {})
    at_once = (await ana.views())[-1]
    assert at_once["title"]["text"] == "INC-1 declared" and "Opening its channel" in words(at_once)
    then = await declared(ana, view)
    channel = workplace.channel("inc-1-checkout-fails")
    assert f"<#{channel}>" in words(then) and f"id={channel}" in words(then)


async def test_the_global_shortcut_opens_the_form(workplace: Workplace, ana: Person) -> None:
    await ana.shortcut("declare_incident")
    view = await workplace.form(ana, FORM)
    assert await ana.submit(view["id"], filled(view, title="Search is slow")) == {}
    await declared(ana, view)
    assert (await workplace.incident(1)).title == "Search is slow"


async def test_the_button_in_app_home_opens_the_form(workplace: Workplace, ana: Person) -> None:
    await ana.open_home()
    home = await eventually(ana.home)
    await workplace.press_in(ana, home, "Declare an incident")
    view = await workplace.form(ana, FORM)
    await ana.submit(view["id"], filled(view, title="Search is slow"))
    await declared(ana, view)
    await ana.open_home()

    async def listed() -> bool:
        return "Search is slow" in words(await ana.home())

    await eventually(listed)


async def test_a_message_from_which_an_incident_is_declared_begins_its_timeline(
    workplace: Workplace, ana: Person, cleo: Person
) -> None:
    payments = workplace.channel("payments")
    ts = await cleo.say(
        payments, "Card payments fail &amp; nobody knows why\nsince the deploy, <@U0DAN>", files=[GRAPH]
    )
    await ana.shortcut("declare_from_message", channel=payments, ts=ts)
    view = await workplace.form(ana, FORM)
    assert question(view, "Title")["initial_value"] == "Card payments fail & nobody knows why"
    await ana.submit(view["id"], {})
    await declared(ana, view)
    page = await workplace.running.bot.core.storage.read.timeline(TimelineQuery(1))
    first, fact = page.entries[0], page.entries[0].fact
    assert isinstance(fact, facts.MessagePinned) and fact.text.endswith("since the deploy, <@U0DAN>")
    assert fact.author == Somebody.of("slack", cleo.id) and [file.name for file in fact.files] == ["graph.png"]
    assert first.happened_at == datetime.fromtimestamp(float(ts), UTC)
    assert isinstance(page.entries[1].fact, facts.Declared)
    shown = words(await workplace.typed(ana, workplace.general, "/incident timeline INC-1"))
    assert f"/archives/{payments}/p{ts.replace('.', '')}" in shown


async def test_a_long_message_of_another_bot_fits_into_the_form(workplace: Workplace, ana: Person) -> None:
    payments = workplace.channel("payments")
    ts = await ana.bot_message(payments, "", attachments=[{"fallback": 'High "error" rate <\\ 日本 ' * 200}])
    await ana.shortcut("declare_from_message", channel=payments, ts=ts)
    view = await workplace.form(ana, FORM)
    assert len(question(view, "Title")["initial_value"]) == 500
    await ana.submit(view["id"], {})
    await declared(ana, view)
    pinned = next(e.fact for e in await workplace.timeline(1) if isinstance(e.fact, facts.MessagePinned))
    assert pinned.author == Somebody.of("slack", "B0GRAFANA") and pinned.text.startswith('High "error" rate')


async def test_a_chosen_service_asks_for_its_impact_and_keeps_what_was_typed(workplace: Workplace, ana: Person) -> None:
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, FORM)
    await choose_service(ana, view, "Checkout", "API")

    async def asked() -> Json | None:
        drawn = (await ana.views())[-1]
        return drawn if "Impact on API" in labels(drawn) else None

    drawn = await eventually(asked)
    assert labels(drawn)[2:5] == ["Affected services", "Impact on Checkout", "Impact on API"]
    assert question(drawn, "Title")["initial_value"] == "Checkout fails"
    assert await ana.submit(drawn["id"], filled(drawn, **{"impact:checkout": "major outage"})) == {}
    await declared(ana, drawn)
    affected = {service.name: service.impact for service in (await workplace.incident(1)).services.values()}
    assert affected == {"Checkout": Impact.MAJOR_OUTAGE, "API": Impact.DEGRADED}
    card = await workplace.shown_card(workplace.channel("inc-1-checkout-fails"), "Checkout: major outage")
    assert "API: degraded" in words(card)


async def test_everything_that_the_form_says_is_declared(workplace: Workplace, ana: Person) -> None:
    answers: dict[str, Any] = {
        "severity": "SEV1",
        "summary": "502 since the <deploy>",
        "page": ["U0BEN", "U0DAN", "U0ANA"],
    }
    channel = await workplace.declare(ana, "Checkout fails", **answers)
    await workplace.settle()
    incident = await workplace.incident(1)
    assert (incident.severity, incident.summary) == (Severity.SEV1, "502 since the <deploy>")
    assert set(incident.paged) == {Somebody.of("slack", "U0BEN"), Somebody.of("slack", "U0DAN")}
    assert set(workplace.sandbox.workspace.channels[channel].members) >= {"U0ANA", "U0BEN", "U0DAN"}
    card = await workplace.shown_card(channel, "502 since the &lt;deploy&gt;")
    assert "SEV1" in words(card)
    notices = [
        m for m in await workplace.by_bot(channel) if m.get("metadata", {}).get("event_type") == "incident_notice"
    ]
    told = " ".join(notice["text"] for notice in notices)
    assert [told.count(f"<@{user}>") for user in ("U0BEN", "U0DAN", "U0ANA")] == [1, 1, 0]


async def submit_again_and_again(person: Person, view: Json, times: int) -> list[dict[str, str] | BaseException]:
    return await asyncio.gather(*(person.submit(view["id"], {}) for _ in range(times)), return_exceptions=True)


async def test_a_form_that_is_submitted_several_times_at_once_declares_once(workplace: Workplace, ana: Person) -> None:
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, FORM)
    results = await submit_again_and_again(ana, view, 4)
    assert results[0] == {}
    assert all(result == {} or isinstance(result, RefusedError) for result in results)
    await declared(ana, view)
    await workplace.settle()
    assert await how_many(workplace) == 1
    assert len([c for c in workplace.sandbox.workspace.channels.values() if c.name.startswith("inc-")]) == 1
    assert len(workplace.calls("conversations.create")) == 1


async def test_a_submission_that_is_delivered_again_gives_the_same_incident(workplace: Workplace, ana: Person) -> None:
    await workplace.declare(ana, "Checkout fails")
    again = await workplace.deliver("interactive", workplace.delivered("view_submission"))
    assert again["view"]["title"]["text"] == "INC-1 declared" and "Go to the channel" in words(again)
    assert await how_many(workplace) == 1
    await workplace.declare(ana, "Search is slow")
    assert (await workplace.incident(2)).title == "Search is slow"


async def test_many_who_declare_at_the_same_moment_get_numbers_without_gaps(workplace: Workplace) -> None:
    people = [workplace.person(name) for name in ("ana", "ben", "cleo", "dan", "eve")]
    titles = ["Checkout fails", "Search is slow", "Mail bounces", "Disk full", "Login loops"]

    async def declare(person: Person, title: str) -> None:
        await person.command(workplace.general, f"/incident declare {title}")
        view = await workplace.form(person, FORM)
        await person.submit(view["id"], {})
        await declared(person, view)

    await asyncio.gather(*map(declare, people, titles))
    assert await how_many(workplace) == 5
    assert {(await workplace.incident(number)).title for number in range(1, 6)} == set(titles)


async def test_a_title_like_that_of_an_open_incident_warns_first(
    workplace: Workplace, ana: Person, ben: Person
) -> None:
    channel = await workplace.declare(ana, "Checkout fails for card payments")
    await ben.command(workplace.general, "/incident declare card payments: checkout FAILS")
    view = await workplace.form(ben, FORM)
    await searched(ben, view)
    answers = filled(view, severity="SEV1", summary="Cards only", page=["U0DAN"])
    assert await ben.submit(view["id"], answers) == {}
    warned = (await ben.views())[-1]
    assert "INC-1" in words(warned) and f"<#{channel}>" in words(warned)
    assert warned["submit"]["text"] == "Declare anyway" and await how_many(workplace) == 1
    assert await ben.submit(warned["id"], {}) == {}
    await declared(ben, warned)
    incident = await workplace.incident(2)
    assert (incident.title, incident.severity) == ("card payments: checkout FAILS", Severity.SEV1)
    assert incident.summary == "Cards only" and incident.paged == [Somebody.of("slack", "U0DAN")]


async def test_a_title_like_that_of_a_resolved_incident_does_not_warn(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.typed(ana, channel, "/incident resolve")
    await workplace.declare(ana, "Checkout fails")
    assert await how_many(workplace) == 2


async def test_without_a_channel_the_incident_is_declared_and_announced_all_the_same(
    workplace: Workplace, ana: Person
) -> None:
    await ana.command(workplace.general, "/incident declare Search is slow")
    view = await workplace.form(ana, FORM)
    await ana.submit(view["id"], filled(view, options=[]))
    shown = words((await ana.views())[-1])
    assert "INC-1" in shown and "channel" not in shown
    await workplace.read(ana, workplace.channel("incidents"), "INC-1")
    await workplace.settle()
    assert (await workplace.incident(1)).channel is None
    assert not workplace.calls("conversations.create")


async def test_a_private_incident_gets_a_private_channel_and_no_announcement(
    workplace: Workplace, ana: Person, dan: Person, ben: Person
) -> None:
    channel = await workplace.declare(ana, "A breach", options=["Open a channel for it", "Private"], page=[dan.id])
    await workplace.settle()
    assert workplace.sandbox.workspace.channels[channel].is_private
    assert channel in {c["id"] for c in (await dan.workspace())["channels"]}
    assert channel not in {c["id"] for c in (await ben.workspace())["channels"]}
    assert await workplace.by_bot(workplace.channel("incidents")) == []


async def test_the_declarer_is_in_the_channel_and_the_card_is_up_after_two_calls_in_a_row(
    workplace: Workplace, ana: Person
) -> None:
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, FORM)
    await searched(ana, view)
    await ana.trouble(method="*", delay=DELAY, times=100)
    earlier = len(workplace.calls())
    await ana.submit(view["id"], filled(view, page=["U0BEN", "U0DAN"]))
    submitted = next(c for c in reversed(workplace.sandbox.workspace.calls) if c.name == "view_submission").at
    await declared(ana, view)
    await workplace.settle()
    made = workplace.calls()[earlier:]
    create, invite = (next(c for c in made if c.name == f"conversations.{what}") for what in ("create", "invite"))
    in_channel = create.answer["channel"]["id"]
    card = next(c for c in made if c.name == "chat.postMessage" and c.arguments["channel"] == in_channel)
    opened = create.at + DELAY
    begun: list[tuple[Any, float]] = [(create, submitted), (invite, opened), (card, opened)]
    for call, earliest in begun:
        assert earliest <= call.at < earliest + DELAY, f"another call came before {call.name}"
    assert set(invite.arguments["users"].split(",")) == {"U0ANA", "U0BEN", "U0DAN"}
    assert "metadata" in card.arguments and "<@" not in card.arguments["text"]


async def test_the_announcement_is_one_message_kept_up_to_date_in_place(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    incidents = workplace.channel("incidents")
    await workplace.read(ana, incidents, f"<#{channel}>")
    await workplace.typed(ana, channel, "/incident severity 1")
    await workplace.typed(ana, channel, "/incident title Checkout fails for all")
    await workplace.read(ana, incidents, "Checkout fails for all")
    assert "SEV1" in words(await workplace.by_bot(incidents))
    await workplace.typed(ana, channel, "/incident resolve")
    await workplace.read(ana, incidents, "was SEV1")
    await workplace.settle()
    posts = await workplace.by_bot(incidents)
    assert len(posts) == 1 and "Join" not in words(posts[0]["blocks"])


async def test_whoever_joins_from_the_announcement_is_brought_into_the_channel(
    workplace: Workplace, ana: Person, ben: Person
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    incidents = workplace.channel("incidents")
    post = await workplace.read(ben, incidents, f"<#{channel}>")
    answer = await workplace.answered(ben, incidents, workplace.press(ben, incidents, post, "Join"))
    assert f"You joined INC-1. → <#{channel}>" in answer["text"]

    async def there() -> bool:
        return ben.id in workplace.sandbox.workspace.channels[channel].members

    await eventually(there)
    await workplace.read(ana, incidents, "2 responding")


@pytest.mark.parametrize("why", ["restricted_action", "missing_scope"])
async def test_a_channel_that_slack_does_not_let_the_bot_make_leaves_the_incident_and_a_way_to_try_again(
    workplace: Workplace, ana: Person, why: str
) -> None:
    await ana.trouble(method="conversations.create", error=why)
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, FORM)
    await ana.submit(view["id"], {})

    async def told() -> Json | None:
        views = await ana.views()
        return views[-1] if "could not be opened" in words(views) else None

    failed = await eventually(told)
    await workplace.press_in(ana, failed, "Try again")

    async def opened() -> bool:
        return (await workplace.incident(1)).channel is not None

    await eventually(opened)
