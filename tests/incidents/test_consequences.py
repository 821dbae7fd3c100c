"""What follows from each entry: every kind is in the table, and the outside is told after the time to undo."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from incidents.consequences import CONSEQUENCES, JobKind, Pace, following
from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.identity import Person
from incidents.model.timeline import Entry, Head
from incidents.model.vocabulary import Severity

ANA, BEN = Person.of("slack", "UANA"), Person.of("slack", "UBEN")
AT = datetime(2026, 3, 1, tzinfo=UTC)
RAISED = facts.SeverityChanged(old=Severity.SEV3, new=Severity.SEV1)


def entry(fact: Fact, by: Person = ANA) -> Entry:
    return Head(12).seal(fact, by, AT, AT)


def test_every_kind_of_entry_has_its_row() -> None:
    assert set(CONSEQUENCES) == set(get_args(Fact))


def test_the_card_shows_a_change_at_once_and_others_hear_of_it_later() -> None:
    pace = Pace()
    due = {job.kind: job.due_at - AT for job in following([entry(RAISED)], pace)}
    assert due == {
        JobKind.SHOW_CARD: timedelta(),
        JobKind.NOTICE: pace.notice,
        JobKind.ANNOUNCE: pace.undo,
        JobKind.SET_TOPIC: pace.topic,
        JobKind.REMIND_OF_UPDATE: timedelta(),
    }


@pytest.mark.parametrize("kind", [facts.Message, facts.MessageEdited, facts.MessageDeleted])
def test_nothing_is_said_about_what_people_wrote(kind: type[Fact]) -> None:
    assert CONSEQUENCES[kind] == ()


def test_notices_are_gathered_for_each_person_and_cards_for_each_incident() -> None:
    jobs = following([entry(RAISED, ANA), entry(RAISED, BEN)], Pace())
    notices = {job.coalesce for job in jobs if job.kind is JobKind.NOTICE}
    cards = {job.coalesce for job in jobs if job.kind is JobKind.SHOW_CARD}
    assert (len(notices), len(cards)) == (2, 1)
