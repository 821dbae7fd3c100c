"""How little the bot says: its posts are counted, flurries are one notice, slips none, nobody is called for nothing."""

from datetime import timedelta

import pytest

from incidents.actions.alert_response import link_alert
from incidents.actions.alerts import receive
from incidents.actions.organisation import apply
from incidents.actions.paging import PageRequest, answer_call, decline_call, page
from incidents.consequences import Pace
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.organisation import AlertSource, Policy, Step, Target, TargetKind, Tool
from incidents.model.signal import Signal, SignalKind
from sandbox.client import Person
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import Json, Workplace, words

pytestmark = ON_SQLITE
CLEO, DAN = Somebody.of("slack", "U0CLEO"), Somebody.of("slack", "U0DAN")
MOST_POSTS = 12
SLOW_TO_SPEAK = pytest.mark.parametrize(
    "pace", [Pace(undo=timedelta(minutes=2), notice=timedelta(minutes=2), topic=timedelta(minutes=2))]
)
"""Nothing is said of a change before the clock is put forward."""
A_BUSY_HALF_MINUTE = pytest.mark.parametrize(
    "pace", [Pace(undo=timedelta(seconds=2), notice=timedelta(seconds=0.1), topic=timedelta(minutes=2))]
)
"""Each change is a notice of its own; the topic is changed when the dust has settled."""
TWO_AT_ONCE = pytest.mark.parametrize(
    "pace", [Pace(undo=timedelta(seconds=2), notice=timedelta(seconds=0.45), topic=timedelta(minutes=2))]
)
"""The same, where two alerts that are linked one after the other are one notice on a slow machine too."""


async def notices(workplace: Workplace, channel: str) -> list[Json]:
    """What the bot told the channel of changes."""
    kind = "incident_notice"
    return [m for m in await workplace.by_bot(channel) if m.get("metadata", {}).get("event_type") == kind]


@A_BUSY_HALF_MINUTE
@pytest.mark.parametrize(
    "changes",
    [
        ["severity 1", "status identified", "services checkout=major_outage", "summary 502s", "resolve"],
        ["lead", "status investigating", "severity 1", "status monitoring", "resolve"],
    ],
)
async def test_from_declaration_to_resolution_with_five_changes_the_bot_posts_twelve_times_at_most(
    workplace: Workplace, ana: Person, ben: Person, changes: list[str]
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await ben.join(channel)
    for number, change in enumerate(changes):
        await ben.say(channel, f"I see something ({number})")
        await workplace.typed(ana, channel, f"/incident {change}")
        await ana.say(channel, "changed that")
        await workplace.settle(timedelta(seconds=0.5))
    await workplace.later(minutes=2)
    posts = await workplace.by_bot(channel)
    assert len(posts) <= MOST_POSTS, "\n".join(f"{post.get('subtype')}: {post['text'][:80]}" for post in posts)
    assert len(await notices(workplace, channel)) >= len(changes)
    assert "Reopen" in words(posts)


@TWO_AT_ONCE
async def test_from_two_alerts_and_a_page_that_one_declines_to_resolution_it_posts_twelve_times_at_most(
    workplace: Workplace, ana: Person
) -> None:
    core, by = workplace.running.bot.core, Somebody.of("slack", ana.id)
    await organised(workplace)
    await receive(core, "prometheus", [Signal(kind=SignalKind.FIRE, key=key, title=key) for key in ("Errors", "Lag")])
    channel = await workplace.declare(ana, "Checkout fails")
    for alert in (1, 2):
        await link_alert(core, alert, 1, by)
    await page(core, PageRequest(by, 1, [Target("policy:payments")], "DB pool exhausted"))
    await workplace.settle()
    await decline_call(core, 1, DAN)
    await workplace.settle()
    await answer_call(core, 2, CLEO)
    for change in ["severity 1", "status identified", "resolve"]:
        await workplace.typed(ana, channel, f"/incident {change}")
        await workplace.settle(timedelta(seconds=0.5))
    await workplace.later(minutes=2)
    posts = await workplace.by_bot(channel)
    told = [notice["text"] for notice in await notices(workplace, channel)]
    assert len(posts) <= MOST_POSTS, "\n".join(f"{post.get('subtype')}: {post['text'][:80]}" for post in posts)
    assert sum(text.count("<@U0DAN>") for text in told) == sum(text.count("<@U0CLEO>") for text in told) == 1
    assert told[-1].startswith("@ana resolved the incident") and "and resolved 2 alerts (“Errors”, “Lag”)" in told[-1]


async def organised(workplace: Workplace) -> None:
    """Payments pages dan, then cleo; prometheus's alerts page nobody."""
    core = workplace.running.bot.core
    version, organisation = await core.storage.read.organisation.standing()
    steps = tuple(Step(targets=(Target.of(TargetKind.PERSON, person),)) for person in (DAN, CLEO))
    source = AlertSource(name="Prometheus", tool=Tool.ALERTMANAGER, channel="incidents")
    wanted = {"policies": {"payments": Policy(name="Payments", steps=steps)}, "sources": {"prometheus": source}}
    await apply(core, organisation.model_copy(update=wanted), version)


@SLOW_TO_SPEAK
async def test_several_changes_within_seconds_are_one_notice(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    for change in ["severity 2", "status identified", "severity 1", "lead", "summary 502 since the deploy"]:
        await workplace.typed(ana, channel, f"/incident {change}")
    await workplace.later(minutes=2)
    said = [notice["text"] for notice in await notices(workplace, channel)]
    assert said == [
        "@ana set the status to Identified, raised the severity from SEV3 to SEV1, took command and wrote a summary."
    ]


@SLOW_TO_SPEAK
async def test_changes_of_two_people_are_a_notice_each(workplace: Workplace, ana: Person, ben: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.typed(ana, channel, "/incident severity 2")
    await workplace.typed(ben, workplace.general, "/incident status identified INC-1")
    await workplace.typed(ana, channel, "/incident severity 1")
    await workplace.later(minutes=2)
    said = {notice["text"] for notice in await notices(workplace, channel)}
    assert said == {"@ana raised the severity from SEV3 to SEV1.", "@ben set the status to Identified."}


@SLOW_TO_SPEAK
async def test_a_change_that_is_taken_back_is_told_to_nobody(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.later(minutes=2)
    before = len(await workplace.by_bot(channel))
    answer = await workplace.typed(ana, channel, "/incident severity 1")
    await workplace.press(ana, channel, answer, "Undo")
    await workplace.told(ana, channel, "Taken back.")
    await workplace.later(minutes=2)
    assert len(await workplace.by_bot(channel)) == before
    assert "SEV3" in words(await workplace.by_bot(workplace.channel("incidents")))


async def test_what_was_part_of_the_declaration_is_told_by_the_card_alone(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails", severity="SEV1", summary="502 since the deploy")
    await workplace.settle()
    assert await notices(workplace, channel) == []
    assert [m["text"] for m in await workplace.messages(channel) if not m.get("subtype")] == [
        "🔴 SEV1 INC-1 Checkout fails: Declared"
    ]


async def test_nobody_is_called_for_what_they_did_themselves(workplace: Workplace, ana: Person, ben: Person) -> None:
    """Slack notifies whoever a new message refers to; edits and what only they see notify nobody."""
    channel = await workplace.declare(ana, "Checkout fails for <@U0ANA>", summary="ask <@U0ANA>")
    for change in ["lead", "severity 1", "note done by me", "title Checkout fails for all", "resolve", "reopen again"]:
        await workplace.typed(ana, channel, f"/incident {change}")
        await workplace.settle()
    await workplace.typed(ben, workplace.general, "/incident join INC-1")
    await workplace.settle()
    everything = [*await workplace.by_bot(channel), *await workplace.by_bot(workplace.channel("incidents"))]
    edited = {m["ts"] for m in everything if m.get("edited")}
    firsts = [m for m in everything if m["ts"] not in edited and not m.get("subtype")]
    assert len(firsts) >= 5
    assert not [m for m in firsts if "<@U0ANA" in words(m) or "<@U0BEN" in words(m)]


async def test_whoever_is_given_command_is_called(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.typed(ana, channel, "/incident lead @ben")
    await workplace.settle()
    told = (await notices(workplace, channel))[-1]["text"]
    assert "gave command to <@U0BEN>" in told and told.startswith("@ana")


async def test_what_the_bot_says_is_not_on_the_timeline_twice(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    for change in ["severity 1", "note paged the bank", "resolve"]:
        await workplace.typed(ana, channel, f"/incident {change}")
        await workplace.settle()
    entries = await workplace.timeline(1)
    assert not [e for e in entries if isinstance(e.fact, facts.Message | facts.MessageEdited)]
    assert {e.by for e in entries} <= {Somebody.of("slack", ana.id), Somebody.of("tocsin", "tocsin")}
