"""When customers should hear of an incident again: before what they were promised, else by its severity's interval."""

from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation, OwnedService
from incidents.model.parts import Act, Declaration, Service
from incidents.model.public_text import AffectedForPublic, PublicText
from incidents.model.publishing_rules import ServicesShown, StatusPage
from incidents.model.update_due import IMPACT_FACTS, REPEATED, Due, update_due
from incidents.model.vocabulary import Impact, PublicStatus, Severity, Status

ANA, BEN = Person.of("slack", "UANA"), Person.of("slack", "UBEN")
T0 = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ORGANISATION = Organisation(
    services={id: OwnedService(name=id.title()) for id in ("checkout", "ledger")},
    pages={"status": StatusPage(name="Status", groups=(ServicesShown(services=("checkout",)),))},
)


def declared(severity: Severity = Severity.SEV1, service: str = "checkout") -> Incident:
    hurt = {Service(service, service.title()): Impact.PARTIAL_OUTAGE}
    return Incident.declare(1, Declaration(title="It fails", severity=severity, services=hurt), Act(ANA, T0))


def tell(made: Incident, minutes: float, **text: Any) -> None:
    """Publish an update so many minutes after the declaration."""
    services = {"checkout": AffectedForPublic(name="Checkout", impact=Impact.PARTIAL_OUTAGE)}
    says = {"title": "It fails", "status": PublicStatus.INVESTIGATING, "body": "It fails.", "services": services}
    act = Act(BEN, after(minutes))
    drafted = made.updates.draft(PublicText.model_validate(says | text), ANA)
    made.record_update(drafted, act)
    made.record_update(made.updates.approve(drafted.update, drafted.text.digest, BEN, 1), act)
    made.record_update(made.updates.publish(drafted.update, f"public-{drafted.update}"), act)


def after(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def due(made: Incident, snoozed: datetime | None = None) -> Due | None:
    entries = [entry for entry in made.new_entries if isinstance(entry.fact, IMPACT_FACTS)]
    return update_due(made, entries, ORGANISATION, snoozed)


def test_who_was_told_nothing_waits_since_they_are_hurt() -> None:
    assert due(declared()) == Due(after(30), timedelta(minutes=30))
    assert due(declared(service="ledger")) is None, "no page shows it"
    assert due(declared(Severity.SEV3)) is None, "of that severity nobody is reminded"


def test_each_update_begins_the_interval_anew_and_a_snooze_puts_it_off() -> None:
    made = declared()
    tell(made, 10)
    assert due(made) == Due(after(40), timedelta(minutes=30))
    assert due(made, snoozed=after(55)) == Due(after(55), timedelta(minutes=30))


def test_a_promise_is_reminded_of_while_it_can_be_kept() -> None:
    made = declared()
    tell(made, 10, next_at=after(70))
    assert due(made) == Due(after(60), timedelta(minutes=30))
    tell(made, 60, next_at=after(70))
    assert due(made) == Due(after(65), timedelta(minutes=30))


def test_a_promise_counts_where_no_interval_is_kept_and_nobody_is_hurt_any_more() -> None:
    made = declared(Severity.SEV4)
    tell(made, 10, next_at=after(70), services={})
    assert due(made) == Due(after(60), REPEATED)


def test_who_reads_that_it_fails_is_owed_the_word_that_it_is_over() -> None:
    made = declared()
    made.change_status(Status.RESOLVED, Act(ANA, after(5)))
    assert due(made) is None
    made = declared()
    tell(made, 10)
    made.change_status(Status.RESOLVED, Act(ANA, after(20)))
    assert due(made) == Due(after(40), timedelta(minutes=30))
    tell(made, 25, status=PublicStatus.RESOLVED, next_at=after(99))
    assert due(made) is None
