"""Every word of `/incident`: typed, pressed on the card, used in the panel; here and elsewhere; and taken back."""

from datetime import timedelta

import pytest

from bot.words import WORDS
from incidents.consequences import Pace
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.vocabulary import Impact, Severity, Status
from sandbox.client import Person
from tests.e2e.workspace import Json, Workplace, element_reading, eventually, filled, words

PATIENT = pytest.mark.parametrize("pace", [Pace(undo=timedelta(minutes=1), notice=timedelta(milliseconds=200))])
"""With time enough to take a change back."""

HURRIED = pytest.mark.parametrize("pace", [Pace(undo=timedelta(), notice=timedelta(milliseconds=200))])


@pytest.fixture
async def channel(workplace: Workplace, ana: Person) -> str:
    """The channel of INC-1, which ana declared."""
    return await workplace.declare(ana, "Checkout fails")


async def kinds(workplace: Workplace) -> list[str]:
    return [entry.fact.kind for entry in await workplace.timeline(1)]


# Typed in the incident's channel ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "answer", "shown"),
    [
        ("severity 1", "INC-1 is now 🔴 SEV1; it was SEV3.", "SEV1"),
        ("Severity critical", "INC-1 is now 🔴 SEV1; it was SEV3.", "SEV1"),
        ("status identified", "INC-1 is now Identified; it was Declared.", "Identified"),
        ("title Checkout fails for <all>", "now called: Checkout fails for &lt;all&gt;", "Checkout fails for <all>"),
        ("summary 502 since the deploy", "The summary of INC-1 is changed.", "502 since the deploy"),
        ("services checkout=degraded api=major_outage", "API (major outage)", "Checkout: degraded"),
        ("lead", "You are now the commander of INC-1.", "Commander*  <@U0ANA>"),
        ("lead @ben", "<@U0BEN> is now the commander of INC-1.", "Commander*  <@U0BEN>"),
        ("resolve", "INC-1 is resolved, after under 1 min.", "Reopen"),
    ],
)
async def test_a_word_changes_the_incident_of_its_channel_and_the_card_shows_it(
    workplace: Workplace, ana: Person, channel: str, typed: str, answer: str, shown: str
) -> None:
    assert answer in words(await workplace.typed(ana, channel, f"/incident {typed}"))
    await workplace.shown_card(channel, shown)


async def test_a_note_goes_onto_the_timeline_and_into_the_channel_once(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await workplace.typed(ana, workplace.general, "/incident note INC-1 we paged @dan about <!channel> & co")
    await workplace.read(ana, channel, "noted")
    await workplace.settle()
    noted = [m for m in await workplace.by_bot(channel) if "noted" in m["text"]]
    assert len(noted) == 1 and "<@U0DAN" in noted[0]["text"] and "&lt;!channel&gt; &amp; co" in noted[0]["text"]
    assert (await kinds(workplace)).count("comment") == 1


async def test_a_text_may_begin_on_a_new_line(workplace: Workplace, ana: Person, channel: str) -> None:
    assert "Noted" in words(await workplace.typed(ana, channel, "/incident note\nfirst line\nsecond line"))
    commented = (await workplace.timeline(1))[-1].fact
    assert isinstance(commented, facts.Comment) and commented.text == "first line\nsecond line"


async def test_the_first_who_joins_while_nobody_leads_is_offered_command_and_the_next_is_not(
    workplace: Workplace, ana: Person, ben: Person, cleo: Person
) -> None:
    await workplace.declare(ana, "Checkout fails")
    offered = await workplace.typed(ben, workplace.general, "/incident join INC-1")
    assert "Nobody leads yet" in words(offered)
    joined = await workplace.typed(cleo, workplace.general, "/incident join INC-1")
    assert "You joined INC-1" in words(joined) and "Take command" not in words(joined)
    await workplace.press(ben, workplace.general, offered, "Take command")
    await workplace.told(ben, workplace.general, "You are now the commander of INC-1.")
    await workplace.typed(ben, workplace.general, "/incident leave INC-1")
    again = await workplace.typed(workplace.person("dan"), workplace.general, "/incident join INC-1")
    assert "Take command" in words(again)


async def test_join_brings_one_into_the_channel_and_leave_takes_one_off_the_incident(
    workplace: Workplace, ben: Person, channel: str
) -> None:
    assert "You joined INC-1" in words(await workplace.typed(ben, workplace.general, "/incident join INC-1"))

    async def there() -> bool:
        return ben.id in workplace.sandbox.workspace.channels[channel].members

    await eventually(there)
    assert "already" in words(await workplace.typed(ben, channel, "/incident join"))
    assert "You left INC-1" in words(await workplace.typed(ben, channel, "/incident leave"))
    assert Somebody.of("slack", ben.id) not in (await workplace.incident(1)).responders
    assert "nothing to leave" in words(await workplace.typed(ben, channel, "/incident leave"))


async def test_reopening_takes_a_reason_and_the_channel_reads_it(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    assert "not resolved" in words(await workplace.typed(ana, channel, "/incident reopen it is back"))
    await workplace.typed(ana, channel, "/incident resolve")
    assert "open again" in words(await workplace.typed(ana, channel, "/incident reopen it is <back>"))
    incident = await workplace.incident(1)
    assert incident.status is Status.INVESTIGATING and incident.resolved_at is None
    await workplace.settle()
    await workplace.typed(ana, channel, "/incident resolve")
    await workplace.settle()
    await workplace.typed(ana, channel, "/incident reopen it is <back>")
    await workplace.read(ana, channel, "reopened the incident: “it is &lt;back&gt;”")


async def test_alone_it_shows_the_panel_in_the_channel_and_the_open_incidents_elsewhere(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    await ana.command(channel, "/incident")
    panel = await workplace.form(ana, "INC-1")
    assert "Checkout fails" in words(panel)
    listed = words(await workplace.typed(ben, workplace.general, "/incident"))
    assert "Open incidents (1)" in listed and "Declare" in listed
    await ben.command(workplace.general, "/incident INC-1")
    await workplace.form(ben, "INC-1")


SO_ALREADY = {
    "severity 3": "SEV3 already",
    "status declared": "Declared already",
    "title Checkout  fails": "called that already",
    "summary 502 since the deploy": "The summary says that already",
    "services none": "Nothing was changed",
    "join": "in INC-1 already",
}


async def test_what_is_so_already_records_nothing(workplace: Workplace, ana: Person, channel: str) -> None:
    await workplace.typed(ana, channel, "/incident summary 502 since the deploy")
    await workplace.settle()
    before, posts = await kinds(workplace), await workplace.by_bot(channel)
    for again, answer in SO_ALREADY.items():
        assert answer in words(await workplace.typed(ana, channel, f"/incident {again}"))
    await workplace.settle()
    assert await kinds(workplace) == before
    assert len(await workplace.by_bot(channel)) == len(posts)


# Without an argument: forms --------------------------------------------------------------------------------------


async def test_without_an_argument_a_word_opens_its_form_with_what_is_true(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    async def fill(word: str, form_title: str, **answers: str) -> Json:
        await ana.command(channel, f"/incident {word}")
        form = await workplace.form(ana, form_title)
        answer = await workplace.answered(ana, channel, submitted(ana, form, **answers))
        await workplace.closed(ana)
        assert answer["is_ephemeral"]
        return form

    assert "SEV3" in words((await fill("severity", "Change the severity", severity="SEV2"))["blocks"][0]["element"])
    await fill("status", "Change the status", status="Monitoring")
    form = await fill("title", "Change the title", title="Checkout fails for all")
    assert form["blocks"][0]["element"]["initial_value"] == "Checkout fails"
    await fill("summary", "Change the summary", summary="502 & counting")
    form = await fill("note", "Add a note", note="Paged the bank")
    incident = await workplace.incident(1)
    assert (incident.severity, incident.status) == (Severity.SEV2, Status.MONITORING)
    assert (incident.title, incident.summary) == ("Checkout fails for all", "502 & counting")
    await workplace.read(ana, channel, "Paged the bank")


async def submitted(person: Person, form: Json, **answers: str) -> None:
    assert await person.submit(form["id"], filled(form, **answers)) == {}


async def test_the_services_form_names_clears_and_weighs_what_is_affected(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await workplace.typed(ana, channel, "/incident services search=degraded")
    await ana.command(channel, "/incident services")
    form = await workplace.form(ana, "Affected services")
    menu = {"action_id": "services.choose", "block_id": "services", "view_id": form["id"]}
    chosen = [(await ana.options(query="che", **menu))[0]]
    await ana.press(selected_options=chosen, **menu)

    async def asked() -> Json | None:
        drawn = (await ana.views())[-1]
        return drawn if "Impact on Checkout" in words(drawn) else None

    form = await eventually(asked)
    assert "Impact on Search" not in words(form)
    assert await ana.submit(form["id"], filled(form, **{"impact:checkout": "partial outage"})) == {}
    affected = {service.name: service.impact for service in (await workplace.incident(1)).services.values()}
    assert affected == {"Checkout": Impact.PARTIAL_OUTAGE}


async def test_reopen_without_a_reason_asks_for_it(workplace: Workplace, ana: Person, channel: str) -> None:
    await workplace.typed(ana, channel, "/incident resolve")
    await ana.command(channel, "/incident reopen")
    form = await workplace.form(ana, "Reopen the incident")
    assert "reason" in await ana.submit(form["id"], filled(form, reason=""))
    await submitted(ana, form, reason="it is back")
    reopened = (await workplace.timeline(1))[-1].fact
    assert isinstance(reopened, facts.Reopened) and reopened.reason == "it is back"


# On the card, in the panel ---------------------------------------------------------------------------------------


async def test_the_card_changes_what_it_shows(workplace: Workplace, ana: Person, ben: Person, channel: str) -> None:
    card = await workplace.shown_card(channel, "Take command")
    await workplace.press(ana, channel, card, "Severity", "SEV2")
    card = await workplace.shown_card(channel, "SEV2")
    await workplace.press(ana, channel, card, "Status", "Identified")
    card = await workplace.shown_card(channel, "· Identified ·")
    await workplace.press(ana, channel, card, "Take command")
    card = await workplace.shown_card(channel, "*Commander*  <@U0ANA>")
    await workplace.press(ana, channel, card, "Add one")
    form = await workplace.form(ana, "Change the summary")
    await submitted(ana, form, summary="502 since the deploy")
    card = await workplace.shown_card(channel, "Edit summary")
    await workplace.press(ben, channel, card, "Join")
    card = await workplace.shown_card(channel, "<@U0BEN>")
    sure = element_reading(card["blocks"], "Resolve")[1]["confirm"]
    assert sure["title"]["text"] == "Resolve INC-1?"
    await workplace.press(ana, channel, card, "Resolve")
    card = await workplace.shown_card(channel, "Reopen")
    await workplace.press(ana, channel, card, "Reopen")
    await submitted(ana, await workplace.form(ana, "Reopen the incident"), reason="it is back")
    await workplace.shown_card(channel, "Investigating")


async def test_the_card_s_menu_has_the_rest(workplace: Workplace, ana: Person, channel: str) -> None:
    card = await workplace.shown_card(channel, "Change the title")
    await workplace.press(ana, channel, card, "Change the title", "Change the title")
    await submitted(ana, await workplace.form(ana, "Change the title"), title="Checkout fails for all")
    card = await workplace.shown_card(channel, "Checkout fails for all")
    await workplace.press(ana, channel, card, *["Change the affected services"] * 2)
    await ana.close_view((await workplace.form(ana, "Affected services"))["id"])
    shown = await workplace.answered(ana, channel, workplace.press(ana, channel, card, *["Show the timeline"] * 2))
    assert "Timeline of INC-1" in words(shown)
    left = await workplace.answered(ana, channel, workplace.press(ana, channel, card, *["Leave the incident"] * 2))
    assert "You left INC-1" in words(left)
    card = await workplace.shown_card(channel, "*Responders*  nobody")
    await workplace.press(ana, channel, card, *["Detach this channel"] * 2)
    await workplace.read(ana, channel, "detached this channel")
    assert (await workplace.incident(1)).channel is None


async def test_the_panel_does_everything_and_shows_it(workplace: Workplace, ana: Person, channel: str) -> None:
    async def panel(text: str) -> Json:
        async def shown() -> Json | None:
            views = await ana.views()
            return views[0] if len(views) == 1 and text in words(views[0]) else None

        return await eventually(shown)

    await ana.command(channel, "/incident")
    view = await panel("Take command")
    await workplace.press_in(ana, view, "Severity", "SEV1")
    await workplace.press_in(ana, await panel("🔴 SEV1  Checkout"), "Status", "Monitoring")
    await workplace.press_in(ana, await panel("· Monitoring ·"), "Take command")
    await workplace.press_in(ana, await panel("*Commander*  <@U0ANA>"), "Title")
    await submitted(ana, await workplace.form(ana, "Change the title"), title="Checkout fails for all")
    await workplace.press_in(ana, await panel("Checkout fails for all"), "Summary")
    await submitted(ana, await workplace.form(ana, "Change the summary"), summary="502 since the deploy")
    await workplace.press_in(ana, await panel("502 since the deploy"), "Timeline")
    read = await workplace.form(ana, "Tocsin")
    assert "Timeline of INC-1" in words(read)
    await ana.close_view(read["id"])
    await workplace.press_in(ana, await panel("502 since the deploy"), "Note")
    await submitted(ana, await workplace.form(ana, "Add a note"), note="Paged the bank")
    view = await panel("Noted on the timeline of INC-1")
    block, menu = element_reading(view["blocks"], "Choose a commander")
    await ana.press(menu["action_id"], block["block_id"], view_id=view["id"], selected_user="U0BEN")
    await workplace.press_in(ana, await panel("*Commander*  <@U0BEN>"), "Resolve")
    await workplace.press_in(ana, await panel("Reopen"), "Reopen")
    await submitted(ana, await workplace.form(ana, "Reopen the incident"), reason="it is back")
    await workplace.press_in(ana, await panel("· Investigating ·"), "Detach channel")
    await panel("Open a channel")


# Elsewhere -------------------------------------------------------------------------------------------------------


async def test_elsewhere_a_word_takes_the_incident_s_name(workplace: Workplace, ben: Person, channel: str) -> None:
    for severity, typed in [
        (1, "severity INC-1 1"),
        (2, "severity 2 inc-1"),
        (1, "severity #1 SEV1"),
        (2, "INC-1 severity 2"),
    ]:
        answer = words(await workplace.typed(ben, workplace.general, f"/incident {typed}"))
        assert "INC-1 is now" in answer and f"SEV{severity}; it was" in answer, typed


async def test_a_name_counts_for_more_than_the_channel(workplace: Workplace, ana: Person, channel: str) -> None:
    await workplace.declare(ana, "Search is slow")
    await workplace.typed(ana, channel, "/incident severity INC-2 1")
    assert (await workplace.incident(1)).severity is Severity.SEV3
    assert (await workplace.incident(2)).severity is Severity.SEV1


async def test_elsewhere_the_only_incident_one_is_in_is_meant(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    await workplace.declare(ben, "Search is slow")
    assert "INC-1 is now Identified" in words(
        await workplace.typed(ana, workplace.general, "/incident status identified")
    )


async def test_elsewhere_one_of_several_is_chosen_by_a_press_and_what_was_typed_is_not_lost(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    for title in ["Search is slow", "Mail bounces", "Disk full", "Login loops", "Backups stopped"]:
        await workplace.declare(ana, title)
    note = "we called the bank, <they> know & work on it " * 20
    asked = await workplace.typed(ana, workplace.general, f"/incident note {note}")
    assert "Which incident do you mean?" in asked["text"]
    offered = [element["text"]["text"] for element in asked["blocks"][-1]["elements"]]
    assert offered == ["INC-6", "INC-5", "INC-4", "INC-3", "INC-2"]
    done = await workplace.answered(ana, workplace.general, workplace.press(ana, workplace.general, asked, "INC-4"))
    assert "Noted on the timeline of INC-4" in words(done)
    commented = next(e.fact for e in await workplace.timeline(4) if isinstance(e.fact, facts.Comment))
    assert commented.text.startswith("we called the bank, &lt;they&gt; know &amp; work")
    await workplace.press(ana, workplace.general, asked, "INC-4")
    await workplace.settle()
    assert [e.fact.kind for e in await workplace.timeline(4)].count("comment") <= 2


async def test_elsewhere_a_form_is_opened_for_the_incident_that_is_chosen(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    await workplace.declare(ana, "Search is slow")
    asked = await workplace.typed(ana, workplace.general, "/incident title")
    await workplace.press(ana, workplace.general, asked, "INC-1")
    form = await workplace.form(ana, "Change the title")
    assert form["blocks"][0]["element"]["initial_value"] == "Checkout fails"


async def test_where_nothing_is_open_a_word_says_what_to_do(workplace: Workplace, ana: Person) -> None:
    answer = await workplace.typed(ana, workplace.general, "/incident resolve")
    assert "No incident is open. Name one: /incident resolve INC-n" in words(answer)


# Words -----------------------------------------------------------------------------------------------------------


ALMOST_RIGHT = {
    "sevrity 2": "/incident severity 2",
    "staus": "/incident status",
    "Declar Checkout fails": "/incident declare Checkout fails",
    "timelin all": "/incident timeline all",
}


async def test_an_almost_right_word_is_understood_and_not_carried_out(
    workplace: Workplace, ana: Person, channel: str
) -> None:
    before = await kinds(workplace)
    for typed, meant in ALMOST_RIGHT.items():
        answer = await workplace.typed(ana, channel, f"/incident {typed}")
        assert f"Did you mean {meant}?" in answer["text"]
    assert await kinds(workplace) == before


async def test_help_lists_every_word_and_welcomes_whoever_is_new(
    workplace: Workplace, ana: Person, ben: Person, channel: str
) -> None:
    for_ben = words(await workplace.typed(ben, workplace.general, "/incident help"))
    for word in WORDS.values():
        assert not word.listed or f"/incident {word.word}" in for_ben
    assert "Hello, I am Tocsin" in for_ben
    assert "Hello" not in words(await workplace.typed(ana, workplace.general, "/incident help"))


# Taking a slip back ----------------------------------------------------------------------------------------------


@PATIENT
async def test_a_change_is_taken_back_by_its_author(workplace: Workplace, ana: Person, channel: str) -> None:
    async def taken_back(typed: str) -> None:
        answer = await workplace.typed(ana, channel, f"/incident {typed}")
        await workplace.press(ana, channel, answer, "Undo")

        async def said() -> Json | None:
            now = next(m for m in await ana.messages(channel) if m["ts"] == answer["ts"])
            return now if "Taken back." in words(now) else None

        assert "Undo" not in words(await eventually(said))
        incident = await workplace.incident(1)
        assert (incident.severity, incident.status) == (Severity.SEV3, Status.DECLARED)
        assert (incident.title, incident.commander) == ("Checkout fails", None)

    for typed, was in [
        ("severity 1", "SEV3"),
        ("status identified", "Declared"),
        ("resolve", "Declared"),
        ("title Something else", "Checkout fails"),
        ("lead", "nobody yet"),
    ]:
        await taken_back(typed)
        await workplace.shown_card(channel, was)


@HURRIED
async def test_after_its_time_a_change_stands(workplace: Workplace, ana: Person, channel: str) -> None:
    answer = await workplace.typed(ana, channel, "/incident severity 1")
    refused = await workplace.answered(ana, channel, workplace.press(ana, channel, answer, "Undo"))
    assert "can't be undone any more" in refused["text"]
    assert (await workplace.incident(1)).severity is Severity.SEV1


@PATIENT
async def test_a_change_that_was_overtaken_stands(workplace: Workplace, ana: Person, ben: Person, channel: str) -> None:
    answer = await workplace.typed(ana, channel, "/incident severity 1")
    await workplace.typed(ben, workplace.general, "/incident severity 2 INC-1")
    refused = await workplace.answered(ana, channel, workplace.press(ana, channel, answer, "Undo"))
    assert "something else was changed since" in refused["text"]
    assert (await workplace.incident(1)).severity is Severity.SEV2
