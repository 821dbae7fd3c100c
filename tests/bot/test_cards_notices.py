"""Notices: the net effect of what one person did, in one line that calls only those who are wanted."""

from collections.abc import Sequence

from bot.cards.comment import comment_message
from bot.cards.notices import notice
from bot.cards.sentences import named_in
from bot.cards.topic import topic
from incidents.model import facts
from incidents.model.identity import TOCSIN, Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import Impact, Severity, Status
from tests.bot.cards_samples import ANA, API, BEN, CHECKOUT, CLEO, DAN, act, incident, labels, name_of, read


def said(made: Incident, entries: Sequence[Entry]) -> str | None:
    message = notice(made, entries, name_of)
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
    assert notice(made, made.new_entries, name_of) is None


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
    assert notice(made, made.new_entries[:1], name_of) is None
    assert notice(made, made.new_entries[1:], name_of) is None


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
    message = notice(made, made.new_entries, name_of)
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


def test_the_declaration_is_on_the_card_and_not_told_again() -> None:
    made = incident(page=[DAN], summary="Since 03:05.")
    declared = [entry for entry in made.new_entries if entry.by == ANA]
    assert len(declared) == 5
    assert notice(made, declared, name_of) is None


def test_a_channel_that_opens_calls_those_who_are_paged_and_not_there_yet() -> None:
    made = incident(page=[DAN, CLEO])
    attached = made.new_entries[-1:]
    assert said(made, attached) == "<@U00CLEO> <@U00DAN>: you are paged for this incident."
    made.join(DAN, act(DAN))
    assert said(made, attached) == "<@U00CLEO>: you are paged for this incident."
    made.join(CLEO, act(CLEO))
    assert notice(made, attached, name_of) is None


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
    message = notice(made, made.new_entries, names.__getitem__)
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
