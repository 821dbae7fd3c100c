"""The timeline as it is read in Slack, and as it is exported."""

import json
from datetime import timedelta
from typing import Any, get_args

import pytest

from bot.cards.actions import Pressed, read_press
from bot.cards.export import timeline_json, timeline_markdown
from bot.cards.permalinks import message_link
from bot.cards.sentences import named_in, sentence, spoken
from bot.cards.text import by_name, reference
from bot.cards.timeline import timeline_message
from incidents.model import facts
from incidents.model.alert import tool
from incidents.model.facts import Fact, File
from incidents.model.identity import TOCSIN, Channel, Person, PlatformId
from incidents.model.organisation import Target, TargetKind
from incidents.model.public_text import AffectedForPublic, PublicText
from incidents.model.timeline import Entry, Head
from incidents.model.vocabulary import AlertStatus, Impact, PublicStatus, Severity, Status
from incidents.ports import TimelinePage
from tests.bot.cards_samples import ANA, BEN, CHANNEL, CLEO, DAN, T0, act, button, incident, labels, name_of
from tests.bot.cards_samples import read as words

ALERT = "HighErrorRate — checkout > 5 %"

TOLD = PublicText(
    title="Card payments",
    status=PublicStatus.INVESTIGATING,
    body="Some fail & we look.",
    services={"checkout": AffectedForPublic(name="Checkout", impact=Impact.PARTIAL_OUTAGE)},
)
SHORT = PublicText(title="Card payments", status=PublicStatus.RESOLVED, body="It works.")

SENTENCES: list[tuple[Fact, str]] = [
    (
        facts.Declared(title="It <b>fails", severity=Severity.SEV2, summary="", private=False),
        "@ben declared the incident as SEV2: It &lt;b&gt;fails.",
    ),
    (facts.TitleChanged(old="A", new="B & C"), "@ben changed the title from “A” to “B &amp; C”."),
    (facts.SummaryChanged(old="", new="Since 03:05"), "@ben changed the summary to “Since 03:05”."),
    (facts.SummaryChanged(old="x", new=""), "@ben removed the summary."),
    (
        facts.SeverityChanged(old=Severity.SEV3, new=Severity.SEV1),
        "@ben raised the severity from SEV3 to SEV1.",
    ),
    (
        facts.StatusChanged(old=Status.DECLARED, new=Status.IDENTIFIED),
        "@ben changed the status from Declared to Identified.",
    ),
    (facts.Resolved(old=Status.IDENTIFIED), "@ben resolved the incident."),
    (facts.Reopened(reason="It's back"), "@ben reopened the incident: It's back."),
    (
        facts.ServiceAffected(service="api", name="API", impact=Impact.DEGRADED),
        "@ben named API as affected: degraded.",
    ),
    (
        facts.ImpactChanged(service="api", name="API", old=Impact.DEGRADED, new=Impact.MAJOR_OUTAGE),
        "@ben changed the impact on API from degraded to major outage.",
    ),
    (
        facts.ServiceCleared(service="api", name="API", old=Impact.DEGRADED),
        "@ben cleared API, which was degraded.",
    ),
    (facts.Paged(person=DAN), "@ben paged @dan."),
    (
        facts.Paged(person=DAN, escalation=7, name="Payments policy", message="DB <pool> exhausted"),
        "@ben paged @dan (Payments policy): “DB &lt;pool&gt; exhausted”.",
    ),
    (facts.Paged(person=DAN, escalation=7, name="R&D", step=2), "@ben paged @dan (R&amp;D, step 2)."),
    (facts.PageAnswered(person=BEN, escalation=7, name=""), "@ben answered the page."),
    (facts.PageAnswered(person=BEN, escalation=7, name="R&D"), "@ben answered the page (R&amp;D)."),
    (facts.PageAnswered(person=DAN, escalation=7, name="R&D"), "@ben paged @dan (R&amp;D), who was here already."),
    (facts.PageDeclined(person=BEN, escalation=7, name="R&D"), "@ben can't join (R&amp;D)."),
    (facts.PageEscalated(escalation=7, name="R&D", step=2), "Nobody joined yet: R&amp;D went on to step 2."),
    (facts.PageExhausted(escalation=7, name="R&D"), "Nobody answered R&amp;D."),
    (facts.PageExhausted(escalation=7, name=""), "Nobody answered the page."),
    (facts.PageExhausted(escalation=7, name="R&D", nobody=True), "Nobody is on call for R&amp;D."),
    (
        facts.PageExhausted(escalation=7, name="R&D", declined=True),
        "Everybody called for R&amp;D said that they can't join.",
    ),
    (facts.SubscriberAdded(subscriber=Target.of(TargetKind.PERSON, BEN)), "@ben subscribed."),
    (facts.SubscriberAdded(subscriber=Target.of(TargetKind.PERSON, DAN)), "@ben subscribed @dan."),
    (
        facts.SubscriberAdded(subscriber=Target.of(TargetKind.TEAM, "r-d"), name="R&D"),
        "@ben subscribed R&amp;D.",
    ),
    (facts.SubscriberRemoved(subscriber=Target.of(TargetKind.PERSON, BEN)), "@ben unsubscribed."),
    (facts.SubscriberRemoved(subscriber=Target.of(TargetKind.TEAM, "r-d")), "@ben unsubscribed r-d."),
    (
        facts.AlertLinked(alert=3, title=ALERT, severity=Severity.SEV1, status=AlertStatus.PENDING),
        "@ben linked the alert “HighErrorRate — checkout &gt; 5 %”.",
    ),
    (facts.AlertUnlinked(alert=3, title=ALERT), "@ben unlinked the alert “HighErrorRate — checkout &gt; 5 %”."),
    (facts.AlertAccepted(alert=3, title=ALERT), "@ben accepted the alert “HighErrorRate — checkout &gt; 5 %”."),
    (facts.AlertResolved(alert=3, title=ALERT), "@ben resolved the alert “HighErrorRate — checkout &gt; 5 %”."),
    (facts.ResponderJoined(person=BEN), "@ben joined."),
    (facts.ResponderJoined(person=DAN), "@ben brought in @dan."),
    (facts.ResponderLeft(person=BEN), "@ben left."),
    (facts.CommanderChanged(old=None, new=BEN), "@ben took command."),
    (facts.CommanderChanged(old=ANA, new=BEN), "@ben took command from @ana."),
    (facts.CommanderChanged(old=BEN, new=CLEO), "@ben gave command to @cleo."),
    (facts.CommanderChanged(old=BEN, new=None), "@ben gave up command."),
    (facts.CommanderChanged(old=ANA, new=None), "@ben relieved @ana of command."),
    (facts.ChannelAttached(channel=CHANNEL, name="inc-12"), "@ben attached the channel #inc-12."),
    (
        facts.ChannelDetached(channel=CHANNEL, name="inc-12", reason="it was deleted"),
        "@ben detached the channel #inc-12: it was deleted.",
    ),
    (facts.ChannelArchived(channel=CHANNEL, name="inc-12"), "@ben archived the channel #inc-12."),
    (
        facts.ChannelRenamed(channel=CHANNEL, old="inc-12", name="war-room"),
        "@ben noticed that the channel #inc-12 is now called #war-room.",
    ),
    (facts.Comment(text="ask <@U00DAN> &amp; co"), "@ben: ask @dan &amp; co"),
    (
        facts.Message(channel=CHANNEL, message="1.000001", text="look", files=(File(id="F1", name="a<b.png"),)),
        "@ben: look [a&lt;b.png]",
    ),
    (
        facts.Message(channel=CHANNEL, message="1.000002", text="yes", thread="1.000001"),
        "@ben (in a thread): yes",
    ),
    (
        facts.UpdateDrafted(update=2, author=BEN, text=TOLD),
        "@ben drafted status update 2, Investigating: “Card payments. Some fail &amp; we look.” "
        "(Checkout partial outage).",
    ),
    (
        facts.UpdateDrafted(update=3, author=BEN, text=SHORT, corrects=2),
        "@ben drafted a correction of status update 2, Resolved: “Card payments. It works.”.",
    ),
    (
        facts.UpdateEdited(update=2, author=BEN, text=SHORT),
        "@ben edited status update 2, Resolved: “Card payments. It works.”.",
    ),
    (facts.UpdateApproved(update=2, person=BEN, digest="0"), "@ben approved status update 2."),
    (
        facts.UpdateApproved(update=2, person=BEN, digest="0", remaining=1),
        "@ben approved status update 2, which 1 more must approve.",
    ),
    (
        facts.UpdateRejected(update=2, person=BEN, digest="0", reason="too <long>"),
        "@ben rejected status update 2: too &lt;long&gt;.",
    ),
    (
        facts.UpdateHeldBack(update=2, reason="More must approve it."),
        "@ben held status update 2 back, which waits for approval again: “More must approve it.”.",
    ),
    (facts.UpdateDiscarded(update=2), "@ben discarded status update 2."),
    (
        facts.UpdatePublished(update=2, text=SHORT, public_id="k3"),
        "@ben published status update 2, Resolved: “Card payments. It works.”.",
    ),
    (
        facts.UpdatePublished(update=3, text=SHORT, corrects=2, public_id="k3"),
        "@ben corrected status update 2, Resolved: “Card payments. It works.”.",
    ),
    (facts.MessageEdited(channel=CHANNEL, message="1.000001", text="looked"), "@ben edited a message: looked"),
    (facts.MessageDeleted(channel=CHANNEL, message="1.000001"), "@ben deleted a message."),
    (
        facts.MessagePinned(channel=CHANNEL, message="1.000001", author=CLEO, text="found it"),
        "@cleo: found it 📌 @ben",
    ),
]


def entry(fact: Fact, by: Person = BEN) -> Entry:
    return Head(12).seal(fact, by, T0, T0)


@pytest.mark.parametrize(("fact", "said"), SENTENCES)
def test_each_fact_is_a_plain_sentence(fact: Fact, said: str) -> None:
    assert sentence(entry(fact), by_name(name_of)) == said


def test_no_kind_of_fact_lacks_a_sentence() -> None:
    assert {type(fact) for fact, _ in SENTENCES} == set(get_args(Fact))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> <!here>", "@channel @here"),
        ("<!subteam^S00OPS> and <!subteam^S1|@sre>", "@ops and @sre"),
        ("in <#C00OPS> and <#C1|general>", "in #ops and #general"),
        (
            "<https://x.io/?a=1&amp;b|here> <mailto:a@x.io|a@x.io>",
            "<https://x.io/?a=1&amp;b|here> <mailto:a@x.io|a@x.io>",
        ),
        ("at <!date^1^{time}|03:12>", "at 03:12"),
        ("<javascript:x|y> <b>", "&lt;javascript:x|y&gt; &lt;b&gt;"),
        ("a < b > c & d", "a &lt; b &gt; c &amp; d"),
        ("1 &lt; 2 &amp;amp;", "1 &lt; 2 &amp;amp;"),
    ],
)
def test_what_was_written_calls_nobody_and_reads_as_names(text: str, shown: str) -> None:
    assert spoken(text, by_name(name_of)) == shown


def test_whose_names_are_needed_is_known_before() -> None:
    said = facts.Message(channel=CHANNEL, message="1.000001", text="<@U1> <#C1> <#C2|x> <!subteam^S1>")
    assert named_in([entry(said), entry(facts.Paged(person=DAN), TOCSIN)]) == {
        BEN,
        DAN,
        Person.of("slack", "U1"),
        Channel.of("slack", "C1"),
        PlatformId.of("slack", "S1"),
    }


def page(*, earlier: str | None = None) -> tuple[Any, TimelinePage]:
    made = incident()
    made.change_severity(Severity.SEV1, act(BEN))
    return made, TimelinePage(made.new_entries, earlier)


def test_the_timeline_shows_what_happened_in_order() -> None:
    made, entries = page()
    shown = timeline_message(made, entries, messages=False).to_dict()
    assert words(shown).splitlines()[0] == "Timeline of INC-12"
    assert words(shown).splitlines()[-1] == (
        "<!date^1795403820^\u200b{time}|03:17 UTC>  <@U00BEN> raised the severity from SEV2 to SEV1."
    )
    assert "key entries" in words(shown)


def test_its_buttons_go_back_and_show_more_or_less() -> None:
    made, entries = page(earlier="eyJ=")
    key = timeline_message(made, entries, messages=False).to_dict()
    assert read_press(button(key, "Earlier")) == Pressed("timeline", 12, "before=eyJ=")
    assert read_press(button(key, "Show messages")) == Pressed("timeline", 12, "all")
    everything = timeline_message(made, entries, messages=True).to_dict()
    assert read_press(button(everything, "Earlier")) == Pressed("timeline", 12, "all before=eyJ=")
    assert read_press(button(everything, "Key entries only")) == Pressed("timeline", 12)
    assert "Earlier" not in labels(timeline_message(made, TimelinePage([], None), messages=False).to_dict())


def test_an_incident_of_several_days_shows_dates() -> None:
    made, _ = page()
    made.change_severity(Severity.SEV2, act(BEN, 60 * 30))
    shown = timeline_message(made, TimelinePage(made.new_entries, None), messages=False).to_dict()
    assert "{date_short_pretty} {time}|Nov 24, 2026 09:12 UTC>" in words(shown)


def test_an_empty_stretch_says_so() -> None:
    made, _ = page()
    assert "Nothing yet." in words(timeline_message(made, TimelinePage([], None), messages=False).to_dict())


def test_an_entry_links_back_to_its_message() -> None:
    message = facts.Message(channel=CHANNEL, message="1355517523.000005", text="x")
    reply = facts.Message(channel=CHANNEL, message="1355517523.000008", text="x", thread="1355517523.000005")
    url = "https://acme.slack.com/"
    assert message_link(message, url) == "https://acme.slack.com/archives/C00CHECKOUT/p1355517523000005"
    assert message_link(reply, url) == (
        "https://acme.slack.com/archives/C00CHECKOUT/p1355517523000008?thread_ts=1355517523.000005&cid=C00CHECKOUT"
    )
    assert message_link(message, "") == message_link(facts.Resolved(old=Status.DECLARED), url) == ""
    made, _ = page()
    shown = timeline_message(made, TimelinePage([entry(message)], None), messages=True, workspace_url=url).to_dict()
    assert "{time}^https://acme.slack.com/archives/C00CHECKOUT/p1355517523000005|03:12 UTC>" in words(shown)


def test_a_long_timeline_of_long_entries_fits_a_message() -> None:
    made, _ = page()
    for number in range(500):
        made.comment(f"{number} " + "<&>" * 3_000, act(BEN))
    shown = timeline_message(made, TimelinePage(made.new_entries, "x"), messages=True).to_dict()
    assert len(shown["blocks"]) <= 50
    assert "499 " in words(shown)


def test_markdown_reads_as_names_and_shows_what_was_typed() -> None:
    made, _ = page()
    made.comment("ask <@U00DAN>, see <https://x.io/a_b|the *graph*>\nthen _wait_ &lt;b&gt;", act(BEN, 6))
    exported = timeline_markdown(made, made.new_entries, name_of)
    assert exported.startswith("# INC-12: Checkout fails for card payments\n\n- Severity: SEV1\n")
    assert "- 2026-11-23 03:17:00 @ben raised the severity from SEV2 to SEV1.\n" in exported
    assert (
        "- 2026-11-23 03:18:00 @ben: ask @dan, see [the \\*graph\\*](<https://x.io/a_b>)\n  then \\_wait\\_ \\<b\\>\n"
    ) in exported


def test_markdown_tells_by_the_time_things_happened() -> None:
    made, _ = page()
    written_before = facts.MessagePinned(channel=CHANNEL, message="1.000001", author=CLEO, text="502s since 03:05")
    pinned = made.head.seal(written_before, ANA, T0 - timedelta(minutes=5), T0)
    exported = timeline_markdown(made, [*made.new_entries, pinned], name_of)
    told = exported.partition("## Timeline")[2]
    assert told.index("502s since 03:05") < told.index("declared the incident")


def test_json_keeps_everything_that_is_hashed() -> None:
    made, entries = page()
    exported = json.loads(timeline_json(made, entries.entries, name_of))
    assert exported["incident"] == "INC-12"
    first, last = exported["entries"][0], exported["entries"][-1]
    assert last["sentence"] == "@ben raised the severity from SEV2 to SEV1."
    assert last["fact"] == {"kind": "severity_changed", "old": 2, "new": 1}
    assert (last["hash"], last["by"], last["by_name"]) == (made.head.hash, "slack:U00BEN", "@ben")
    assert first["previous"] == "0" * 64


def test_a_monitoring_tool_reads_as_its_name_and_is_never_a_mention() -> None:
    prometheus = tool("UPROM")
    resolved = entry(facts.AlertResolved(alert=3, title="Disk full"), prometheus)
    assert sentence(resolved, by_name({prometheus: "Prom <prod>"}.__getitem__)) == (
        "Prom &lt;prod&gt; resolved the alert “Disk full”."
    )
    assert sentence(resolved, reference) == "UPROM resolved the alert “Disk full”."
    assert named_in([resolved]) == {prometheus}
    shown = timeline_message(
        incident(), TimelinePage([resolved], None), messages=False, others={prometheus: "Prom <prod>"}
    )
    assert "Prom &lt;prod&gt; resolved" in words(shown.to_dict())


def test_in_slack_people_are_references_that_only_the_reader_sees() -> None:
    assert sentence(entry(facts.Paged(person=DAN)), reference) == "<@U00BEN> paged <@U00DAN>."
