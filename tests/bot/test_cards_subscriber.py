"""What those who watch an incident are told: the net of it, nothing of what they did themselves, and how to stop."""

import pytest

from bot.cards.actions import Pressed, read_press
from bot.cards.message import Message
from bot.cards.subscriber import TOLD, subscriber_message
from bot.cards.text import by_name
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.vocabulary import Severity, Status
from sandbox.blockkit.surfaces import check_message
from tests.bot.cards_samples import ANA, BEN, DAN, act, button, incident, labels, name_of, read


def told(made: Incident, reader: Person = DAN, team: str = "") -> Message | None:
    """What ``reader`` is told of all that was recorded."""
    entries = [entry for entry in made.new_entries if isinstance(entry.fact, TOLD)]
    return subscriber_message(made, entries, reader, by_name(name_of), team)


def news(made: Incident, reader: Person = DAN) -> str | None:
    """The line that says what is new."""
    message = told(made, reader)
    return message.text.splitlines()[1] if message else None


def test_it_says_where_the_incident_stands_what_is_new_and_how_to_stop() -> None:
    made = incident()
    made.change_severity(Severity.SEV1, act(BEN))
    made.change_status(Status.IDENTIFIED, act(BEN))
    message = told(made)
    assert message is not None
    shown = message.to_dict()
    check_message(shown["blocks"])
    assert read(shown).splitlines() == [
        "🔴 SEV1 *INC-12* Checkout fails for card payments",
        "Severity raised from SEV2 to SEV1, status now Identified, was Declared (@ben). <#C00CHECKOUT>",
        "You watch INC-12. To stop: *Unsubscribe*, or `/incident unsubscribe INC-12`",
    ]
    assert read_press(button(shown, "Unsubscribe")) == Pressed("unsubscribe", 12)


def test_with_a_team_it_says_how_to_stop_for_all() -> None:
    made = incident()
    made.change_severity(Severity.SEV1, act(BEN))
    message = told(made, team="R&D")
    assert message is not None
    assert "`/incident unsubscribe INC-12 R&amp;D`" in read(message.to_dict())
    assert labels(message.to_dict()) == []


def test_a_flurry_is_its_net_effect() -> None:
    made = incident()
    for severity in (Severity.SEV3, Severity.SEV5, Severity.SEV4):
        made.change_severity(severity, act(BEN))
    assert news(made) == "Severity lowered from SEV2 to SEV4 (@ben). <#C00CHECKOUT>"
    made.change_severity(Severity.SEV2, act(ANA))
    assert news(made) is None


def test_what_was_taken_back_is_told_to_nobody() -> None:
    made = incident()
    made.change_status(Status.IDENTIFIED, act(BEN))
    made.change_status(Status.RESOLVED, act(BEN))
    made.reopen("no", act(BEN))
    made.change_status(Status.DECLARED, act(BEN))
    assert news(made) is None


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    made = incident()
    made.change_severity(Severity.SEV1, act(DAN))
    assert news(made) is None
    made.change_status(Status.MONITORING, act(BEN))
    assert news(made) == "Status now Monitoring, was Declared (@ben). <#C00CHECKOUT>"
    assert news(made, BEN) == "Severity raised from SEV2 to SEV1 (@dan). <#C00CHECKOUT>"


def test_resolving_says_how_long_and_reopening_why() -> None:
    made = incident()
    made.change_status(Status.RESOLVED, act(BEN, 125))
    message = told(made)
    assert message is not None and message.text == (
        "✅ Resolved *INC-12* Checkout fails for card payments\nResolved after 2 h 05 min (@ben). <#C00CHECKOUT>"
    )
    made.take_new_entries()
    made.reopen("It <!here> fails", act(BEN, 130))
    assert news(made) == "Reopened: “It &lt;!here&gt; fails” (@ben). <#C00CHECKOUT>"


@pytest.mark.parametrize("filler", ["x", "<", "&", "🔥"])
def test_the_longest_fits(filler: str) -> None:
    made = incident(title=filler * 500)
    made.change_status(Status.RESOLVED, act(BEN))
    made.take_new_entries()
    made.reopen(filler * 1_000, act(BEN))
    message = told(made, team=filler * 75)
    assert message is not None
    check_message(message.to_dict()["blocks"])
