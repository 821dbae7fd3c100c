"""A workspace with years behind it: many incidents with long timelines, as the model itself makes them.

Messages, nine of ten entries, are written down without the model's checks, but sealed as it seals them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import insert, update

from incidents.model.facts import Message
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation, OwnedService, Team
from incidents.model.parts import Act, Declaration, Service
from incidents.model.timeline import canonical, entry_hash
from incidents.model.vocabulary import Impact, Severity, Status
from storage.database import Database, database_url
from storage.rows import Values, entry_values, incident_values, responder_values, service_values
from storage.storage import SqlStorage
from storage.tables import counters, incident_responders, incident_services, incidents, timeline_entries

ENTRIES = 100
"""For each incident."""
OPEN = 20
"""One of so many incidents is open, and has no channel."""
PRIVATE = 25
"""One of so many is private."""
TOGETHER = 100
"""Incidents a transaction."""
SERVICES = 12
PEOPLE = [Person.of("slack", f"U0{name}") for name in ("ANA", "BEN", "CLEO", "DAN", "EVE", "FAY", "HUGO", "INDRA")]
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)


def organisation() -> Organisation:
    """Some teams and the services they own."""
    teams = {f"team-{number}": Team(name=f"Team {number}", members=(PEOPLE[number],)) for number in range(4)}
    return Organisation(
        teams=teams,
        services={
            f"service-{number}": OwnedService(name=f"Service {number}", owner=f"team-{number % 4}")
            for number in range(SERVICES)
        },
    )


@dataclass
class Rows:
    """What stands in the tables for some incidents."""

    incidents: list[Values] = field(default_factory=list)
    services: list[Values] = field(default_factory=list)
    responders: list[Values] = field(default_factory=list)
    entries: list[Values] = field(default_factory=list)


async def write_history(addresses: list[str], count: int) -> None:
    """Fill the new databases at ``addresses`` with the same ``count`` incidents."""
    for address in addresses:
        storage = await SqlStorage.open(address)
        async with storage.transaction() as unit:
            await unit.organisation.save(organisation())
            await unit.next_number()
        await storage.close()
    databases = [Database(database_url(address)) for address in addresses]
    numbers = iter(range(1, count + 1))
    while some := list(islice(numbers, TOGETHER)):
        rows = _rows(some)
        for database in databases:
            await _write(database, rows)
    for database in databases:
        async with database.writing() as connection:
            last = update(counters).where(counters.c.name == "incident").values(value=count)
            await connection.execute(last)
            await connection.exec_driver_sql("ANALYZE")
        await database.close()


async def _write(database: Database, rows: Rows) -> None:
    tables = (
        (incidents, rows.incidents),
        (incident_services, rows.services),
        (incident_responders, rows.responders),
        (timeline_entries, rows.entries),
    )
    async with database.writing() as connection:
        for table, values in tables:
            await connection.execute(insert(table), values)


def _rows(numbers: list[int]) -> Rows:
    rows = Rows()
    for number in numbers:
        incident = _begun(number)
        rows.entries += [entry_values(entry) for entry in incident.take_new_entries()]
        rows.entries += _messages(incident, ENTRIES - incident.head.length - (0 if number % OPEN == 0 else 2))
        if number % OPEN:
            incident.change_status(Status.RESOLVED, Act(PEOPLE[number % 8], _at(number, ENTRIES)))
            incident.channel_archived(Act(PEOPLE[number % 8], _at(number, ENTRIES + 1)))
            rows.entries += [entry_values(entry) for entry in incident.take_new_entries()]
        rows.incidents.append(incident_values(incident))
        rows.services += service_values(incident)
        rows.responders += responder_values(incident)
    return rows


def _begun(number: int) -> Incident:
    """One that was declared, and what people did at first."""
    who = [PEOPLE[(number + place) % len(PEOPLE)] for place in range(4)]
    affected = Service(f"service-{number % SERVICES}", f"Service {number % SERVICES}")
    severity = Severity(number % 5 + 1)
    declaration = Declaration(
        title=f"Service {number % SERVICES} fails, part {number}",
        severity=severity,
        summary="Some card payments fail; wallets work. " * 4,
        services={affected: Impact.PARTIAL_OUTAGE},
        private=number % PRIVATE == 0,
    )
    incident = Incident.declare(number, declaration, Act(who[0], _at(number, 0), f"form-{number}"))
    for place, somebody in enumerate(who[1:]):
        incident.join(somebody, Act(somebody, _at(number, place)))
    incident.set_commander(who[1], Act(who[1], _at(number, 3)))
    if number % OPEN:
        incident.attach_channel(_channel(number), f"inc-{number}", Act(who[0], _at(number, 3)))
    for status in (Status.INVESTIGATING, Status.IDENTIFIED):
        incident.change_status(status, Act(who[1], _at(number, 4)))
    return incident


def _messages(incident: Incident, count: int) -> Iterator[Values]:
    number, where, head = incident.number, _channel(incident.number), incident.head
    told = Message(
        channel=where, message="MESSAGE", text=f"It is the pool of connections, see graph NUMBER. {'x' * 60}"
    )
    text = canonical(told)
    for place in range(count):
        at, by = _at(number, place + 5), PEOPLE[(number + place) % len(PEOPLE)]
        message = f"{at.timestamp():.6f}"
        fact, origin = text.replace("MESSAGE", message).replace("NUMBER", str(place)), f"{where}/{message}"
        previous, head.length = head.hash, head.length + 1
        head.hash = entry_hash(number, head.length, at, at, by, fact, origin, previous)
        yield {
            "incident": number,
            "number": head.length,
            "happened_at": at,
            "recorded_at": at,
            "by": str(by),
            "kind": told.kind,
            "key": told.key,
            "fact": fact,
            "origin": origin,
            "previous": previous,
            "hash": head.hash,
        }


def _channel(number: int) -> Channel:
    return Channel.of("slack", f"C0OLD{number:05d}")


def _at(number: int, place: int) -> datetime:
    """Incidents begin two hours apart, what happens there some seconds."""
    return BEGAN + timedelta(hours=2) * number + timedelta(seconds=20) * place
