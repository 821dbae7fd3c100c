"""The list of incidents: what it shows, and that a query survives every press."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.actions import Pressed, read_press
from bot.cards.incident_list import incident_list, query_from, query_words
from incidents.model.parts import LinkedAlert, Service
from incidents.model.vocabulary import AlertStatus, Severity, Status
from incidents.ports import MOST_COUNTED, IncidentPage, IncidentQuery
from tests.bot.cards_samples import ANA, BEN, CHECKOUT, NOW, act, button, choosing, incident, labels
from tests.bot.cards_samples import read as words

SERVICES = [CHECKOUT, Service("api", "API")]
TEAMS = {"payments": "Payments", "sre": "Site reliability"}
EVERYTHING = IncidentQuery(BEN, "resolved", Severity.SEV1, "checkout", "payments", True, "card payments")


def shown(query: IncidentQuery, page: IncidentPage) -> dict[str, Any]:
    return incident_list(page, query, NOW, SERVICES, TEAMS).to_dict()


def query_of(press: dict[str, Any]) -> IncidentQuery:
    """The query that is asked for by a press."""
    pressed = read_press(press)
    assert pressed is not None and pressed.word == "list"
    return query_from(pressed.text, BEN)


def test_each_row_has_what_matters_and_the_way_in() -> None:
    made = incident()
    for number in range(2):
        made.link_alert(number, LinkedAlert("HighErrorRate", Severity.SEV1, AlertStatus.PENDING), act(BEN))
    listed = shown(IncidentQuery(BEN), IncidentPage([made], 1, None))
    assert words(listed).splitlines() == [
        "Open incidents (1)",
        "🟠 SEV2 *INC-12* Checkout fails for card payments",
        "Checkout, API · 14 min · 1 responder · 2 alerts · Declared · <#C00CHECKOUT>",
    ]
    assert read_press(button(listed, "Join")) == Pressed("join", 12)
    assert listed["text"] == "Open incidents (1)\n🟠 SEV2 *INC-12* Checkout fails for card payments"


def test_whoever_is_in_it_opens_it_instead_of_joining() -> None:
    listed = shown(IncidentQuery(ANA), IncidentPage([incident()], 1, None))
    assert read_press(button(listed, "Open")) == Pressed("panel", 12)


def test_when_all_is_quiet_it_says_so_and_offers_to_declare() -> None:
    last = incident()
    last.change_status(Status.RESOLVED, act(BEN))
    quiet = incident_list(IncidentPage([], 0, None), IncidentQuery(BEN), NOW, SERVICES, TEAMS, last).to_dict()
    assert words(quiet) == (
        "All quiet. Last incident: INC-12, <!date^1795403820^\u200bresolved {date_short_pretty}|resolved Nov 23, 2026>."
    )
    assert read_press(button(quiet, "Declare")) == Pressed("declare")
    assert words(incident_list(IncidentPage([], 0, None), IncidentQuery(BEN), NOW, [], {}).to_dict()) == "All quiet."


def test_a_filter_that_nothing_fits_keeps_its_menus() -> None:
    listed = shown(EVERYTHING, IncidentPage([], 0, None))
    assert "No incident is like that." in words(listed)
    assert "With “card payments” in the title or summary." in words(listed)
    assert query_of(choosing(listed, "incident.list.severity", "severity=")) == replace(EVERYTHING, severity=None)


def test_every_press_keeps_the_rest_of_the_query() -> None:
    listed = shown(EVERYTHING, IncidentPage([incident()], 30, "eyJ4IjoxfQ=="))
    assert query_of(choosing(listed, "incident.list.state", "all")) == replace(EVERYTHING, state="all")
    assert query_of(choosing(listed, "incident.list.severity", "sev3")).severity is Severity.SEV3
    assert query_of(choosing(listed, "incident.list.service", "service=api")) == replace(EVERYTHING, service="api")
    assert query_of(choosing(listed, "incident.list.service", "service=")) == replace(EVERYTHING, service=None)
    assert query_of(choosing(listed, "incident.list.team", "team=sre")) == replace(EVERYTHING, team="sre")
    assert query_of(choosing(listed, "incident.list.team", "team=")) == replace(EVERYTHING, team=None)
    assert query_of(button(listed, "Everybody's")) == replace(EVERYTHING, mine=False)
    assert query_of(button(listed, "Older")) == replace(EVERYTHING, after="eyJ4IjoxfQ==")


def test_the_last_page_has_nothing_older() -> None:
    assert "Older" not in labels(shown(IncidentQuery(BEN), IncidentPage([incident()], 1, None)))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", IncidentQuery(BEN)),
        ("resolved MINE", IncidentQuery(BEN, "resolved", mine=True)),
        ("Sev2 all", IncidentQuery(BEN, "all", Severity.SEV2)),
        ("card  payments", IncidentQuery(BEN, text="card payments")),
        ("severity=nonsense open=x", IncidentQuery(BEN, text="open=x")),
        ("service=%zz after=", IncidentQuery(BEN, service="%zz")),
        ("team=payments Team=sre", IncidentQuery(BEN, team="sre")),
    ],
)
def test_what_is_typed_is_read_leniently(typed: str, asked: IncidentQuery) -> None:
    assert query_from(typed, BEN) == asked


QUERIES = st.builds(
    IncidentQuery,
    viewer=st.just(BEN),
    state=st.sampled_from(["open", "resolved", "all"]),
    severity=st.none() | st.sampled_from(Severity),
    service=st.none() | st.text(min_size=1, max_size=5),
    team=st.none() | st.text(min_size=1, max_size=5),
    mine=st.booleans(),
    text=st.text(max_size=6),
)


@given(QUERIES)
def test_any_query_reads_back_from_its_words(query: IncidentQuery) -> None:
    assert query_from(query_words(query), BEN) == query


@given(st.text(max_size=300), st.text(min_size=1, max_size=300), st.text(max_size=300), st.booleans())
def test_a_query_too_long_to_carry_loses_its_end_and_nothing_else(
    text: str, service: str, team: str, mine: bool
) -> None:
    query = IncidentQuery(BEN, "resolved", Severity.SEV1, service, team, mine, text)
    kept = query_from(query_words(query), BEN)
    assert len(f"with:{query_words(query)}") <= 255
    assert text.startswith(kept.text) and service.startswith(kept.service or "") and team.startswith(kept.team or "")
    assert (kept.state, kept.severity, kept.mine) == ("resolved", Severity.SEV1, mine)


@given(st.text(max_size=60))
def test_no_words_break_the_reading(typed: str) -> None:
    assert query_from(typed, BEN).viewer == BEN


def test_very_many_are_not_counted_to_the_last() -> None:
    assert "Resolved incidents (1,000 or more)" in words(
        shown(EVERYTHING, IncidentPage([incident()], MOST_COUNTED, None))
    )
