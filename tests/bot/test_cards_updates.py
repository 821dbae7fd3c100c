"""Status updates on cards: the draft with all that its approver must know, what customers know, what is offered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.customer_text import as_slack
from bot.cards.draft import DraftView, approval_value, draft_message, read_approval
from bot.cards.facts import Background
from bot.cards.incident_card import incident_card
from bot.cards.notices import notice
from bot.cards.text import escape
from bot.cards.update_history import history
from bot.cards.update_reminder import draft_waits, update_is_due
from bot.forms.update import corrected_answers, first_answers, preview_view, writing_in
from bot.updates.outlets import update_message
from incidents.model.approval import Approval
from incidents.model.draft_warnings import Doubt, Warning, warnings_of
from incidents.model.incident import Incident
from incidents.model.public_text import AffectedForPublic, PublicText
from incidents.model.publishing_rules import ApprovalRule
from incidents.model.status_update import StatusUpdate
from incidents.model.vocabulary import Impact, PublicStatus, Severity, Status
from incidents.public.language import language
from incidents.public.page import Snapshot
from tests.bot.cards_samples import ANA, BEN, CLEO, DAN, NOW, act, button, incident, labels, name_of
from tests.bot.cards_samples import read as words
from tests.web.status.pages import BUSY

FAILING = PublicText(
    title="Problems with payments",
    status=PublicStatus.INVESTIGATING,
    body="Some **card payments** fail.",
    services={"checkout": AffectedForPublic(name="Checkout", impact=Impact.PARTIAL_OUTAGE)},
)
OVER = FAILING.model_copy(update={"status": PublicStatus.RESOLVED, "body": "It works.", "services": {}})
STRICT = ApprovalRule(author=False)


def drafted(made: Incident, text: PublicText = FAILING, **more: Any) -> StatusUpdate:
    fact = made.updates.draft(text, ANA, **more)
    made.record_update(fact, act(ANA))
    return made.updates.get(fact.update)


def published(made: Incident, text: PublicText = FAILING) -> StatusUpdate:
    update = drafted(made, text)
    made.record_update(made.updates.approve(update.number, text.digest, BEN, 1), act(BEN))
    made.record_update(made.updates.publish(update.number, f"public-{update.number}"), act(BEN))
    return made.updates.get(update.number)


def card(made: Incident, update: StatusUpdate, rule: ApprovalRule = STRICT, **more: Any) -> dict[str, Any]:
    seen = {"now": NOW, "warnings": (), "pages": [("Acme status", "")], "readers": 1204} | more
    view = DraftView(incident=made, update=update, approval=Approval(rule, BEN, (CLEO,)), **seen)
    return draft_message(view, calls=True).to_dict()


def test_a_draft_says_who_can_approve_it_and_whom_it_reaches() -> None:
    made = incident()
    shown = card(made, drafted(made))
    assert "waits for approval by <@U00BEN>, <@U00CLEO> (SEV2: not by <@U00ANA>, who wrote it)" in words(shown)
    assert "Some *card payments* fail." in words(shown)
    assert "Checkout: operational → partial outage" in words(shown)
    assert "Reaches: 1 page (Acme status) · 1,204 subscribers" in words(shown)
    assert labels(shown) == ["Approve and publish", "Edit", "Reject", "Discard"]
    followed = card(made, drafted(made), channels=["customers"], webhooks=2, elsewhere=True)
    assert "(Acme status) · Atlassian Statuspage · 1,204 subscribers · #customers · 2 webhooks" in words(followed)


def test_whoever_follows_a_page_in_slack_reads_it_in_the_language_of_the_page() -> None:
    page, [*_, event] = replace(BUSY.page, language="de"), BUSY.events
    message = update_message(Snapshot(page, BUSY.events), event, event.latest, "https://status.example").to_dict()
    assert message["text"].startswith("*Ursache gefunden* · Problems with card payments")
    assert "Nächste Meldung bis <!date^" in words(message)
    assert "Checkout: Teilweiser Ausfall · API: Beeinträchtigt · <https://status.example|Acme Status>" in words(message)


def test_once_all_is_over_whoever_follows_in_slack_reads_of_no_service_that_fails() -> None:
    page, [*_, event] = BUSY.page, BUSY.events
    over = replace(event.latest, status=PublicStatus.RESOLVED)
    assert "Checkout: Operational" in words(update_message(Snapshot(page, ()), event, over, "").to_dict())


def test_a_draft_that_reaches_nobody_or_tells_nobody_says_so() -> None:
    made = incident()
    quiet = drafted(made, FAILING.model_copy(update={"notify": False}))
    assert "no subscribers are told" in words(card(made, quiet))
    correction = drafted(made, corrects=published(made).number)
    assert "no subscribers are told" in words(card(made, correction, channels=["customers"]))
    assert "customers" not in words(card(made, correction, channels=["customers"]))
    assert "Reaches nobody: no status page shows" in words(card(made, quiet, pages=[]))


def test_where_nobody_can_approve_it_says_how_somebody_could() -> None:
    made = incident()
    view = DraftView(made, drafted(made), NOW, Approval(STRICT, ANA, ()), (), [("Acme status", "")], 0)
    assert "take command (`/incident lead`), or have an admin name approvers" in draft_message(view).text


def test_of_a_private_incident_only_those_in_it_can_approve() -> None:
    made = incident(private=True, page=[BEN])
    assert Approval.of(made, STRICT, (BEN, CLEO)).who_can(drafted(made)) == [BEN]


def test_what_changes_for_customers_is_said() -> None:
    made = incident()
    published(made)
    shown = card(made, drafted(made, OVER.model_copy(update={"title": "Payments"})))
    assert "Checkout: partial outage → operational" in words(shown)
    worse = FAILING.services["checkout"].model_copy(update={"impact": Impact.MAJOR_OUTAGE})
    later = published(made, FAILING.model_copy(update={"services": {"checkout": worse}}))
    assert "Checkout: partial outage → major outage" in words(card(made, later))
    assert "Changes the title from “Problems with payments” to “Payments”" in words(shown)


def test_approving_asks_first_and_carries_what_was_read() -> None:
    made = incident()
    update = drafted(made)
    doubts = (Warning(Doubt.INCIDENT, "INC-12"), Warning(Doubt.OVERTAKEN))
    approve = button(card(made, update, warnings=doubts), "Approve and publish")
    assert "Mentions “INC-12”" in str(approve["confirm"])
    assert read_approval(approve["value"]) == (update.text.digest, {Doubt.INCIDENT, Doubt.OVERTAKEN})
    assert read_approval("") == ("", frozenset())
    assert approval_value(update, ()) == update.text.digest


def test_whoever_approves_reads_every_word_of_a_long_text() -> None:
    lines = [f"Word {number}: <b> & more, all of it to be read." for number in range(65)]
    long = FAILING.model_copy(update={"body": "\n".join(lines)})
    assert len(long.body) > 2_500
    made = incident()
    answers = replace(first_answers(made, None, ""), body=long.body)
    shown = [card(made, drafted(made, long)), preview_view(answers, NOW, [language("en")])]
    page, [*_, event] = BUSY.page, BUSY.events
    told = update_message(Snapshot(page, BUSY.events), event, replace(event.latest, body=long.body), "").to_dict()
    for message in (*shown, told):
        assert [line for line in lines if escape(line) not in words(message)] == []


def test_no_number_of_words_that_it_mentions_hides_what_came_up_since() -> None:
    made = incident()
    published(made)
    body = " ".join(f"host{number}.internal" for number in range(12))
    update = drafted(made, FAILING.model_copy(update={"body": body}))
    published(made, OVER)
    shown = card(made, update, warnings=warnings_of(made, update, NOW, []))
    assert "Customers were told something else after this was written." in words(shown)
    assert "And it mentions 5 more." in words(shown)


def test_with_two_to_approve_one_does_not_publish() -> None:
    made = incident()
    shown = card(made, drafted(made), ApprovalRule(approvals=2))
    assert "Approve" in labels(shown) and "2 people" in words(shown)


def test_each_state_offers_what_can_be_done_next() -> None:
    made = incident()
    update = drafted(made)
    made.record_update(made.updates.reject(1, update.text.digest, BEN, "Say which cards"), act(BEN))
    assert labels(card(made, made.updates.get(1))) == ["Edit", "Discard"]
    made.record_update(made.updates.discard(1), act(BEN))
    assert labels(card(made, made.updates.get(1))) == []
    assert labels(card(made, published(made))) == ["Correct"]


@pytest.mark.parametrize(
    ("body", "doubt", "found"),
    [
        ("See INC-12 and inc 7", Doubt.INCIDENT, ["INC-12", "inc 7"]),
        ("It is a sev1.", Doubt.SEVERITY, ["sev1"]),
        ("Checkout fails for card payments, we know", Doubt.TITLE, ["Checkout fails for card payments"]),
        ("Ana is on it; banana is not", Doubt.PERSON, ["Ana"]),
        ("Will Hay is on it, and so is HOPPER", Doubt.PERSON, ["Will Hay", "hopper"]),
        ("We will make hay", Doubt.PERSON, []),
        ("http://grafana/d/1 and https://me@[fd00::7]:3000/x", Doubt.ADDRESS, ["grafana", "fd00::7"]),
        ("https://wiki.corp/x and 10.0.0.7 and db.shop.svc", Doubt.ADDRESS, ["wiki.corp", "10.0.0.7", "db.shop.svc"]),
        ("ask build.acme.example", Doubt.ADDRESS, ["build.acme.example"]),
        ("Our shop at https://shop.example.com, version 2.10, e.g. this", Doubt.ADDRESS, []),
    ],
)
def test_internal_words_are_found(body: str, doubt: Doubt, found: list[str]) -> None:
    made = incident()
    update = drafted(made, FAILING.model_copy(update={"body": body}))
    names = ["Ana", "Bo", "Will Hay", "Will", "Hay", "hopper"]
    said = warnings_of(made, update, NOW, names, ["*.acme.example"])
    assert [warning.words for warning in said if warning.doubt is doubt] == found


def test_what_says_nothing_new_or_too_much_is_doubted() -> None:
    made = incident()
    published(made)
    assert [each.doubt for each in warnings_of(made, drafted(made), NOW, [])] == [Doubt.NOTHING_NEW]
    assert [each.doubt for each in warnings_of(made, drafted(made, OVER), NOW, [])] == [Doubt.STILL_OPEN]


def test_what_is_approved_late_says_what_is_past_by_then() -> None:
    made, soon = incident(), NOW + timedelta(minutes=10)
    scheduled = drafted(made, FAILING.model_copy(update={"next_at": soon, "publish_at": NOW + timedelta(minutes=5)}))
    assert warnings_of(made, scheduled, NOW, []) == []
    assert "once approved" in words(card(made, scheduled)) and labels(card(made, scheduled))[0] == "Approve"
    assert [each.doubt for each in warnings_of(made, scheduled, soon, [])] == [Doubt.PROMISE_OVER]
    late = card(made, scheduled, now=soon, warnings=[Warning(Doubt.PROMISE_OVER)])
    assert "⚠️ The time by which it promises the next update is past." in words(late)
    assert "Was to go out" in words(late) and labels(late)[0] == "Approve and publish"
    told = published(made)
    correction = drafted(made, FAILING.model_copy(update={"next_at": NOW}), corrects=told.number)
    assert [each.doubt for each in warnings_of(made, correction, soon, [])] == [Doubt.NOTHING_NEW]


def test_the_incidents_card_says_what_customers_know() -> None:
    made = incident()

    def shown(hurt: bool) -> dict[str, Any]:
        return incident_card(made, NOW, background=Background(hurts_customers=hurt)).to_dict()

    def customers(hurt: bool) -> str:
        return words(shown(hurt))

    assert "Customers" not in customers(hurt=False)
    assert "*Customers*  *not told yet*" in customers(hurt=True)
    published(made)
    assert ": Investigating" in customers(hurt=False).partition("*Customers*  told")[2]
    made.change_status(Status.RESOLVED, act(ANA))
    assert "Final status update" in labels(shown(hurt=False))
    published(made, OVER)
    assert "Final status update" not in labels(shown(hurt=False))


def test_a_new_status_offers_to_tell_customers_who_know_of_it() -> None:
    made = incident()

    def offered(status: Status) -> list[str]:
        made.take_new_entries()
        made.change_status(status, act(BEN))
        told = notice(made, made.new_entries, [], name_of)
        assert told is not None
        return labels(told.to_dict())

    assert offered(Status.INVESTIGATING) == []
    published(made)
    assert offered(Status.IDENTIFIED) == ["Tell customers"]
    assert offered(Status.INVESTIGATING) == []
    assert offered(Status.RESOLVED) == ["Draft the final update"]


def test_an_update_that_is_ahead_of_the_incident_offers_its_status() -> None:
    made = incident()

    def offered(text: PublicText) -> list[str]:
        made.take_new_entries()
        published(made, text)
        told = notice(made, made.new_entries, [], name_of)
        assert told is not None
        return labels(told.to_dict())

    assert offered(FAILING) == []
    assert offered(FAILING.model_copy(update={"status": PublicStatus.MONITORING})) == ["Status: Monitoring"]
    assert offered(OVER) == ["Resolve"]
    made.change_status(Status.RESOLVED, act(BEN))
    assert offered(OVER) == []


def test_what_is_written_next_keeps_the_title_and_the_time_of_maintenance() -> None:
    made = incident()
    window = {"begins_at": NOW + timedelta(hours=1), "ends_at": NOW + timedelta(hours=2)}
    first = published(made, FAILING.model_copy(update=window))
    second = published(made, FAILING.model_copy(update={"title": "Moving house", **window}))
    for answers in (first_answers(made, None, ""), corrected_answers(made.updates, first)):
        assert (answers.title, answers.begins_at, answers.ends_at) == (second.text.title, *window.values())
        assert writing_in(answers, NOW).ends_at == window["ends_at"]


def test_a_promise_counts_from_when_customers_read_it() -> None:
    answers = replace(first_answers(incident(), None, ""), promise="30")
    for planned, told in ((None, NOW), (NOW + timedelta(hours=2), NOW + timedelta(hours=2))):
        written = writing_in(replace(answers, publish_at=planned), NOW)
        assert written.next_at == told + timedelta(minutes=30)
    assert writing_in(replace(answers, status=PublicStatus.RESOLVED), NOW).next_at is None


def test_the_history_is_what_customers_read_and_what_waits() -> None:
    made = incident()
    assert "Customers were not told of INC-12 yet." in words(history(made).to_dict())
    first = published(made)
    drafted(made, OVER)
    drafted(made, FAILING.model_copy(update={"body": "Few fail."}), corrects=first.number)
    shown = history(made).to_dict()
    assert "Problems with payments" in words(shown) and "Draft 2, waits for approval" in words(shown)
    assert labels(shown) == ["Correct", "Open", "Open", "Write an update"]


def test_reminders_call_whoever_can_do_something() -> None:
    made = incident()
    made.set_commander(DAN, act(DAN))
    due = update_is_due(made, NOW - timedelta(minutes=31), NOW)
    assert due.text.startswith("⏰ <@U00DAN>: customers are affected for 31 min and were told nothing.")
    published(made)
    assert "customers were told 31 min ago, Investigating" in update_is_due(made, NOW - timedelta(minutes=31), NOW).text
    waits = draft_waits(made, drafted(made), [BEN, CLEO], NOW)
    assert waits.text.startswith("⏰ <@U00BEN>, <@U00CLEO>: status update 2 waits")


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        ("Some **fail**, _others_ do not", "Some *fail*, _others_ do not"),
        ("# All is **well**\n\nTruly.", "*All is well*\n\nTruly."),
        ("> they said\n> this\n> - and that\n\nso", "> they said\n> this\n\n> • and that\n\nso"),
        ("before\n\n---\n\nafter", "before\n\n――――――――――――\n\nafter"),
        ("- one\n- two\n  - within\n\n1. first\n2. second", "• one\n• two\n   • within\n1. first\n2. second"),
        ("[here](https://a.example/x) and `code`", "<https://a.example/x|here> and `code`"),
        (
            "[bad](javascript:alert) ![pic](https://t.example/1.png)",
            "[bad](javascript:alert) <https://t.example/1.png|pic>",
        ),
        ("<script>alert(1)</script>after", "&lt;script&gt;alert(1)&lt;/script&gt;after"),
        ("a & b < c <!here>", "a &amp; b &lt; c &lt;!here&gt;"),
    ],
)
def test_markdown_reads_in_slack_as_on_the_page(markdown: str, markup: str) -> None:
    assert as_slack(markdown) == markup


@given(st.text(max_size=300))
def test_no_text_calls_anybody_in_slack(markdown: str) -> None:
    shown = as_slack(markdown)
    assert "<!" not in shown and "<@" not in shown and "<#" not in shown


@given(st.text(max_size=3_000), st.sampled_from(Severity))
def test_any_text_fits(body: str, severity: Severity) -> None:
    made = incident(severity=severity)
    update = drafted(made, FAILING.model_copy(update={"body": body or "x"}))
    assert card(made, update)["blocks"]
