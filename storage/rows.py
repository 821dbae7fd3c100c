"""Between rows and the model: how an incident and its entries are written to the tables and read from them."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.facts import fact_adapter
from incidents.model.identity import Channel, Person
from incidents.model.incident import AffectedService, Incident, IncidentChannel, Responder, Response
from incidents.model.timeline import Entry, Head, canonical
from incidents.model.vocabulary import Impact, Severity, Status
from storage.tables import incident_responders, incident_services, incidents, timeline_entries

Values = dict[str, Any]


def folded(*texts: str) -> str:
    """What a search in any case looks in; the databases themselves fold ASCII alone, or by their locale."""
    return "\n".join(texts).casefold()


def incident_values(incident: Incident) -> Values:
    channel = incident.channel
    return {
        "number": incident.number,
        "title": incident.title,
        "summary": incident.summary,
        "folded": folded(incident.title, incident.summary),
        "severity": int(incident.severity),
        "status": incident.status.value,
        "private": incident.private,
        "declared_by": str(incident.declared_by),
        "declared_at": incident.declared_at,
        "resolved_at": incident.resolved_at,
        "commander": str(incident.commander) if incident.commander else None,
        "channel": str(channel.channel) if channel else None,
        "channel_name": channel.name if channel else None,
        "channel_archived": channel.archived if channel else False,
        "length": incident.head.length,
        "hash": incident.head.hash,
    }


def service_values(incident: Incident) -> list[Values]:
    return [
        {"incident": incident.number, "service": service, "name": affected.name, "impact": affected.impact.value}
        for service, affected in incident.services.items()
    ]


def responder_values(incident: Incident) -> list[Values]:
    return [
        {
            "incident": incident.number,
            "person": str(person),
            "response": responder.response.value,
            "since": responder.since,
        }
        for person, responder in incident.responders.items()
    ]


def entry_values(entry: Entry) -> Values:
    return {
        "incident": entry.incident,
        "number": entry.number,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "by": str(entry.by),
        "kind": entry.fact.kind,
        "key": entry.fact.key,
        "fact": canonical(entry.fact),
        "origin": entry.origin,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def entry_from(row: Row[Any]) -> Entry:
    return Entry(
        incident=row.incident,
        number=row.number,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        by=Person(row.by),
        fact=fact_adapter.validate_json(row.fact),
        origin=row.origin,
        previous=row.previous,
        hash=row.hash,
    )


async def one_entry(connection: AsyncConnection, *where: Any) -> Entry | None:
    row = (await connection.execute(select(timeline_entries).where(*where))).one_or_none()
    return entry_from(row) if row else None


async def read_incidents(connection: AsyncConnection, rows_of: Select[Any]) -> list[Incident]:
    """The incidents that ``rows_of`` (a select of whole rows) gives, in its order."""
    rows = (await connection.execute(rows_of)).all()
    numbers = [row.number for row in rows]
    affected = await _affected(connection, numbers)
    responders = await _responders(connection, numbers)
    return [_incident(row, affected[row.number], responders[row.number]) for row in rows]


def _incident(row: Row[Any], affected: dict[str, AffectedService], responders: dict[Person, Responder]) -> Incident:
    channel = IncidentChannel(Channel(row.channel), row.channel_name, row.channel_archived) if row.channel else None
    return Incident(
        number=row.number,
        title=row.title,
        severity=Severity(row.severity),
        status=Status(row.status),
        summary=row.summary,
        private=row.private,
        declared_by=Person(row.declared_by),
        declared_at=row.declared_at,
        head=Head(row.number, row.length, row.hash),
        resolved_at=row.resolved_at,
        commander=Person(row.commander) if row.commander else None,
        channel=channel,
        services=affected,
        responders=responders,
    )


async def _affected(connection: AsyncConnection, numbers: Collection[int]) -> dict[int, dict[str, AffectedService]]:
    table = incident_services.c
    found: dict[int, dict[str, AffectedService]] = defaultdict(dict)
    if numbers:
        query = select(incident_services).where(table.incident.in_(numbers)).order_by(table.name, table.service)
        for row in await connection.execute(query):
            found[row.incident][row.service] = AffectedService(row.name, Impact(row.impact))
    return found


async def _responders(connection: AsyncConnection, numbers: Collection[int]) -> dict[int, dict[Person, Responder]]:
    table = incident_responders.c
    found: dict[int, dict[Person, Responder]] = defaultdict(dict)
    if numbers:
        query = select(incident_responders).where(table.incident.in_(numbers)).order_by(table.since, table.person)
        for row in await connection.execute(query):
            found[row.incident][Person(row.person)] = Responder(Response(row.response), row.since)
    return found


def numbered(number: int) -> Select[Any]:
    return select(incidents).where(incidents.c.number == number)
