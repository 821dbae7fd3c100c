"""The JSON that tools made for Atlassian Statuspage read: its fields, their types and values, over HTTP."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from incidents.public.page import Event, Snapshot, Window
from incidents.public.words import Impact, PublicStatus
from tests.web.status.pages import (
    API,
    BUSY,
    CALM,
    CARDS,
    CHECKOUT,
    DASHBOARD,
    NOW,
    OUTAGE,
    STATUS,
    UPGRADE,
    Shelf,
    served,
    update,
)
from web.status.statuspage_api import STATUSPAGE_API

Json = dict[str, Any]

# Field by field as https://status.atlassian.com/api shows them; "?" is what may be null.
PAGE = {"id": str, "name": str, "url": str, "time_zone": str, "updated_at": "time"}
COMPONENT_STATUS = {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"}
IMPACT = {"none", "minor", "major", "critical", "maintenance"}
STATUS_SHAPE = {"indicator": IMPACT, "description": str}
COMPONENT = {
    "id": str,
    "name": str,
    "status": COMPONENT_STATUS,
    "created_at": "time",
    "updated_at": "time",
    "position": int,
    "description?": str,
    "showcase": bool,
    "start_date?": str,
    "group_id?": str,
    "page_id": str,
    "group": bool,
    "only_show_if_degraded": bool,
}
AFFECTED = {"code": str, "name": str, "old_status": COMPONENT_STATUS, "new_status": COMPONENT_STATUS}
INCIDENT_STATUS = {"investigating", "identified", "monitoring", "resolved", "postmortem"}
MAINTENANCE_STATUS = {"scheduled", "in_progress", "verifying", "completed"}


def incident_shape(statuses: set[str]) -> Json:
    return {
        "id": str,
        "name": str,
        "status": statuses,
        "created_at": "time",
        "updated_at": "time",
        "monitoring_at?": "time",
        "resolved_at?": "time",
        "impact": IMPACT,
        "shortlink": str,
        "started_at": "time",
        "page_id": str,
        "incident_updates": [
            {
                "id": str,
                "status": statuses,
                "body": str,
                "incident_id": str,
                "created_at": "time",
                "updated_at": "time",
                "display_at": "time",
                "affected_components?": [AFFECTED],
                "deliver_notifications": bool,
                "custom_tweet?": str,
                "tweet_id?": str,
            }
        ],
        "components": [COMPONENT],
        "reminder_intervals?": str,
    }


INCIDENT = incident_shape(INCIDENT_STATUS)
MAINTENANCE = incident_shape(MAINTENANCE_STATUS) | {"scheduled_for": "time", "scheduled_until": "time"}
ANSWERS: Mapping[str, Json] = {
    "summary.json": {
        "page": PAGE,
        "components": [COMPONENT],
        "incidents": [INCIDENT],
        "scheduled_maintenances": [MAINTENANCE],
        "status": STATUS_SHAPE,
    },
    "status.json": {"page": PAGE, "status": STATUS_SHAPE},
    "components.json": {"page": PAGE, "components": [COMPONENT]},
    "incidents.json": {"page": PAGE, "incidents": [INCIDENT]},
    "incidents/unresolved.json": {"page": PAGE, "incidents": [INCIDENT]},
    "scheduled-maintenances.json": {"page": PAGE, "scheduled_maintenances": [MAINTENANCE]},
    "scheduled-maintenances/upcoming.json": {"page": PAGE, "scheduled_maintenances": [MAINTENANCE]},
    "scheduled-maintenances/active.json": {"page": PAGE, "scheduled_maintenances": [MAINTENANCE]},
}


def must_be(value: Any, shape: Any, at: str = "") -> None:
    """``value`` has exactly the fields of ``shape``, each of its type. Raises AssertionError."""
    match shape:
        case dict():
            optional = {"components"} if at.endswith("components[]") and value.get("group") else set()
            assert {name.rstrip("?") for name in shape} == set(value) - optional, at
            for name, kind in shape.items():
                if not (name.endswith("?") and value[name.rstrip("?")] is None):
                    must_be(value[name.rstrip("?")], kind, f"{at}.{name}")
        case list():
            assert isinstance(value, list), at
            for each in value:
                must_be(each, shape[0], f"{at}[]")
        case set():
            assert value in shape, f"{at}: {value}"
        case "time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value), f"{at}: {value}"
        case _:
            assert type(value) is shape, f"{at}: {value!r}"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf([BUSY])


@pytest.fixture
async def reader(shelf: Shelf) -> AsyncIterator[ClientSession]:
    async with served(shelf) as site, ClientSession(site.url) as session:
        yield session


async def read(reader: ClientSession, name: str, page: str = "acme") -> Json:
    answer = await reader.get(f"/status/{page}/api/v2/{name}")
    assert answer.status == 200 and answer.content_type == "application/json"
    said: Json = await answer.json()
    return said


def with_events(*events: Event) -> Shelf:
    return Shelf([Snapshot(STATUS, events)])


def stage(window: Window, *statuses: PublicStatus) -> Event:
    """Maintenance announced two days ago, of which more was said in its window."""
    first = replace(UPGRADE.updates[0])
    later = [
        update(f"later{number}", status, "Said.", window.begins_at + timedelta(minutes=number + 1))
        for number, status in enumerate(statuses)
    ]
    return replace(UPGRADE, updates=(first, *later), window=window)


def test_each_address_of_statuspage_is_there() -> None:
    assert {path.removeprefix("api/v2/") for path in STATUSPAGE_API} == set(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("snapshot", [BUSY, CALM, Snapshot(STATUS, ())], ids=["busy", "calm", "new"])
async def test_each_answer_has_the_documented_fields_and_no_other(name: str, snapshot: Snapshot) -> None:
    async with served(Shelf([snapshot])) as site, ClientSession(site.url) as session:
        must_be(await read(session, name), ANSWERS[name])


async def test_a_summary_says_what_is_open_and_planned(reader: ClientSession) -> None:
    said = await read(reader, "summary.json")
    assert said["status"] == {"indicator": "major", "description": "Checkout has a partial outage"}
    assert [each["name"] for each in said["incidents"]] == ["Problems with card payments"]
    assert [each["name"] for each in said["scheduled_maintenances"]] == ["Database upgrade"]
    assert said["page"]["url"].endswith("/status/acme") and said["page"]["id"] == "acme"
    [cards] = said["incidents"]
    assert cards["shortlink"] == f"{said['page']['url']}/incidents/cards"
    assert (cards["status"], cards["impact"]) == ("identified", "critical")
    assert [each["id"] for each in cards["incident_updates"]] == ["u2", "u1"]
    assert cards["incident_updates"][0]["affected_components"][0] == {
        "code": "c1",
        "name": "Checkout",
        "old_status": "major_outage",
        "new_status": "partial_outage",
    }
    assert cards["incident_updates"][0]["updated_at"] > cards["incident_updates"][0]["display_at"]
    assert [each["name"] for each in cards["components"]] == ["Checkout", "API"]


async def test_groups_are_components_that_hold_others(reader: ClientSession) -> None:
    said = (await read(reader, "components.json"))["components"]
    assert [each["name"] for each in said if each["group"]] == ["Shop", "For developers"]
    shop = said[0]
    assert shop["status"] == "partial_outage" and shop["components"] == ["c1", "s1", "w1"]
    assert [each["name"] for each in said if each["group_id"] == shop["id"]] == ["Checkout", "Search", "Wallet"]
    assert [each["status"] for each in said if each["name"] == "API"] == ["degraded_performance"]


@pytest.mark.parametrize(
    ("impact", "component", "indicator"),
    [
        (Impact.OPERATIONAL, "operational", "none"),
        (Impact.UNDER_MAINTENANCE, "under_maintenance", "maintenance"),
        (Impact.DEGRADED, "degraded_performance", "minor"),
        (Impact.PARTIAL_OUTAGE, "partial_outage", "major"),
        (Impact.MAJOR_OUTAGE, "major_outage", "critical"),
    ],
)
async def test_each_impact_has_its_words(impact: Impact, component: str, indicator: str) -> None:
    event = Event("e", "Something", (update("u", PublicStatus.INVESTIGATING, "Said.", NOW, {API: impact}),))
    async with served(with_events(event)) as site, ClientSession(site.url) as session:
        said = await read(session, "summary.json")
    assert said["status"]["indicator"] == indicator
    assert [each["status"] for each in said["components"] if each["name"] == "API"] == [component]


async def test_of_incidents_at_once_the_worst_tells() -> None:
    mild = Event("mild", "Slow", (update("m", PublicStatus.MONITORING, "Slow.", NOW, {CHECKOUT: Impact.DEGRADED}),))
    async with served(with_events(CARDS, mild)) as site, ClientSession(site.url) as session:
        said = await read(session, "summary.json")
    assert [each["status"] for each in said["components"] if each["name"] == "Checkout"] == ["partial_outage"]
    assert [each["id"] for each in said["incidents"]] == ["mild", "cards"]
    assert said["incidents"][0]["monitoring_at"] is not None


async def test_what_is_over_is_no_longer_unresolved(reader: ClientSession) -> None:
    assert [each["id"] for each in (await read(reader, "incidents/unresolved.json"))["incidents"]] == ["cards"]
    listed = (await read(reader, "incidents.json"))["incidents"]
    assert [each["id"] for each in listed] == ["cards", "slow", "outage", "long-ago"]
    outage = next(each for each in listed if each["id"] == OUTAGE.id)
    assert outage["status"] == "resolved" and outage["resolved_at"] is not None
    assert all(each["new_status"] == "operational" for each in outage["incident_updates"][0]["affected_components"])


async def test_incidents_are_the_newest_fifty() -> None:
    events = [
        Event(
            f"e{n}", f"Incident {n}", (update(f"u{n}", PublicStatus.RESOLVED, "Over.", NOW - timedelta(days=60 - n)),)
        )
        for n in range(60)
    ]
    async with served(with_events(*events)) as site, ClientSession(site.url) as session:
        listed = (await read(session, "incidents.json"))["incidents"]
    assert [each["id"] for each in listed] == [f"e{n}" for n in reversed(range(10, 60))]


@pytest.mark.parametrize(
    ("begins", "ends", "said_then", "stands", "where"),
    [
        (60, 120, [], "scheduled", "upcoming"),
        (-30, 30, [], "in_progress", "active"),
        (-30, 30, [PublicStatus.IDENTIFIED], "in_progress", "active"),
        (-30, 30, [PublicStatus.MONITORING], "verifying", "active"),
        (-30, 30, [PublicStatus.RESOLVED], "completed", ""),
        (-60, -30, [], "completed", ""),
    ],
)
async def test_maintenance_is_where_its_window_and_its_updates_say(
    begins: int, ends: int, said_then: list[PublicStatus], stands: str, where: str
) -> None:
    event = stage(Window(NOW + timedelta(minutes=begins), NOW + timedelta(minutes=ends)), *said_then)
    async with served(with_events(event)) as site, ClientSession(site.url) as session:
        [listed] = (await read(session, "scheduled-maintenances.json"))["scheduled_maintenances"]
        found = {
            name
            for name in ("upcoming", "active")
            if (await read(session, f"scheduled-maintenances/{name}.json"))["scheduled_maintenances"]
        }
        components = (await read(session, "components.json"))["components"]
    assert listed["status"] == stands and found == ({where} - {""})
    assert (listed["resolved_at"] is None) == (stands != "completed")
    dashboard = next(each for each in components if each["name"] == DASHBOARD.name)
    assert dashboard["status"] == ("under_maintenance" if said_then == [] and where == "active" else "operational")


async def test_bodies_are_text_and_other_sites_may_read_them(reader: ClientSession) -> None:
    answer = await reader.get("/status/acme/api/v2/summary.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body = (await answer.json())["incidents"][0]["incident_updates"][1]["body"]
    assert body == "Some card payments are failing. Wallet payments work. We are looking into it."
    again = await reader.get("/status/acme/api/v2/summary.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


async def test_a_private_page_tells_nothing_without_its_key() -> None:
    private = Snapshot(replace(STATUS, id="partners", private=True), BUSY.events)
    async with served(Shelf([private], {"key": "partners"})) as site, ClientSession(site.url) as session:
        for name in ANSWERS:
            assert (await session.get(f"/status/partners/api/v2/{name}")).status == 404
            assert (await session.get(f"/private/partners/api/v2/{name}")).status == 401
            opened = await session.get(f"/shared/key/api/v2/{name}")
            assert opened.status == 200 and "Access-Control-Allow-Origin" not in opened.headers
