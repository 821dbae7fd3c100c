"""Whatever people do to an incident, replaying its timeline gives the incident again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from incidents.model import facts
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target
from incidents.model.parts import Act, Declaration, LinkedAlert, Service
from incidents.model.public_text import AffectedForPublic, PublicText
from incidents.model.refusals import Refusal
from incidents.model.text import storable
from incidents.model.timeline import Entry, StoredEntry, canonical, first_broken
from incidents.model.vocabulary import AlertStatus, Impact, PublicStatus, Severity, Status

texts = st.text(st.characters(), max_size=20)
"""Any characters at all, NUL and halves of characters included."""
people = st.sampled_from([*(Person.of("slack", f"U{n}") for n in range(4)), TOCSIN])
services = st.sampled_from([Service(f"s{n}", f"Service {n}") for n in range(3)])
impacts = st.dictionaries(services, st.sampled_from(Impact))
alerts = st.integers(1, 3)
public_texts = st.builds(
    PublicText,
    title=texts,
    status=st.sampled_from(PublicStatus),
    body=texts,
    services=st.dictionaries(
        st.sampled_from(["s0", "s1"]), st.builds(AffectedForPublic, name=texts, impact=st.sampled_from(Impact))
    ),
    next_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
watchers = st.sampled_from([Target("team:payments"), Target("person:slack:U1")])
rooms = st.sampled_from([Channel.of("slack", f"C{n}") for n in range(2)])


class AnIncident(RuleBasedStateMachine):
    """Does things to one incident in any order; those refused change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.entries: list[Entry] = []

    @initialize(
        title=texts.filter(str.strip), severity=st.sampled_from(Severity), summary=texts, by=people, impacts=impacts
    )
    def declare(self, title: str, severity: Severity, summary: str, by: Person, impacts: dict[Service, Impact]) -> None:
        self.incident = Incident.declare(7, Declaration(title, severity, summary, impacts), Act(by, self.now))

    @rule(by=people, text=texts, what=st.sampled_from(["change_title", "change_summary", "comment", "reopen"]))
    def say(self, by: Person, text: str, what: str) -> None:
        self._attempt(what, text, self._act(by))

    @rule(by=people, severity=st.sampled_from(Severity))
    def change_severity(self, by: Person, severity: Severity) -> None:
        self._attempt("change_severity", severity, self._act(by))

    @rule(by=people, status=st.sampled_from(Status))
    def change_status(self, by: Person, status: Status) -> None:
        self._attempt("change_status", status, self._act(by))

    @rule(by=people, impacts=impacts)
    def change_services(self, by: Person, impacts: dict[Service, Impact]) -> None:
        self._attempt("change_services", impacts, self._act(by))

    @rule(by=people, person=people, what=st.sampled_from(["join", "leave", "set_commander"]))
    def respond(self, by: Person, person: Person, what: str) -> None:
        self._attempt(what, person, self._act(by))

    @rule(by=people, person=people)
    def page(self, by: Person, person: Person) -> None:
        self.incident.record_paging([facts.Paged(person=person, escalation=1)], self._act(by))

    @rule(person=people)
    def decline(self, person: Person) -> None:
        declined = facts.PageDeclined(person=person, escalation=1, name="")
        self.incident.record_paging([declined], self._act(person))

    @rule(by=people, watching=watchers, what=st.sampled_from(["subscribe", "unsubscribe"]))
    def watch(self, by: Person, watching: Target, what: str) -> None:
        self._attempt(what, watching, "", self._act(by))

    @rule(by=people, alert=alerts, title=texts, severity=st.sampled_from(Severity))
    def link_alert(self, by: Person, alert: int, title: str, severity: Severity) -> None:
        self._attempt("link_alert", alert, LinkedAlert(title, severity, AlertStatus.PENDING), self._act(by))

    @rule(by=people, alert=alerts, what=st.sampled_from(["unlink_alert", "alert_accepted", "alert_resolved"]))
    def change_alert(self, by: Person, alert: int, what: str) -> None:
        self._attempt(what, alert, self._act(by))

    @rule(by=people, text=public_texts, corrects=st.none() | st.integers(1, 4))
    def draft_update(self, by: Person, text: PublicText, corrects: int | None) -> None:
        self._attempt_update("draft", by, text, by, corrects)

    @rule(by=people, update=st.integers(1, 4), text=public_texts)
    def edit_update(self, by: Person, update: int, text: PublicText) -> None:
        self._attempt_update("edit", by, update, text, by)

    @rule(by=people, update=st.integers(1, 4), missing=st.integers(1, 2), stale=st.booleans())
    def approve_update(self, by: Person, update: int, missing: int, stale: bool) -> None:
        self._attempt_update("approve", by, update, self._digest(update, stale), by, missing)

    @rule(by=people, update=st.integers(1, 4), reason=texts, stale=st.booleans())
    def reject_update(self, by: Person, update: int, reason: str, stale: bool) -> None:
        self._attempt_update("reject", by, update, self._digest(update, stale), by, reason)

    @rule(by=people, update=st.integers(1, 4), reason=texts)
    def hold_update_back(self, by: Person, update: int, reason: str) -> None:
        self._attempt_update("hold_back", by, update, reason)

    @rule(by=people, update=st.integers(1, 4))
    def discard_update(self, by: Person, update: int) -> None:
        self._attempt_update("discard", by, update)

    @rule(by=people, update=st.integers(1, 4))
    def publish_update(self, by: Person, update: int) -> None:
        self._attempt_update("publish", by, update, f"public-{len(self.entries)}")

    @rule(by=people)
    def nobody_leads(self, by: Person) -> None:
        self._attempt("set_commander", None, self._act(by))

    @rule(by=people, room=rooms, name=texts)
    def attach_channel(self, by: Person, room: Channel, name: str) -> None:
        self._attempt("attach_channel", room, name, self._act(by))

    @rule(by=people, name=texts)
    def rename_channel(self, by: Person, name: str) -> None:
        self._attempt("channel_renamed", name, self._act(by))

    @rule(by=people, what=st.sampled_from(["detach_channel", "channel_archived"]))
    def end_channel(self, by: Person, what: str) -> None:
        self._attempt(what, self._act(by))

    @rule(by=people, back=st.integers(1, 3))
    def undo(self, by: Person, back: int) -> None:
        if len(self.entries) >= back:
            self._attempt("undo", self.entries[-back], timedelta(seconds=20), self._act(by))

    @rule(seconds=st.sampled_from([0.000001, 1, 30]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def replaying_gives_it_again(self) -> None:
        self.entries += self.incident.take_new_entries()
        assert Incident.replay(self.entries) == self.incident

    @invariant()
    def only_the_text_that_was_approved_is_public(self) -> None:
        last: dict[int, facts.UpdateFact] = {}
        for entry in self.entries:
            match entry.fact:
                case facts.UpdatePublished(update=update, text=text):
                    approved = last.get(update)
                    assert isinstance(approved, facts.UpdateApproved)
                    assert (approved.digest, approved.remaining) == (text.digest, 0)
            if isinstance(entry.fact, facts.UpdateFact):
                last[entry.fact.update] = entry.fact

    def teardown(self) -> None:
        assert first_broken(self.incident.head, map(as_stored, self.entries)) is None

    def _act(self, by: Person) -> Act:
        return Act(by, self.now)

    def _digest(self, update: int, stale: bool) -> str:
        there = self.incident.updates.by_number.get(update)
        return "another" if stale or there is None else there.text.digest

    def _attempt_update(self, what: str, by: Person, *arguments: object) -> None:
        try:
            fact = getattr(self.incident.updates, what)(*arguments)
        except Refusal as refusal:
            assert refusal.sentence
        else:
            if fact is not None:
                self.incident.record_update(fact, self._act(by))

    def _attempt(self, what: str, *arguments: object) -> None:
        try:
            getattr(self.incident, what)(*arguments)
        except Refusal as refusal:
            assert refusal.sentence
            assert not self.incident.new_entries


def as_stored(entry: Entry) -> StoredEntry:
    fact = canonical(entry.fact)
    assert facts.fact_adapter.validate_json(fact) == entry.fact
    return StoredEntry(
        entry.number,
        entry.happened_at,
        entry.recorded_at,
        str(entry.by),
        fact,
        entry.origin,
        entry.previous,
        entry.hash,
    )


TestAnIncident = AnIncident.TestCase


@given(texts)
def test_every_text_can_be_written_down_and_read_back(text: str) -> None:
    fact = facts.Comment(text=text)

    assert facts.fact_adapter.validate_json(canonical(fact)) == fact
    assert fact.text == storable(text)
    assert len(fact.text) == len(text)
