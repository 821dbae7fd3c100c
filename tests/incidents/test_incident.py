"""The incident's rules, as the product says them."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.model import facts
from incidents.model.facts import Paged, PageDeclined
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import Act, Declaration, IncidentChannel, LinkedAlert, Response, Service
from incidents.model.refusals import (
    HasChannel,
    IncidentNotResolved,
    IncidentResolved,
    NoChannel,
    NotAResponder,
    NotASubscriber,
    TextMissing,
    TextTooLong,
    TooLateToUndo,
    UnknownWord,
)
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status, incident_name, parse_incident_number

ANA, BEN, CLEO = (Person.of("slack", f"U{name}") for name in ("ANA", "BEN", "CLEO"))
CHECKOUT, API = Service("checkout", "Checkout"), Service("api", "API")
ROOM = Channel.of("slack", "C1")
START = datetime(2026, 3, 1, 3, 12, tzinfo=UTC)
WINDOW = timedelta(seconds=20)


def by(person: Person, seconds: float = 0) -> Act:
    return Act(person, START + timedelta(seconds=seconds))


def declared(title: str = "Checkout fails", **more: object) -> Incident:
    incident = Incident.declare(12, Declaration(title, **more), by(ANA))  # type: ignore[arg-type]
    incident.take_new_entries()
    return incident


def kinds(incident: Incident) -> list[str]:
    return [entry.fact.kind for entry in incident.new_entries]


def test_an_incident_is_declared_with_a_title_alone() -> None:
    incident = Incident.declare(12, Declaration("Checkout fails"), by(ANA))

    assert incident.severity is Severity.SEV3
    assert incident.status is Status.DECLARED
    assert incident.joined == [ANA]
    assert incident.commander is None
    assert kinds(incident) == ["declared", "responder_joined"]


def test_what_is_said_at_the_declaration_stands_on_the_timeline() -> None:
    declaration = Declaration(
        "Checkout fails", Severity.SEV1, "502s", services={CHECKOUT: Impact.PARTIAL_OUTAGE}, private=True
    )
    incident = Incident.declare(12, declaration, by(ANA))

    assert kinds(incident) == ["declared", "responder_joined", "service_affected"]
    assert incident.joined == [ANA]


def test_a_title_is_one_line_and_never_empty() -> None:
    assert declared("  Checkout\n fails\t ").title == "Checkout fails"
    with pytest.raises(TextMissing):
        declared(" \n ")
    with pytest.raises(TextTooLong, match="501"):
        declared("x" * 501)


@pytest.mark.parametrize("status", [Status.INVESTIGATING, Status.MONITORING, Status.IDENTIFIED, Status.DECLARED])
def test_any_change_of_status_is_allowed_while_it_is_open(status: Status) -> None:
    incident = declared()
    incident.change_status(Status.IDENTIFIED, by(BEN))
    incident.change_status(status, by(BEN))
    assert incident.status is status


def test_what_is_so_already_records_nothing() -> None:
    incident = declared(severity=Severity.SEV2)
    incident.change_severity(Severity.SEV2, by(BEN))
    incident.change_status(Status.DECLARED, by(BEN))
    incident.change_title("Checkout  fails", by(BEN))
    incident.change_summary("  ", by(BEN))
    incident.change_services({}, by(BEN))
    incident.join(ANA, by(ANA))
    incident.set_commander(None, by(BEN))
    assert incident.new_entries == []


def test_a_resolved_incident_goes_on_only_when_it_is_reopened_with_a_reason() -> None:
    incident = declared()
    incident.change_status(Status.RESOLVED, by(BEN, 60))
    assert incident.resolved_at == START + timedelta(seconds=60)
    assert incident.duration(START + timedelta(days=1)) == timedelta(seconds=60)

    with pytest.raises(IncidentResolved, match="/incident reopen INC-12"):
        incident.change_status(Status.INVESTIGATING, by(BEN))
    with pytest.raises(TextMissing, match="reason"):
        incident.reopen(" ", by(BEN))

    incident.reopen("It fails again", by(BEN))
    assert (incident.status, incident.resolved_at) == (Status.INVESTIGATING, None)
    assert kinds(incident) == ["resolved", "reopened"]


def test_only_a_resolved_incident_can_be_reopened() -> None:
    with pytest.raises(IncidentNotResolved):
        declared().reopen("why not", by(BEN))


def test_severity_may_change_at_any_time() -> None:
    incident = declared()
    incident.change_status(Status.RESOLVED, by(BEN))
    incident.change_severity(Severity.SEV1, by(BEN))
    assert incident.severity is Severity.SEV1


def test_services_left_out_are_cleared_and_others_change() -> None:
    incident = declared(services={CHECKOUT: Impact.DEGRADED})
    incident.change_services({API: Impact.MAJOR_OUTAGE}, by(BEN))
    incident.change_services({API: Impact.OPERATIONAL}, by(BEN))

    assert kinds(incident) == ["service_cleared", "service_affected", "impact_changed"]
    assert {id: affected.impact for id, affected in incident.services.items()} == {"api": Impact.OPERATIONAL}


def test_the_paged_are_not_counted_until_they_join() -> None:
    incident = declared()
    incident.record_paging([Paged(person=person) for person in (BEN, CLEO)], by(ANA))
    incident.join(BEN, by(BEN))
    assert (incident.joined, incident.paged) == ([ANA, BEN], [CLEO])


def test_who_declines_is_no_longer_waited_for_and_may_still_come() -> None:
    incident = declared()
    incident.record_paging([Paged(person=BEN), PageDeclined(person=BEN, escalation=1, name="")], by(BEN))
    assert incident.responders[BEN].response is Response.DECLINED
    incident.join(BEN, by(BEN))
    incident.record_paging([Paged(person=BEN), PageDeclined(person=BEN, escalation=2, name="")], by(BEN))
    assert incident.joined == [ANA, BEN]


def test_an_incident_keeps_how_its_alerts_stand() -> None:
    incident = declared()
    incident.link_alert(7, LinkedAlert("HighErrorRate", Severity.SEV2, AlertStatus.PENDING), by(ANA))
    incident.link_alert(7, LinkedAlert("HighErrorRate", Severity.SEV2, AlertStatus.PENDING), by(ANA))
    incident.alert_accepted(7, by(BEN))
    incident.alert_resolved(7, by(BEN))
    incident.alert_resolved(7, by(CLEO))
    assert incident.alerts == {7: LinkedAlert("HighErrorRate", Severity.SEV2, AlertStatus.RESOLVED)}
    incident.unlink_alert(7, by(ANA))
    incident.unlink_alert(7, by(ANA))
    assert incident.alerts == {}
    assert kinds(incident) == ["alert_linked", "alert_accepted", "alert_resolved", "alert_unlinked"]


def test_who_subscribes_once_watches_until_that_is_taken_back() -> None:
    incident, team = declared(private=True), Target("team:payments")
    cleo = Target.of(TargetKind.PERSON, CLEO)
    for subscriber in (cleo, team, cleo):
        incident.subscribe(subscriber, "", by(ANA))
    assert incident.subscribers == [cleo, team]
    assert incident.visible_to(CLEO)
    incident.unsubscribe(cleo, "", by(CLEO))
    assert not incident.visible_to(CLEO)
    with pytest.raises(NotASubscriber):
        incident.unsubscribe(cleo, "", by(CLEO))


def test_a_new_commander_joins_and_a_leaving_one_gives_up_command() -> None:
    incident = declared()
    incident.set_commander(BEN, by(ANA))
    assert incident.joined == [ANA, BEN]

    incident.leave(BEN, by(BEN))
    assert incident.commander is None
    assert kinds(incident) == ["responder_joined", "commander_changed", "commander_changed", "responder_left"]
    with pytest.raises(NotAResponder):
        incident.leave(BEN, by(BEN))


def test_an_incident_has_one_channel_at_most() -> None:
    incident = declared()
    with pytest.raises(NoChannel):
        incident.detach_channel(by(ANA))
    incident.attach_channel(ROOM, "inc-12", by(TOCSIN))
    incident.attach_channel(ROOM, "inc-12", by(TOCSIN))
    with pytest.raises(HasChannel):
        incident.attach_channel(Channel.of("slack", "C2"), "other", by(TOCSIN))
    for _ in range(2):
        incident.channel_renamed("war-room", by(TOCSIN))
        incident.channel_archived(by(ANA))
    assert incident.channel == IncidentChannel(ROOM, "war-room", archived=True)
    incident.detach_channel(by(ANA))
    assert kinds(incident) == ["channel_attached", "channel_renamed", "channel_archived", "channel_detached"]


def test_a_private_incident_exists_only_for_its_people() -> None:
    incident = declared(private=True)
    incident.record_paging([Paged(person=BEN)], by(ANA))
    assert incident.visible_to(ANA) and incident.visible_to(BEN) and incident.visible_to(TOCSIN)
    assert not incident.visible_to(CLEO)
    assert declared().visible_to(CLEO)


def test_a_slip_can_be_taken_back_by_its_author_for_some_seconds() -> None:
    incident = declared()
    incident.change_severity(Severity.SEV1, by(BEN))
    slip = incident.new_entries[-1]

    with pytest.raises(TooLateToUndo, match="only the person"):
        incident.undo(slip, WINDOW, by(ANA, 1))
    with pytest.raises(TooLateToUndo, match="20 seconds"):
        incident.undo(slip, WINDOW, by(BEN, 21))

    incident.undo(slip, WINDOW, by(BEN, 5))
    assert incident.severity is Severity.SEV3
    assert kinds(incident) == ["severity_changed", "severity_changed"]
    with pytest.raises(TooLateToUndo, match="something else"):
        incident.undo(slip, WINDOW, by(BEN, 6))


def test_a_resolution_by_mistake_is_undone_to_the_status_before() -> None:
    incident = declared()
    incident.change_status(Status.IDENTIFIED, by(BEN))
    incident.change_status(Status.RESOLVED, by(BEN, 1))
    incident.undo(incident.new_entries[-1], WINDOW, by(BEN, 3))
    assert (incident.status, incident.resolved_at) == (Status.IDENTIFIED, None)
    assert isinstance(incident.new_entries[-1].fact, facts.Reopened)


@pytest.mark.parametrize("text", ["1", "SEV1", "sev 1", "Sev-1", " critical "])
def test_severities_are_read_as_people_write_them(text: str) -> None:
    assert Severity.parse(text) is Severity.SEV1


@pytest.mark.parametrize("text", ["0", "6", "sev", "", "11", "bad"])
def test_an_unknown_severity_says_what_is_possible(text: str) -> None:
    with pytest.raises(UnknownWord, match="5 \\(informational\\)"):
        Severity.parse(text)


def test_statuses_are_read_in_any_case() -> None:
    assert Status.parse(" MONITORING ") is Status.MONITORING
    with pytest.raises(UnknownWord, match="Investigating"):
        Status.parse("done")


def test_incidents_are_named_as_people_name_them() -> None:
    assert [parse_incident_number(text) for text in ("INC-12", "inc12", "#12", " inc 12 ")] == [12] * 4
    assert [parse_incident_number(text) for text in ("12", "INC-", "INC-x", "see INC-12")] == [None] * 4
    assert incident_name(12) == "INC-12"


def test_a_change_of_one_service_is_taken_back_while_it_still_stands() -> None:
    incident = declared(services={CHECKOUT: Impact.DEGRADED})
    incident.change_services({CHECKOUT: Impact.MAJOR_OUTAGE}, by(BEN))
    changed = incident.new_entries[-1]
    incident.change_services({}, by(BEN, 1))
    cleared = incident.new_entries[-1]

    with pytest.raises(TooLateToUndo, match="something else"):
        incident.undo(changed, WINDOW, by(BEN, 2))
    incident.undo(cleared, WINDOW, by(BEN, 2))
    incident.undo(changed, WINDOW, by(BEN, 3))
    assert {id: affected.impact for id, affected in incident.services.items()} == {"checkout": Impact.DEGRADED}
