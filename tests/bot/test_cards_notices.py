"""Notices: the net effect of what one person did, in one line that calls only those who are wanted."""

from collections.abc import Sequence

import pytest

from bot.cards.actions import Pressed, read_press
from bot.cards.comment import comment_message
from bot.cards.message import Message
from bot.cards.notices import HISTORY, notice
from bot.cards.sentences import named_in
from bot.cards.topic import topic
from incidents.model import facts
from incidents.model.alert import tool
from incidents.model.identity import TOCSIN, Person
from incidents.model.incident import Incident
from incidents.model.parts import Act, Declaration, LinkedAlert
from incidents.model.timeline import Entry
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status
from tests.bot.cards_samples import (
    ANA,
    API,
    BEN,
    CHANNEL,
    CHECKOUT,
    CLEO,
    DAN,
    NOW,
    T0,
    act,
    button,
    incident,
    labels,
    name_of,
    read,
)


def told(made: Incident, entries: Sequence[Entry], history: Sequence[Entry] = ()) -> Message | None:
    """The notice of ``entries``, which come after ``history``."""
    return notice(made, entries, [entry for entry in (*history, *entries) if isinstance(entry.fact, HISTORY)], name_of)


def said(made: Incident, entries: Sequence[Entry], history: Sequence[Entry] = ()) -> str | None:
    message = told(made, entries, history)
    return message.text if message else None


def after(made: Incident) -> Incident:
    """``made``, what it has recorded so far taken away."""
    made.take_new_entries()
    return made


def test_several_steps_are_one_change() -> None:
    made = after(incident(severity=Severity.SEV3))
    made.change_severity(Severity.SEV2, act(BEN))
    made.change_severity(Severity.SEV1, act(BEN))
    assert said(made, made.new_entries) == "@ben raised the severity from SEV3 to SEV1."


def test_there_and_back_again_is_nothing() -> None:
    made = after(incident())
    for severity in (Severity.SEV5, Severity.SEV2):
        made.change_severity(severity, act(BEN))
    for status in (Status.MONITORING, Status.DECLARED, Status.RESOLVED):
        made.change_status(status, act(BEN))
    made.reopen("no", act(BEN))
    made.change_status(Status.DECLARED, act(BEN))
    for title in ("Else", "Checkout fails for card payments"):
        made.change_title(title, act(BEN))
    for summary in ("Else", ""):
        made.change_summary(summary, act(BEN))
    made.change_services({}, act(BEN))
    made.change_services({CHECKOUT: Impact.PARTIAL_OUTAGE, API: Impact.DEGRADED}, act(BEN))
    made.join(BEN, act(BEN))
    made.leave(BEN, act(BEN))
    assert len(made.new_entries) > 12
    assert told(made, made.new_entries) is None


def test_one_persons_changes_are_one_sentence() -> None:
    made = after(incident())
    made.set_commander(BEN, act(BEN))
    made.change_severity(Severity.SEV5, act(BEN))
    made.change_status(Status.IDENTIFIED, act(BEN))
    assert said(made, made.new_entries) == (
        "@ben set the status to Identified, lowered the severity from SEV2 to SEV5, joined and took command."
    )


def test_services_are_named_with_what_changed() -> None:
    made = after(incident())
    made.change_services({CHECKOUT: Impact.MAJOR_OUTAGE}, act(BEN))
    assert said(made, made.new_entries) == (
        "@ben changed what is affected (API: degraded → not affected, Checkout: partial outage → major outage)."
    )


def test_titles_and_summaries() -> None:
    made = after(incident())
    made.change_title("Checkout <!here> fails", act(BEN))
    made.change_summary("Since 03:05.", act(BEN))
    assert said(made, made.new_entries) == (
        "@ben changed the title to “Checkout &lt;!here&gt; fails” and wrote a summary."
    )
    after(made).change_summary("", act(BEN, 6))
    assert said(made, made.new_entries) == "@ben removed the summary."


def test_resolving_says_how_long_and_reopening_why() -> None:
    made = after(incident())
    made.change_status(Status.RESOLVED, act(BEN, 125))
    assert said(made, made.new_entries) == "@ben resolved the incident after 2 h 05 min."
    after(made).reopen("It fails again", act(CLEO, 130))
    assert said(made, made.new_entries) == "@cleo reopened the incident: “It fails again”."


def test_coming_and_going() -> None:
    made = after(incident())
    made.join(CLEO, act(CLEO))
    assert said(made, made.new_entries) == "@cleo joined."
    after(made).leave(CLEO, act(CLEO))
    assert said(made, made.new_entries) == "@cleo left."


def test_what_everybody_saw_in_the_channel_is_not_said_again() -> None:
    made = after(incident())
    made.join(CLEO, act(TOCSIN), via_channel=True)
    made.leave(CLEO, act(CLEO), via_channel=True)
    assert told(made, made.new_entries[:1]) is None
    assert told(made, made.new_entries[1:]) is None


def test_command_goes_from_hand_to_hand_and_calls_only_who_is_given_it() -> None:
    made = after(incident())
    made.set_commander(ANA, act(ANA))
    assert said(made, made.new_entries) == "@ana took command."
    after(made).set_commander(BEN, act(BEN))
    assert said(made, made.new_entries) == "@ben joined and took command from @ana."
    after(made).set_commander(CLEO, act(BEN))
    assert said(made, made.new_entries) == "@ben gave command to <@U00CLEO>."
    after(made).set_commander(None, act(BEN))
    assert said(made, made.new_entries) == "@ben relieved @cleo of command."
    after(made).set_commander(CLEO, act(CLEO))
    after(made).leave(CLEO, act(CLEO))
    assert said(made, made.new_entries) == "@cleo left and gave up command."


def test_the_paged_are_called_with_a_way_in() -> None:
    made = after(incident())
    made.record_paging([facts.Paged(person=DAN)], act(ANA))
    message = told(made, made.new_entries)
    assert message is not None
    assert message.text == "@ana paged <@U00DAN>."
    assert labels(message.to_dict()) == ["Join"]


def test_nobody_is_called_for_what_they_did_themselves() -> None:
    made = after(incident())
    made.record_paging([facts.Paged(person=DAN)], act(ANA))
    made.join(DAN, act(DAN))
    by_dan = [entry for entry in made.new_entries if entry.by == DAN]
    assert said(made, by_dan) == "@dan joined."
    assert said(made, []) is None


def test_what_was_before_the_channel_is_on_the_card_and_not_told_again() -> None:
    made = incident(page=[DAN], summary="Since 03:05.")
    before = [entry for entry in made.new_entries if entry.by == ANA]
    assert len(before) == 5
    assert notice(made, before, made.new_entries, name_of) is None
    made.change_severity(Severity.SEV1, act(ANA))
    assert notice(made, made.new_entries, made.new_entries, name_of) is not None


def test_a_channel_that_opens_calls_those_who_are_paged_and_not_there_yet() -> None:
    made = incident(page=[DAN, DAN, CLEO])
    before, attached = made.new_entries[:-1], made.new_entries[-1:]
    assert said(made, attached, before) == "@ana paged <@U00DAN> <@U00CLEO>."
    made.join(DAN, act(DAN))
    assert said(made, attached, before) == "@ana paged <@U00CLEO>."
    made.join(CLEO, act(CLEO))
    assert told(made, attached, before) is None


def test_a_channel_that_opens_calls_whom_several_paged_once() -> None:
    made = Incident.declare(12, Declaration("Checkout fails"), Act(ANA, T0))
    for by, person in [(ANA, DAN), (ANA, CLEO), (BEN, DAN)]:
        made.record_paging([facts.Paged(person=person)], act(by, 0))
    made.attach_channel(CHANNEL, "inc-12", act(TOCSIN, 1))
    line = str(said(made, made.new_entries[-1:], made.new_entries[:-1]))
    assert set(line.splitlines()) == {"@ana paged <@U00CLEO>.", "@ben paged <@U00DAN>."}


def test_a_page_says_by_what_and_why_and_calls_each_once() -> None:
    made = after(incident())
    why = "DB <pool> exhausted"
    made.record_paging(
        [
            facts.Paged(person=DAN, escalation=1, name="Payments", message=why),
            facts.Paged(person=CLEO, escalation=1, name="Payments", message=why),
            facts.Paged(person=DAN, escalation=2, message=why),
            facts.Paged(person=BEN, escalation=3, name="Site reliability", step=2),
        ],
        act(ANA),
    )
    assert said(made, made.new_entries) == (
        "@ana paged <@U00DAN> <@U00CLEO> (Payments): “DB &lt;pool&gt; exhausted” "
        "and paged <@U00BEN> (Site reliability, step 2)."
    )


def test_a_page_of_several_for_one_reason_says_it_once_and_stands_before_what_else_was_done() -> None:
    made = after(incident())
    made.change_severity(Severity.SEV1, act(ANA))
    called = [(DAN, "Payments"), (BEN, "Site reliability")]
    made.record_paging(
        [facts.Paged(person=person, escalation=1, name=name, message="DB full") for person, name in called], act(ANA)
    )
    assert said(made, made.new_entries) == (
        "@ana paged <@U00DAN> (Payments) and <@U00BEN> (Site reliability): “DB full”.\n"
        "@ana raised the severity from SEV2 to SEV1."
    )


def test_who_came_before_the_notice_is_named_and_not_called() -> None:
    made = after(incident())
    made.record_paging([facts.Paged(person=DAN), facts.Paged(person=CLEO)], act(ANA))
    by_ana = list(made.new_entries)
    made.join(DAN, act(DAN))
    assert said(made, by_ana) == "@ana paged @dan <@U00CLEO>."


def calls(made: Incident, *people: Person) -> list[Entry]:
    """The first step of escalation 7 calls ``people``."""
    made.record_paging([facts.Paged(person=person, escalation=7, name="R&D") for person in people], act(ANA))
    return made.take_new_entries()


def goes_on(made: Incident, person: Person) -> list[Entry]:
    """The second step of escalation 7 calls ``person``."""
    escalated = facts.PageEscalated(escalation=7, name="R&D", step=2)
    paged = facts.Paged(person=person, escalation=7, name="R&D", step=2)
    made.record_paging([escalated, paged], act(TOCSIN))
    return made.take_new_entries()


def declines(made: Incident, person: Person) -> list[Entry]:
    """``person`` can't join, whom escalation 7 called."""
    made.record_paging([facts.PageDeclined(person=person, escalation=7, name="R&D")], act(person))
    return made.take_new_entries()


def test_paging_that_goes_on_says_why_and_calls_the_next() -> None:
    made = after(incident())
    history = calls(made, DAN)
    message = told(made, goes_on(made, CLEO), history)
    assert message is not None
    assert message.text == "Nobody answered R&amp;D; now paging <@U00CLEO> (step 2)."
    assert labels(message.to_dict()) == ["Join"]


def test_what_pages_the_same_people_again_is_said_once() -> None:
    made = after(incident())
    for escalation in (7, 8):
        made.record_paging([facts.Paged(person=DAN, escalation=escalation, name="R&D")], act(ANA))
    history = made.take_new_entries()
    for escalation in (7, 8):
        escalated = facts.PageEscalated(escalation=escalation, name="R&D", step=2)
        made.record_paging([escalated, facts.Paged(person=CLEO, escalation=escalation, name="R&D")], act(TOCSIN))
    assert said(made, made.new_entries, history) == "Nobody answered R&amp;D; now paging <@U00CLEO> (step 2)."


def test_who_cant_join_is_told_once_with_who_is_called_instead() -> None:
    made = after(incident())
    history = calls(made, DAN)
    refused = declines(made, DAN)
    assert told(made, refused, history) is None
    escalated = goes_on(made, CLEO)
    assert said(made, escalated, [*history, *refused]) == "@dan can't join; now paging <@U00CLEO> (R&amp;D, step 2)."


def test_who_cant_join_is_told_as_it_was_whatever_followed_before_it_was_told() -> None:
    made = after(incident())
    history = calls(made, DAN, CLEO)
    first, second = declines(made, DAN), declines(made, CLEO)
    escalated = goes_on(made, BEN)
    everything = [*history, *first, *second, *escalated]
    assert notice(made, first, everything, name_of) is notice(made, second, everything, name_of) is None
    assert (
        said(made, escalated, everything[:-2]) == "@dan and @cleo can't join; now paging <@U00BEN> (R&amp;D, step 2)."
    )


def test_who_cant_join_where_somebody_else_did_is_told_without_who_was_waited_for() -> None:
    made = after(incident())
    history = calls(made, DAN, CLEO)
    refused = declines(made, DAN)
    made.record_paging([facts.PageAnswered(person=CLEO, escalation=7, name="R&D")], act(CLEO))
    everything = [*history, *refused, *made.new_entries]
    message = notice(made, refused, everything, name_of)
    assert message is not None and message.text == "@dan can't join."


def test_who_cant_join_while_others_may_is_told_with_who_is_waited_for() -> None:
    made = after(incident())
    history = calls(made, DAN, CLEO)
    assert said(made, declines(made, DAN), history) == "@dan can't join; waiting for @cleo."


@pytest.mark.parametrize(
    ("name", "how", "line"),
    [
        ("R&D", {}, "Nobody answered R&amp;D."),
        ("R&D", {"declined": True}, "Everybody paged for R&amp;D can't join."),
        ("R&D", {"nobody": True}, "Nobody is on call for R&amp;D."),
        ("", {}, "@dan did not answer the page."),
        ("", {"declined": True}, "@dan can't join."),
        ("", {"nobody": True}, "There was nobody to page."),
    ],
)
def test_where_nobody_comes_that_is_loud_and_says_what_to_do(name: str, how: dict[str, bool], line: str) -> None:
    made = after(incident())
    history = [] if "nobody" in how else calls(made, DAN)
    made.record_paging([facts.PageExhausted(escalation=7, name=name, **how)], act(TOCSIN))
    ended = made.take_new_entries()
    message = told(made, ended, history)
    assert message is not None
    assert message.text == f"🚨 *{line}* Page somebody else: press *Page*, or type `/incident page`. <@U00ANA>"
    assert read_press(button(message.to_dict(), "Page")) == Pressed("page", 12)
    made.set_commander(BEN, act(BEN))
    line = str(said(made, ended, history))
    assert line.endswith("`/incident page`. <@U00BEN>")
    made.change_status(Status.RESOLVED, act(ANA))
    assert told(made, ended, history) is None


def test_a_channel_that_opens_says_where_nobody_came_before_and_a_second_one_does_not_say_it_again() -> None:
    made = Incident.declare(12, Declaration("Checkout fails"), Act(ANA, T0))
    made.record_paging([facts.PageExhausted(escalation=7, name="Payments", nobody=True)], act(ANA, 0))
    exhausted = made.new_entries[-1:]
    made.attach_channel(CHANNEL, "inc-12", act(TOCSIN, 1))
    line = str(said(made, made.new_entries[-1:], exhausted))
    assert line.startswith("🚨 *Nobody is on call for Payments.*")
    assert notice(made, exhausted, made.new_entries, name_of) is None
    made.detach_channel(act(ANA))
    made.attach_channel(CHANNEL, "inc-12", act(ANA))
    assert notice(made, made.new_entries[-1:], made.new_entries, name_of) is None


def test_what_is_told_loudly_is_not_told_again_with_what_else_was_done() -> None:
    made = after(incident())
    history = calls(made, DAN)
    made.record_paging([facts.PageExhausted(escalation=7, name="R&D")], act(TOCSIN))
    made.link_alert(3, LinkedAlert("Disk full", Severity.SEV1, AlertStatus.PENDING), act(TOCSIN))
    assert said(made, made.new_entries, history) == "Tocsin linked the alert “Disk full”."


def with_alerts(*titles: str) -> Incident:
    """An incident to which ben linked open alerts, numbered from 0."""
    made = after(incident())
    for number, title in enumerate(titles):
        made.link_alert(number, LinkedAlert(title, Severity.SEV1, AlertStatus.PENDING), act(BEN))
    return made


def test_alerts_are_told_of_by_name() -> None:
    made = with_alerts("HighErrorRate — checkout > 5 %", "PodCrashLooping", "DiskFull")
    assert said(made, made.new_entries) == (
        "@ben linked 3 alerts (“HighErrorRate — checkout &gt; 5 %”, “PodCrashLooping”, “DiskFull”)."
    )
    made.unlink_alert(0, act(BEN))
    made.unlink_alert(1, act(BEN))
    assert said(made, made.new_entries) == "@ben linked the alert “DiskFull”."
    assert said(made, made.new_entries[-1:]) == "@ben unlinked the alert “PodCrashLooping”."
    made.alert_accepted(2, act(BEN))
    assert told(made, made.new_entries[-1:]) is None


def test_resolving_tells_of_the_alerts_that_it_resolved_and_names_those_that_it_did_not() -> None:
    made = after(with_alerts("HighErrorRate", "PodCrashLooping", "DiskFull"))
    made.change_status(Status.RESOLVED, act(BEN, 14))
    made.alert_resolved(0, act(BEN, 14))
    made.alert_resolved(1, act(BEN, 14))
    assert said(made, made.new_entries) == (
        "@ben resolved the incident after 14 min and resolved 2 alerts (“HighErrorRate”, “PodCrashLooping”).\n"
        "⚠️ Still open: “DiskFull”. Resolve it at its own message."
    )
    made.alert_resolved(2, Act(tool("U00PROM"), NOW))
    assert said(made, made.new_entries[-1:]) == "prom resolved the alert “DiskFull”."


def test_a_hundred_alerts_fit() -> None:
    made = with_alerts(*["&" * 500] * 100)
    line = str(said(made, made.new_entries))
    assert line.startswith("@ben linked 100 alerts (“&amp;") and line.endswith(" more).") and len(line) < 3_000


def test_a_crowd_of_paged_people_fits() -> None:
    made = after(incident())
    for number in range(200):
        made.record_paging([facts.Paged(person=Person.of("slack", f"U{number:010}"))], act(ANA))
    line = said(made, made.new_entries)
    assert line is not None
    assert len(line) < 3_000 and line.endswith(" more.")


def test_every_name_that_a_notice_needs_is_known_before() -> None:
    made = incident()
    made.set_commander(ANA, act(ANA))
    after(made).set_commander(CLEO, act(BEN))
    made.set_commander(None, act(BEN))
    names = {person: name_of(person) for person in named_in(made.new_entries)}
    message = notice(made, made.new_entries, [], names.__getitem__)
    assert message is not None
    assert message.text == "@ben brought in @cleo and relieved @ana of command."


def test_the_topic_says_where_it_stands_and_who_leads() -> None:
    made = incident()
    assert topic(made, name_of) == "🟠 SEV2 · Declared · No commander yet"
    made.set_commander(BEN, act(BEN))
    made.change_status(Status.RESOLVED, act(BEN))
    assert topic(made, name_of) == "✅ Resolved · was SEV2 · Commander: ben"
    assert len(topic(made, lambda person: "x" * 300)) == 250
    made.set_commander(None, act(BEN))
    assert topic(made, name_of) == "✅ Resolved · was SEV2"


def test_a_note_from_elsewhere_is_posted_whole() -> None:
    message = comment_message("<ana>", "&amp;" * 2_000).to_dict()
    assert read(message).replace("\n", "") == "📝 *&lt;ana&gt;* noted: " + "&amp;" * 2_000
