"""Planned maintenance as a calendar program reads it."""

from dataclasses import replace
from datetime import timedelta

from icalendar import Calendar

from incidents.public.page import Event, Snapshot
from incidents.public.words import PublicStatus
from tests.web.status.pages import BUSY, CALM, NOW, STATUS, UPGRADE, ago, update
from web.status.surface import Reading
from web.status.surfaces import SURFACES

ADDRESS = "https://status.example/status/acme"


def calendar(*events: Event) -> Calendar:
    made = SURFACES["maintenance.ics"](Reading(Snapshot(STATUS, events), ADDRESS, NOW))
    assert made.media_type == "text/calendar; charset=utf-8"
    return Calendar.from_ical(made.body)


def test_maintenance_is_an_event_at_its_time_and_incidents_are_none() -> None:
    read = calendar(*BUSY.events)
    assert read.calendar_name == "Acme Status"
    [entry] = read.events
    assert (entry.start, entry.end) == (NOW + timedelta(days=2, minutes=-18), NOW + timedelta(days=2, minutes=62))
    assert (str(entry["SUMMARY"]), str(entry["STATUS"])) == ("Database upgrade", "CONFIRMED")
    assert str(entry["DESCRIPTION"]) == "The dashboard can be read, but not changed, for about an hour."
    assert str(entry["URL"]) == f"{ADDRESS}/incidents/upgrade"
    assert entry.errors == []


def test_what_changes_keeps_its_name_and_counts_up() -> None:
    [first] = calendar(UPGRADE).events
    later = replace(UPGRADE, updates=(*UPGRADE.updates, update("x", PublicStatus.MONITORING, "Soon.", ago(hours=1))))
    [second] = calendar(later).events
    edited = replace(UPGRADE, updates=(replace(UPGRADE.updates[0], edited_at=ago(hours=1)),))
    [third] = calendar(edited).events
    assert first["UID"] == second["UID"] == third["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"], third["SEQUENCE"]) == (0, 1, 1)
    assert third["DTSTAMP"].dt == ago(hours=1)


def test_what_was_called_off_is_cancelled_and_what_took_place_is_not() -> None:
    [called_off] = calendar(
        replace(UPGRADE, updates=(*UPGRADE.updates, update("x", PublicStatus.RESOLVED, "Not needed.", ago(hours=1))))
    ).events
    assert str(called_off["STATUS"]) == "CANCELLED"
    after = UPGRADE.window.ends_at if UPGRADE.window else NOW
    [done] = calendar(
        replace(UPGRADE, updates=(*UPGRADE.updates, update("x", PublicStatus.RESOLVED, "Done.", after)))
    ).events
    assert str(done["STATUS"]) == "CONFIRMED"


def test_without_maintenance_the_calendar_is_empty() -> None:
    assert calendar(*CALM.events).events == []
