"""What readers see on a status page, its history and the page of an event: words, times, languages, hostile texts."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from incidents.public.page import Event, PageService, ServiceGroup, Snapshot, Window
from incidents.public.words import Impact, PublicStatus
from tests.web.status.pages import (
    API,
    BUSY,
    CALM,
    CHECKOUT,
    DASHBOARD,
    NOW,
    SEARCH,
    STATUS,
    UPGRADE,
    WALLET,
    ago,
    update,
)
from web.status import page
from web.status.colours import readable_on
from web.status.surface import Reading
from web.status.surfaces import surface_at

MAJOR, PARTIAL, DEGRADED, MAINTENANCE = (
    Impact.MAJOR_OUTAGE,
    Impact.PARTIAL_OUTAGE,
    Impact.DEGRADED,
    Impact.UNDER_MAINTENANCE,
)


def html(snapshot: Snapshot, path: str = "") -> str:
    reading = Reading(snapshot, "https://status.example/status/acme", NOW)
    surface = surface_at(path, reading)
    assert surface is not None
    return surface(reading).body.decode()


class _Words(HTMLParser):
    """What is read aloud of a page: its words and the labels of its pictures, without its head and what is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if not self._silent and (tag == "head" or (tag == "p" and said.get("aria-hidden") == "true")):
            self._silent = tag
        if said.get("role") == "img":
            self.words.append(said["aria-label"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def words(snapshot: Snapshot, path: str = "") -> str:
    parser = _Words()
    parser.feed(html(snapshot, path))
    return re.sub(r"\s+", " ", " ".join(parser.words)).strip()


def event(*updates: tuple[PublicStatus, str], **more: object) -> Event:
    """An event about Checkout with these updates, a minute apart."""
    made = [
        update(f"u{place}", status, body, ago(hours=1) + timedelta(minutes=place), {CHECKOUT: DEGRADED})
        for place, (status, body) in enumerate(updates)
    ]
    return replace(Event("e", "Something", tuple(made)), **more)


def about(impacts: dict[PageService, Impact]) -> Snapshot:
    return Snapshot(STATUS, (Event("e", "It", (update("u", PublicStatus.INVESTIGATING, "x", ago(hours=1), impacts),)),))


@pytest.mark.parametrize(
    ("impacts", "sentence"),
    [
        ({}, "All services are operational"),
        ({CHECKOUT: MAJOR}, "Checkout has a major outage"),
        ({CHECKOUT: PARTIAL, API: DEGRADED}, "Checkout has a partial outage"),
        ({CHECKOUT: DEGRADED, API: DEGRADED}, "Some services have degraded performance"),
        (dict.fromkeys(STATUS.services, MAJOR), "All services have a major outage"),
        ({DASHBOARD: MAINTENANCE}, "Dashboard is under maintenance"),
    ],
)
def test_one_sentence_says_how_things_stand(impacts: dict[PageService, Impact], sentence: str) -> None:
    snapshot = about(impacts)
    assert re.search(rf"<h1[^>]*>.*<span>{sentence}</span>", html(snapshot), re.DOTALL)
    assert f"<title>Acme Status · {sentence}</title>" in html(snapshot)


def test_each_service_says_how_it_does_in_words() -> None:
    assert (
        "Services Shop Checkout Partial outage Checkout: 99.93% uptime in 90 days "
        "Search Operational Search: 99.96% uptime in 90 days Wallet Operational Wallet: 99.96% uptime in 90 days "
        "For developers API Degraded performance API: 100% uptime in 90 days Dashboard Operational" in words(BUSY)
    )


def test_an_open_event_shows_its_history_newest_first_and_when_the_next_update_comes() -> None:
    said = words(BUSY)
    assert (
        "Problems with card payments Checkout · Partial outage API · Degraded performance "
        "Next update by 23 Nov, 20:28 UTC Identified 23 Nov, 19:57 UTC · edited 20:00 UTC We found the cause" in said
    )
    assert said.index("We found the cause") < said.index("Some card payments are failing.")
    assert '<time datetime="2026-11-23T19:57Z">23 Nov, 19:57 UTC</time>' in html(BUSY)


def test_of_many_updates_the_older_ones_are_behind_a_press() -> None:
    long = event(*[(PublicStatus.MONITORING, f"Said {number}.") for number in range(9)])
    shown, _, behind = html(Snapshot(STATUS, (long,))).partition("<summary>6 earlier updates</summary>")
    assert [f"Said {number}." in shown for number in range(9)] == [False] * 6 + [True] * 3
    assert all(f"Said {number}." in behind for number in range(6))


def test_planned_maintenance_says_when_and_what_it_will_do() -> None:
    said = words(BUSY)
    assert (
        "Planned maintenance Database upgrade Wed 25 Nov, 20:00 – 21:20 UTC Dashboard · Under maintenance "
        "Planned 21 Nov, 20:18 UTC The dashboard can be read" in said
    )
    assert "Dashboard Operational" in said


def test_maintenance_under_way_says_so_and_when_it_was_over_when_it_is() -> None:
    window = Window(ago(minutes=10), NOW + timedelta(minutes=50))
    under_way = replace(UPGRADE, window=window)
    assert "Mon 23 Nov, 20:08 – 21:08 UTC · under way" in words(Snapshot(STATUS, (under_way,)))
    assert "Dashboard Under maintenance" in words(Snapshot(STATUS, (under_way,)))
    done = update("u", PublicStatus.RESOLVED, "Done.", ago(minutes=1))
    over = replace(under_way, updates=(*under_way.updates, done))
    said = words(Snapshot(STATUS, (over,)))
    assert "Planned maintenance" not in said
    assert "Mon 23 Nov Database upgrade Maintenance · lasted 9 min · Dashboard Done." in said
    assert "Completed" in words(Snapshot(STATUS, (over,)), "incidents/upgrade")


def test_maintenance_that_nobody_ended_is_over_when_it_was_planned_to_be() -> None:
    ended = replace(UPGRADE, window=Window(ago(days=1, hours=2), ago(days=1)))
    assert "Sun 22 Nov Database upgrade Maintenance · lasted 2 h 00 min" in words(Snapshot(STATUS, (ended,)))


def test_the_past_is_told_by_day_and_quiet_days_together() -> None:
    said = words(CALM)
    assert (
        "Past incidents 21–23 Nov No incidents Fri 20 Nov Slow search "
        "Resolved · Degraded performance · lasted 1 h 46 min · Search Search is as quick as ever again. "
        "15–19 Nov No incidents Sat 14 Nov Shop not reachable "
        "Resolved · Major outage · lasted 41 min · Checkout, Search and Wallet" in said
    )
    assert "10–13 Nov No incidents Older incidents" in said
    assert "Top-ups" not in said


def test_a_day_is_not_called_quiet_on_which_something_went_on() -> None:
    days = [
        update("a", PublicStatus.IDENTIFIED, "It began.", ago(days=5), {WALLET: PARTIAL}),
        update("b", PublicStatus.RESOLVED, "It ended.", ago(days=3)),
    ]
    over = Event("over", "A long one", tuple(days))
    still = event((PublicStatus.INVESTIGATING, "Still."))
    assert "Past incidents Sat 21 – Sun" not in words(Snapshot(STATUS, (over, still)))
    assert "Past incidents 21–22 Nov No incidents Wed 18 Nov A long one" in words(Snapshot(STATUS, (over, still)))


def test_nothing_is_said_of_days_before_the_page_began() -> None:
    young = Snapshot(replace(STATUS, since=date(2026, 11, 22)), ())
    assert "Past incidents 22–23 Nov No incidents Older incidents" in words(young)


def test_history_goes_back_by_month_to_the_first_event() -> None:
    assert "How things stand now" in words(CALM, "history/")
    assert html(CALM, "history/") == html(CALM, "history/2026-11")
    assert 'href="../history/2026-10">← October 2026</a>' in html(CALM, "history/2026-11")
    october = html(CALM, "history/2026-10")
    assert "Wallet top-ups delayed" in october
    assert "../history/2026-11" in october and "2026-09" not in october


def test_an_event_has_a_page_with_all_that_was_said_of_it() -> None:
    said = words(CALM, "incidents/outage")
    assert said.index("Everything works again.") < said.index("cannot be reached from Europe")
    assert "Resolved · Major outage · lasted 41 min · Checkout, Search and Wallet" in said
    assert "23 Nov, 20:28 UTC" in words(BUSY, "incidents/cards")


def test_a_group_without_a_name_stands_by_itself() -> None:
    bare = replace(STATUS, groups=(ServiceGroup("", (SEARCH,)), ServiceGroup("Rest", (API,))))
    assert "Services Search Operational Search: 100% uptime in 90 days Rest API Operational" in words(
        Snapshot(bare, ())
    )


def test_each_day_is_a_bar_which_says_what_was_on_it() -> None:
    young = Snapshot(replace(STATUS, since=date(2026, 11, 13)), BUSY.events)
    bars = re.findall(r'<i class="is-(\w+)" title="([^"]+)">', html(young))[:90]
    assert bars[78:81] == [
        ("unknown", "Thu 12 Nov: not known"),
        ("operational", "Fri 13 Nov: no incidents"),
        ("major_outage", "Sat 14 Nov: Major outage 41 min"),
    ]
    assert bars[-1] == ("major_outage", "Mon 23 Nov: Major outage 31 min, Partial outage 21 min")
    assert "Checkout: 99.49% uptime in 11 days" in words(young)


def test_what_has_just_begun_is_on_todays_bar_at_once_though_it_does_not_count_yet() -> None:
    begun = Event("e1", "It fails", (update("u1", PublicStatus.INVESTIGATING, "So.", NOW, {SEARCH: PARTIAL}),))
    page = Snapshot(STATUS, (begun,))
    assert 'class="is-partial_outage" title="Mon 23 Nov: Partial outage"' in html(page)
    assert "Search: 100% uptime in 90 days" in words(page)


def test_a_page_of_today_says_so() -> None:
    assert "Checkout: 100% uptime in 1 day " in words(Snapshot(replace(STATUS, since=NOW.date()), ()))


def test_while_the_first_incident_goes_on_the_past_says_that_it_is_empty() -> None:
    first = Snapshot(replace(STATUS, since=NOW.date()), BUSY.events[-1:])
    assert "Past incidents No past incidents" in words(first)


def test_in_german_the_frame_is_german_and_the_words_of_the_update_are_not_touched() -> None:
    german = Snapshot(replace(STATUS, language="de"), BUSY.events)
    said = words(german)
    assert '<html lang="de">' in html(german)
    assert "Checkout ist teilweise ausgefallen" in said
    assert "Nächste Meldung bis 23. Nov., 20:28 UTC Ursache gefunden 23. Nov., 19:57 UTC" in said
    assert "Keine Störungen" in said and "Fr., 20. Nov." in said
    assert "We found the cause" in said
    assert not re.search(r"incidents|Operational|Planned|Subscribe|update by", said)
    assert "Vergangene Störungen" in said
    assert "Verlauf" in words(german, "history/2026-10") and "Oktober 2026" in words(german, "history/2026-10")


def test_hostile_names_and_texts_are_words_and_nothing_else() -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    nasty = PageService("c1", evil)
    hostile = Snapshot(
        replace(STATUS, name=evil, groups=(ServiceGroup(evil, (nasty,)),)),
        (
            Event("e1", evil, (update("u1", PublicStatus.INVESTIGATING, evil, ago(hours=1), {nasty: MAJOR}),)),
            Event(
                "e2",
                evil,
                (
                    update("u2", PublicStatus.INVESTIGATING, f"[{evil}](javascript:alert(1))", ago(hours=2)),
                    update("u3", PublicStatus.RESOLVED, f"![{evil}](https://evil.example/p.png)", ago(hours=1)),
                ),
            ),
        ),
    )
    for path in ("", "incidents/e1", "incidents/e2", "history/"):
        text = html(hostile, path)
        elements = {name.lower() for name in re.findall(r"<\s*([a-zA-Z]+)", text)}
        assert not elements & {"script", "img", "form", "input", "iframe", "object", "style", "base"}
        assert not re.search(r"<[^>]+\son\w+\s*=", re.sub(r'"[^"]*"', '""', text))
        assert not re.search(r"""(href|src)\s*=\s*["']?\s*javascript:""", text, re.IGNORECASE)


def test_a_page_needs_no_script_and_no_style_but_its_sheet() -> None:
    for path in ("", "incidents/cards", "history/"):
        assert "<script" not in html(BUSY, path)
        assert "<style" not in html(BUSY, path) and " style=" not in html(BUSY, path)


def test_the_pages_colour_is_in_its_style_sheet_with_one_that_can_be_read_upon_it() -> None:
    for colour in ("#ffffff", "#000000", "#e4572e", "#ffd400", "#777777"):
        sheet = html(Snapshot(replace(STATUS, colour=colour), ()), "style.css")
        assert f"--accent: {colour}; --on-accent: {readable_on(colour)}" in sheet
    assert readable_on("#ffd400") == "#000000" and readable_on("#2f5bd3") == "#ffffff"
    hostile = html(Snapshot(replace(STATUS, colour="red;} body{display:none"), ()), "style.css")
    assert "display:none" not in hostile


def test_a_style_sheet_that_changed_has_another_address() -> None:
    def address(colour: str) -> str:
        found = re.search(r'href="(acme/style\.css\?\w+)"', html(Snapshot(replace(STATUS, colour=colour), ())))
        assert found is not None
        return found[1]

    assert address("#111111") == address("#111111") != address("#222222")


def test_the_sign_in_the_browsers_tab_says_how_things_stand() -> None:
    assert html(BUSY, "icon.svg") != html(CALM, "icon.svg")


def test_the_page_is_the_same_whenever_nothing_changed() -> None:
    reading = Reading(CALM, "https://status.example/status/acme", NOW)
    later = replace(reading, now=NOW + timedelta(minutes=5))
    assert page.now(reading).body == page.now(later).body
