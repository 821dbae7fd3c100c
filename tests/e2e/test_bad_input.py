"""What should not come, and comes: too long, unknown, gone, misshaped. Each is answered, nothing is lost or crashes."""

import asyncio
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

import bot
from incidents.model import facts
from incidents.model.vocabulary import Severity, Status
from sandbox.client import Person
from sandbox.deliveries.transport import Kind, Timing, UnansweredError
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import Json, Workplace, eventually, filled, words

WHAT_IT_IS = {"type", "command", "callback_id", "action_id", "actions", "event", "view"}
WHAT_IT_IS |= {"event.type", "view.type", "view.callback_id"}
"""Without these Bolt cannot tell what was delivered, and leaves it unanswered."""

HASTY = pytest.mark.parametrize("timing", [Timing(acknowledge=0.6)])
"""So that what stays unanswered does not hold up the test."""

LIMITS = {"title": 500, "summary": 3_000, "note": 10_000, "reopen": 1_000}


@pytest.fixture
async def channel(workplace: Workplace, ana: Person) -> str:
    """The channel of INC-1, which ana declared."""
    return await workplace.declare(ana, "Checkout fails")


async def state(workplace: Workplace) -> tuple[Any, ...]:
    incident = await workplace.incident(1)
    return incident, len(await workplace.timeline(1))


# Too long, empty -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", LIMITS)
async def test_a_text_beyond_its_limit_is_answered_with_the_limit_and_one_at_it_is_taken(
    workplace: Workplace, ana: Person, channel: str, word: str
) -> None:
    if word == "reopen":
        await workplace.typed(ana, channel, "/incident resolve")
    before = await state(workplace)
    limit = LIMITS[word]
    answer = words(await workplace.typed(ana, channel, f"/incident {word} {'🔥' * (limit + 1)}"))
    assert f"has {limit + 1:,} characters; {limit:,} are possible. Shorten it." in answer
    assert await state(workplace) == before
    await workplace.typed(ana, channel, f"/incident {word} {'x' * limit}")
    assert await state(workplace) != before
    await workplace.settle()
    assert await workplace.running.bot.core.storage.jobs.parked() == []


async def test_a_form_s_fault_is_shown_at_its_field_and_the_form_stays(workplace: Workplace, ana: Person) -> None:
    await ana.command(workplace.general, "/incident declare")
    form = await workplace.form(ana, "Declare an incident")
    assert await ana.submit(form["id"], filled(form, title="x" * 501)) == {"title": "Must be at most 500 characters."}
    assert await ana.submit(form["id"], filled(form, title=" \n ")) == {"title": "The title is empty. Write one."}
    assert await ana.submit(form["id"], filled(form, title="Fire")) == {}
    sent = workplace.delivered("view_submission")
    sent["view"]["id"] = "V0OTHER"
    sent["view"]["state"]["values"]["title"]["value"]["value"] = "x" * 501
    said = await workplace.deliver("interactive", sent)
    assert said == {
        "response_action": "errors",
        "errors": {"title": "The title has 501 characters; 500 are possible. Shorten it."},
    }


async def test_texts_that_no_database_keeps_are_kept_as_well_as_they_can_be(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await workplace.typed(ana, channel, "/incident title nul \x00 half \ud83d")
    assert (await workplace.incident(1)).title == "nul \N{REPLACEMENT CHARACTER} half \N{REPLACEMENT CHARACTER}"
    await ana.say(channel, "nul \x00 here")

    async def heard() -> bool:
        return "nul \N{REPLACEMENT CHARACTER} here" in str([entry.fact for entry in await workplace.timeline(1)])

    await eventually(heard)


async def test_nobody_is_called_by_what_is_typed_into_a_title_or_summary(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await workplace.typed(ana, channel, "/incident title <!channel> *bold* @here & <https://evil.example|bank>")
    await workplace.typed(ana, channel, "/incident summary <!here> @dan `code`")
    await workplace.settle()
    posts = [*await workplace.by_bot(channel), *await workplace.by_bot(workplace.channel("incidents"))]
    marked_up = [text for post in posts for text in [post["text"], *mrkdwn(post.get("blocks"))]]
    assert len(marked_up) > 5
    assert not [t for t in marked_up if "<!channel>" in t or "<!here>" in t or "<https://evil" in t or "<@U0DAN" in t]


def mrkdwn(part: Any) -> Iterator[str]:
    """Every text in blocks in which Slack looks for mentions and links."""
    if isinstance(part, dict) and part.get("type") == "mrkdwn":
        yield part["text"]
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from mrkdwn(inner)


# Unknown ---------------------------------------------------------------------------------------------------------


UNKNOWN = [
    ("frobnicate", 'There is no "frobnicate". See what there is: /incident help.'),
    ("🔥 <@U0BEN> <!channel>", "See what there is: /incident help."),
    ("severity 9", 'There is no severity "9". Possible: 1 (critical)'),
    ("severity 1 2", 'There is no severity "1 2"'),
    ("status broken", 'There is no status "broken". Possible: Declared'),
    ("services nothere=degraded", 'There is no service "nothere"'),
    ("services checkout=fine", 'There is no impact "fine"'),
    ("services checkout", "Say how each is affected: /incident services checkout=degraded"),
    ("lead bob", '"bob" names nobody here. Mention the person'),
    ("lead <@U0NOBODY>", "Guests, and people from other organisations"),
    ("severity INC-99 1", "There is no INC-99."),
    ("INC-99", "There is no INC-99."),
    ("severity INC-999999999 1", "There is no INC-999999999."),
    ("timeline inc-0", "There is no INC-0."),
    ("undo 1", "can't be undone any more"),
    ("undo", "can't be undone any more"),
    ("undo 99999999999999999999", "can't be undone any more"),
]
"""What is typed, and what the answer holds."""


async def test_an_unknown_word_or_thing_is_answered_and_changes_nothing(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    before = await state(workplace)
    for typed, answer in UNKNOWN:
        said = (await workplace.typed(ana, channel, f"/incident {typed}"))["text"]
        assert answer in said.replace("&lt;", "<").replace("&gt;", ">"), typed
        assert await state(workplace) == before, typed


async def test_a_resolved_incident_says_that_it_must_be_reopened(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await workplace.typed(ana, channel, "/incident resolve")
    assert "resolved already" in words(await workplace.typed(ana, channel, "/incident resolve"))
    answer = await workplace.typed(ana, channel, "/incident status monitoring")
    assert "INC-1 is resolved. Reopen it first: /incident reopen INC-1." in answer["text"]
    assert (await workplace.incident(1)).status is Status.RESOLVED


async def test_in_a_channel_that_is_no_incident_s_the_open_ones_are_offered(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    await ben.create("inc-99-not-ours")
    answer = await workplace.typed(ben, workplace.channel("inc-99-not-ours"), "/incident resolve")
    assert "Which incident do you mean?" in answer["text"] and "INC-1" in words(answer["blocks"][-1])


# Channels that go away -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
async def test_a_channel_archived_behind_the_bot_s_back_is_noticed_and_the_incident_goes_on(
    workplace: Workplace, ana: Person, channel: str, heard: bool
) -> None:
    await workplace.settle()
    if not heard:
        await ana.trouble(delivery="drop", times=10)
    await ana.archive(channel)
    await workplace.typed(ana, workplace.general, "/incident severity INC-1 1")

    async def noticed() -> bool:
        attached = (await workplace.incident(1)).channel
        return attached is None or attached.archived

    await eventually(noticed)
    await workplace.settle()
    assert (await workplace.incident(1)).severity is Severity.SEV1
    await workplace.read(ana, workplace.channel("incidents"), "SEV1")


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
async def test_a_channel_deleted_behind_the_bot_s_back_is_let_go_and_another_can_be_opened(
    workplace: Workplace, ana: Person, channel: str, heard: bool
) -> None:
    await workplace.settle()
    if not heard:
        await ana.trouble(delivery="drop", times=10)
    await ana.delete_channel(channel)
    await workplace.typed(ana, workplace.general, "/incident severity INC-1 1")

    async def gone() -> bool:
        return (await workplace.incident(1)).channel is None

    await eventually(gone)
    await workplace.typed(ana, workplace.general, "/incident channel INC-1")

    async def again() -> bool:
        attached = (await workplace.incident(1)).channel
        return attached is not None and await workplace.card(attached.channel.id) is not None

    await eventually(again)
    assert facts.ChannelDetached in [type(entry.fact) for entry in await workplace.timeline(1)]


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
async def test_the_bot_removed_from_its_channel_lets_it_go_and_can_be_brought_back(
    workplace: Workplace, ana: Person, channel: str, heard: bool
) -> None:
    await workplace.settle()
    if not heard:
        await ana.trouble(delivery="drop", times=10)
    await ana.kick(channel, workplace.running.bot.identity.user_id)
    await workplace.typed(ana, workplace.general, "/incident severity INC-1 1")

    async def gone() -> bool:
        return (await workplace.incident(1)).channel is None

    await eventually(gone)
    answer = await workplace.typed(ana, channel, "/incident adopt INC-1")
    assert "This channel is now the one of INC-1" in answer["text"]
    workplace.sandbox.slack.troubles.deliveries.clear()
    ts = await ana.say(channel, "here again")

    async def mirrored() -> bool:
        return ts in [getattr(entry.fact, "message", "") for entry in await workplace.timeline(1)]

    await eventually(mirrored)


# Misshaped -------------------------------------------------------------------------------------------------------


def spoiled(payload: Json, path: Sequence[str] = (), depth: int = 2) -> Iterator[tuple[str, Json]]:
    """``payload`` with each field in turn left out, or of another type; each with the field's name."""
    for key, value in payload.items():
        name = ".".join([*path, key])
        yield f"without {name}", {k: v for k, v in payload.items() if k != key}
        others: list[Any] = [None, 17, [[]]]
        for other in others:
            if type(other) is not type(value):
                yield f"{name} = {other!r}", payload | {key: other}
        if isinstance(value, dict) and depth > 1:
            for what, inner in spoiled(value, [*path, key], depth - 1):
                yield what, payload | {key: inner}


async def survive(workplace: Workplace, kind: Kind, payload: Json, depth: int = 2) -> None:
    """Deliver ``payload`` in every spoiled form; whatever is just incomplete must be acknowledged."""
    at_once = asyncio.Semaphore(25)
    forms = dict(spoiled(payload, depth=depth))

    async def unanswered(what: str) -> str | None:
        try:
            async with at_once:
                await workplace.deliver(kind, forms[what])
        except UnansweredError:
            return what
        return None

    faults = await asyncio.gather(*map(unanswered, forms))
    missing = {fault.removeprefix("without ") for fault in faults if fault and fault.startswith("without ")}
    silent = [name for name in missing - WHAT_IT_IS if await unanswered(f"without {name}")]
    assert not silent, "unanswered among others, and alone"


def stumbles(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Errors that were logged by whom they reached, and came from the bot's own code."""
    ours = str(Path(bot.__file__).parent)
    for record in caplog.records:
        frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else []
        if any(frame.filename.startswith(ours) for frame in frames):
            yield f"{record.getMessage()} {frames[-1]}"


@HASTY
@ON_SQLITE
async def test_events_with_fields_missing_or_of_another_type_are_passed_over(
    workplace: Workplace, ana: Person, ben: Person, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    await ben.join(channel)
    ts = await ana.say(channel, "one", files=[{"name": "graph.png", "content": "…"}])
    await ana.edit(channel, ts, "two")
    await ana.react(channel, ts, "pushpin")
    await ben.leave(channel)
    await ana.delete(channel, ts)
    await workplace.settle()
    sent = [call for call in workplace.sandbox.workspace.calls if call.direction == "delivery"]
    events = {(c.name, c.arguments["event"].get("subtype")): c.arguments for c in sent if "event" in c.arguments}
    assert len(events) >= 6
    with capture_logs() as logs:
        for event in events.values():
            await survive(workplace, "events_api", event, depth=3)
    assert not [line for line in logs if line["log_level"] == "error"] and not list(stumbles(caplog))
    last = await ana.say(channel, "still here")

    async def heard() -> bool:
        return last in [getattr(entry.fact, "message", "") for entry in await workplace.timeline(1)]

    await eventually(heard)


@HASTY
@ON_SQLITE
async def test_acts_with_fields_missing_or_of_another_type_are_acknowledged(
    workplace: Workplace, ana: Person, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    ts = await ana.say(channel, "one")
    card = await workplace.shown_card(channel, "Severity")
    await workplace.press(ana, channel, card, "Severity", "SEV2")
    await ana.shortcut("add_to_timeline", channel=channel, ts=ts)
    await ana.shortcut("declare_incident")
    form = await workplace.form(ana, "Declare an incident")
    await ana.options("services.choose", "services", "che", view_id=form["id"])
    acts: dict[str, Kind] = {
        "/incident": "slash_commands",
        "block_actions": "interactive",
        "message_action": "interactive",
        "shortcut": "interactive",
        "block_suggestion": "interactive",
        "view_submission": "interactive",
    }
    with capture_logs() as logs:
        for name, kind in acts.items():
            await survive(workplace, kind, workplace.delivered(name))
        assert "Open incidents" in words(await workplace.typed(ana, workplace.general, "/incident list"))
    assert not [line for line in logs if line["log_level"] == "error"] and not list(stumbles(caplog))


OF_NO_CHANNEL_OF_OURS: list[Json] = [
    {"type": "message", "channel": "C0UNKNOWN", "user": "U0ANA", "text": "hello", "ts": "1.000001"},
    {"type": "message", "channel": "C0UNKNOWN", "subtype": "message_deleted", "deleted_ts": "1.1", "ts": "1.2"},
    {"type": "channel_archive", "channel": "C0UNKNOWN", "user": "U0ANA"},
    {"type": "channel_deleted", "channel": "C0UNKNOWN"},
    {"type": "channel_left", "channel": "C0UNKNOWN"},
    {"type": "member_joined_channel", "channel": "C0UNKNOWN", "user": "U0ANA"},
    {"type": "member_left_channel", "channel": "C0UNKNOWN", "user": "U0NOBODY"},
    {"type": "reaction_added", "user": "U0ANA", "reaction": "pushpin", "item": {"type": "file", "file": "F1"}},
]


async def test_an_event_of_a_channel_that_the_bot_does_not_know_is_acknowledged(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await ana.say(channel, "one")
    heard = workplace.delivered("message")
    with capture_logs() as logs:
        for number, event in enumerate(OF_NO_CHANNEL_OF_OURS):
            await workplace.deliver("events_api", heard | {"event": event, "event_id": f"Ev{number}OTHER"})
    assert not [line for line in logs if line["log_level"] == "error"]


async def test_pressing_what_is_not_there_any_more_is_answered(workplace: Workplace, ana: Person, channel: str) -> None:
    card = await workplace.shown_card(channel, "Severity")
    await workplace.press(ana, channel, card, "Severity", "SEV2")
    pressed = workplace.delivered("block_actions")
    for action in ("incident.severity:99", "incident.frobnicate:1", "incident.list.after", "other", ""):
        pressed["actions"][0]["action_id"] = action
        with capture_logs() as logs:
            await workplace.deliver("interactive", pressed)
            await workplace.settle()
        assert not [line for line in logs if line["log_level"] == "error"]
    await workplace.told(ana, channel, "There is no INC-99.")
