"""What an incident begins with that is declared from an alert."""

from datetime import UTC, datetime

import pytest

from incidents.model.alert import Alert
from incidents.model.from_alert import impacts_from, summary_from, title_from
from incidents.model.signal import Signal, SignalKind
from incidents.model.text import SUMMARY_LIMIT, web_address
from incidents.model.vocabulary import Impact, Severity

LONG = "https://tool.example/" + "x" * 1_900


def alert(service: str | None = "checkout", **told: object) -> Alert:
    signal = Signal.model_validate({"kind": SignalKind.FIRE, "key": "a", **told})
    return Alert.fire(7, "prometheus", signal, (service, "Checkout"), datetime(2026, 3, 1, tzinfo=UTC))


def test_the_summary_is_what_the_tool_says_and_where_to_look() -> None:
    told = alert(details="502s", link="https://p.example/a", runbook="https://r.example")
    assert summary_from(told) == "502s\n\nAlert: https://p.example/a\nRunbook: https://r.example"
    assert summary_from(alert()) == ""


@pytest.mark.parametrize("runbook", ["", LONG])
def test_links_stay_whole_where_the_details_are_long(runbook: str) -> None:
    summary = summary_from(alert(details="y" * 9_000, link=LONG, runbook=runbook))
    assert len(summary) <= SUMMARY_LIMIT
    assert summary.endswith(f"…\n\nAlert: {LONG}")


def test_the_title_is_one_line_and_never_empty() -> None:
    assert title_from(alert(title="a\nb")) == "a b"
    assert title_from(alert(key=" ")) == "Alert 7"


def test_the_severity_says_how_bad_it_is_for_the_service() -> None:
    impacts = [impacts_from(alert(severity=severity)).get("checkout") for severity in Severity]
    assert impacts[:3] == [Impact.MAJOR_OUTAGE, Impact.PARTIAL_OUTAGE, Impact.DEGRADED]
    assert impacts_from(alert(service=None)) == {}


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://x.example", "https://", "http://[", "https://a b", "https://x.io/cut…"]
)
def test_what_nobody_can_follow_is_no_link(link: str) -> None:
    assert web_address(link) == ""
