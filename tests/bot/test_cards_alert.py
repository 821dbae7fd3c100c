"""The messages of alerts and storms: what they say in each state, and that Slack takes them whatever a tool writes."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.alert import AlertView, alert_message
from bot.cards.storm import StormView, storm_list, storm_message
from bot.cards.text import by_name
from bot.forms.declare import declare_form, from_alert
from bot.forms.link_alert import link_form
from incidents.model.alert import Alert, LogEntry, Remarked, StormPlace, tool
from incidents.model.escalation import About, Call, Escalation, Page, plan_of
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import Policy, Step, Target, TargetKind
from incidents.model.signal import Signal, SignalKind
from incidents.model.storm import STORM_LIST, Storm
from incidents.model.vocabulary import AlertStatus, Severity
from incidents.ports.alerts import Standing
from sandbox.blockkit.surfaces import check_message, check_view
from tests.bot.cards_samples import ANA, BEN, NOW, T0, incident, name_of
from tests.bot.test_cards_limits import NASTY, TEXT

DAN_THEN_BEN = Policy(
    name="Payments",
    steps=tuple(Step(targets=(Target.of(TargetKind.PERSON, person),)) for person in (ANA, BEN)),
)
SERVICE = ("checkout", "Checkout")


def alert(**more: Any) -> Alert:
    told = {"kind": SignalKind.FIRE, "key": "a", "title": "5xx at 12 %", "severity": Severity.SEV1, **more}
    return Alert.fire(7, "prometheus", Signal.model_validate(told), SERVICE, T0)


def view(shown: Alert, *escalations: Escalation, log: list[LogEntry] | None = None, **more: Any) -> AlertView:
    noted = shown.new_log if log is None else log
    return AlertView(shown, "Prometheus", can_page=True, escalations=escalations, log=noted, **more)


def begun() -> Escalation:
    page = Page(About(alert=7), Target.of(TargetKind.POLICY, "payments"), "Payments", DAN_THEN_BEN)
    return Escalation.begin(1, page, tool("prometheus"), T0)


def calling(turn: int = 0) -> Escalation:
    escalation = begun()
    for each in range(turn + 1):
        escalation.proceed(each, T0 + timedelta(minutes=5 * each), lambda target: [Person(target.id)], ())
    return escalation


def read(message: Any) -> str:
    return "\n".join(_texts(message.to_dict()["blocks"]))


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [part["text"]] if isinstance(part.get("text"), str) else [t for v in part.values() for t in _texts(v)]
    return [text for each in part for text in _texts(each)] if isinstance(part, list) else []


def labels(message: Any) -> list[str]:
    rows = [block for block in message.to_dict()["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for block in rows for element in block["elements"]]


# Who is on it


@pytest.mark.parametrize(
    ("escalations", "said"),
    [
        ([], "*Nobody yet*, and nobody is paged for it."),
        ([begun()], "*Nobody yet.* Paging Payments."),
        ([calling()], "*Nobody yet.* Paging Payments, step 1 of 2: <@U00ANA>."),
        ([calling(1)], "*Nobody yet.* Paging Payments, step 2 of 2: <@U00ANA> <@U00BEN>."),
        ([calling(2)], "⚠️ *Nobody is on it.* Payments: nobody answered."),
    ],
)
def test_it_says_whom_it_calls(escalations: list[Escalation], said: str) -> None:
    assert said in read(alert_message(view(alert(), *escalations)))


def test_it_says_that_nobody_is_on_call_and_that_all_declined() -> None:
    empty, declined = begun(), calling()
    empty.proceed(0, T0, lambda _: [], ())
    declined.decline(ANA, T0)
    declined.proceed(1, T0, lambda target: [Person(target.id)], (BEN, ANA))

    assert "Payments: nobody is on call." in read(alert_message(view(alert(), empty)))
    assert "Payments: everybody who was called can't." in read(alert_message(view(alert(), declined)))


def test_who_accepted_it_is_on_it_and_nobody_can_accept_it_again() -> None:
    taken = alert()
    taken.accept(BEN, T0)
    message = alert_message(view(taken))

    said = read(message)
    assert "*<@U00BEN>* is on it" in said and ", since {time}" in said
    assert labels(message) == ["Resolve", "Escalate", "Declare incident", "Link to incident"]


def test_what_can_be_done_at_first() -> None:
    shown = labels(alert_message(view(alert())))
    assert shown == ["Accept", "Resolve", "Escalate", "Declare incident", "Link to incident"]
    assert "Escalate" not in labels(alert_message(AlertView(alert(), "Prometheus")))


def test_a_linked_one_leads_to_its_incident_and_declares_no_second() -> None:
    linked = alert()
    linked.link_to(12, ANA, NOW)
    message = alert_message(view(linked, incidents={12: incident()}))

    assert "Belongs to *INC-12* Checkout fails for card payments: <#C00CHECKOUT>" in read(message)
    assert "<@U00ANA> linked it to INC-12" in read(message)
    assert labels(message) == ["Accept", "Resolve", "Escalate"]
    assert "Unlink from INC-12" in read(message)


def test_of_a_private_incident_it_says_nothing() -> None:
    linked = alert()
    linked.link_to(12, ANA, NOW)

    assert "INC-12" not in str(alert_message(view(linked)).to_dict())


def test_a_resolved_one_is_quiet_but_leads_to_its_incident() -> None:
    over = alert()
    over.link_to(12, ANA, NOW)
    over.resolve(tool("prometheus"), NOW)
    message = alert_message(view(over, incidents={12: incident()}), by_name(name_of_all))

    assert "✅ *Resolved*" in read(message) and "lasted 14 min" in read(message)
    assert "resolved by Prometheus" in read(message) and "<#C00CHECKOUT>" in read(message)
    assert {block["type"] for block in message.to_dict()["blocks"]} == {"section", "context"}


def name_of_all(person: Person) -> str:
    return "Prometheus" if person.platform == "source" else name_of(person)


def test_notifications_read_the_same_in_words() -> None:
    assert alert_message(view(alert(), calling())).text.startswith(
        "🔴 *SEV1 firing*  5xx at 12 % (Prometheus, Checkout)."
    )


# Slack's limits


def write(person: Person) -> str:
    return "@" + "&lt;" * 20 + person.id


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    links = st.sampled_from(
        ["", "https://x.example/" + "a|b>c" * 390, "https://x.example/?q=" + "&" * 1_900, "ftp://x"]
    )
    told = Signal(
        kind=SignalKind.FIRE,
        key="a",
        title=draw(TEXT)[:500],
        details=(draw(TEXT) * 20)[:10_000],
        severity=draw(st.sampled_from(Severity)),
        link=draw(links),
        runbook=draw(links),
    )
    made = Alert.fire(draw(st.integers(1, 999_999_999)), "p", told, (None, draw(TEXT)[:500]), T0)
    steps = [
        lambda: made.accept(BEN, NOW),
        lambda: made.link_to(12, ANA, NOW),
        lambda: made.remark(told.details, ANA, NOW),
        lambda: made.fires_again(told, NOW),
    ]
    for step in draw(st.lists(st.sampled_from(steps), max_size=6)):
        step()
    if draw(st.booleans()):
        made.resolve(ANA, NOW)
    return made


def called() -> Escalation:
    """Very many people of a group with a nasty name."""
    page = Page(About(alert=1), Target("team:x"), "<!here>" * 10, plan_of(Target("team:x")))
    calls = [Call(Person.of("slack", f"U{n:08}"), 1, T0) for n in range(500)]
    return Escalation(1, page, ANA, T0, turn=1, due_at=T0, calls=calls)


@settings(max_examples=60)
@given(alerts(), st.booleans())
def test_slack_takes_every_alert(made: Alert, public: bool) -> None:
    incidents: dict[int, Incident] = {12: incident(title=NASTY[0] * 50)} if public else {}
    shown = AlertView(made, "<!here>|" * 9, True, [called()], made.new_log, incidents)
    message = alert_message(shown, write).to_dict()

    check_message(message["blocks"], [])
    assert "<!channel>" not in str(message) and "<!here>" not in str(message)
    carried, answers = from_alert(made, "https://hooks.example/" + "x" * 100)
    check_view(declare_form(carried, answers), "modal")
    check_view(link_form(made, carried), "modal")


@settings(max_examples=20)
@given(st.lists(alerts(), min_size=1, max_size=STORM_LIST, unique_by=lambda made: made.number))
def test_slack_takes_every_storm(made: list[Alert]) -> None:
    views = [AlertView(each, "Prometheus|", True, incidents={12: incident()}) for each in made]
    storm = Storm(3, "p", T0, NOW, Severity.SEV1, len(made))
    standing = Counter(Standing(each.status, each.incident) for each in made)
    message = storm_message(StormView(storm, "<!here>", standing, [called()], {12: incident()}), write).to_dict()
    listed = storm_list(views, 1, 300, write).to_dict()

    check_message(message["blocks"], [])
    check_message(listed["blocks"], [])
    assert sum(len(text) for text in _texts(listed["blocks"])) < 12_000
    assert "<!channel>" not in str(listed) + str(message)


def test_a_storm_names_all_its_incidents_that_fit() -> None:
    incidents = {number: incident() for number in range(1, 200)}
    standing = Counter({Standing(AlertStatus.PENDING, number): number for number in incidents})
    storm = Storm(3, "p", T0, NOW, Severity.SEV1, 300)
    said = read(storm_message(StormView(storm, "Prometheus", standing, (), incidents)))

    assert "199 alerts in *INC-12*" in said and " more" in said


def test_a_list_says_which_part_of_all_it_is() -> None:
    placed = alert()
    placed.storm = StormPlace(3, 20)

    assert "Alerts 21 to 21 of 300" in read(storm_list([view(placed)], 21, 300))


def test_what_a_tool_remarks_is_told() -> None:
    noted = LogEntry(7, 2, NOW, tool("prometheus"), Remarked(text="disk replaced"))

    assert "Prometheus: disk replaced" in read(alert_message(view(alert(), log=[noted]), by_name(name_of_all)))
