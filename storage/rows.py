"""Between rows and the model: how an incident and its entries are written to the tables and read from them."""

from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.facts import fact_adapter
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target
from incidents.model.parts import AffectedService, IncidentChannel, LinkedAlert, Responder, Response
from incidents.model.status_update import update_adapter
from incidents.model.timeline import Entry, Head, canonical
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status
from storage.tables import (
    incident_alerts,
    incident_responders,
    incident_services,
    incident_subscribers,
    incident_updates,
    incidents,
    timeline_entries,
)

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


def subscriber_values(incident: Incident) -> list[Values]:
    return [
        {"incident": incident.number, "subscriber": str(subscriber), "place": place}
        for place, subscriber in enumerate(incident.subscribers)
    ]


def alert_values(incident: Incident) -> list[Values]:
    return [
        {
            "incident": incident.number,
            "alert": alert,
            "title": linked.title,
            "severity": int(linked.severity),
            "status": linked.status.value,
        }
        for alert, linked in incident.alerts.items()
    ]


def update_values(incident: Incident) -> list[Values]:
    return [
        {"incident": incident.number, "number": number, "document": update_adapter.dump_json(update).decode()}
        for number, update in incident.updates.by_number.items()
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
    found = {row.number: _incident(row) for row in rows}
    if found:
        await _read_services(connection, found)
        await _read_responders(connection, found)
        await _read_subscribers(connection, found)
        await _read_alerts(connection, found)
        await _read_updates(connection, found)
    return list(found.values())


def _incident(row: Row[Any]) -> Incident:
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
    )


async def _read_services(connection: AsyncConnection, into: dict[int, Incident]) -> None:
    table = incident_services.c
    query = select(incident_services).where(table.incident.in_(into)).order_by(table.name, table.service)
    for row in await connection.execute(query):
        into[row.incident].services[row.service] = AffectedService(row.name, Impact(row.impact))


async def _read_responders(connection: AsyncConnection, into: dict[int, Incident]) -> None:
    table = incident_responders.c
    query = select(incident_responders).where(table.incident.in_(into)).order_by(table.since, table.person)
    for row in await connection.execute(query):
        into[row.incident].responders[Person(row.person)] = Responder(Response(row.response), row.since)


async def _read_subscribers(connection: AsyncConnection, into: dict[int, Incident]) -> None:
    table = incident_subscribers.c
    query = select(incident_subscribers).where(table.incident.in_(into)).order_by(table.place)
    for row in await connection.execute(query):
        into[row.incident].subscribers.append(Target(row.subscriber))


async def _read_alerts(connection: AsyncConnection, into: dict[int, Incident]) -> None:
    table = incident_alerts.c
    query = select(incident_alerts).where(table.incident.in_(into)).order_by(table.alert)
    for row in await connection.execute(query):
        linked = LinkedAlert(row.title, Severity(row.severity), AlertStatus(row.status))
        into[row.incident].alerts[row.alert] = linked


async def _read_updates(connection: AsyncConnection, into: dict[int, Incident]) -> None:
    table = incident_updates.c
    query = select(incident_updates).where(table.incident.in_(into)).order_by(table.number)
    for row in await connection.execute(query):
        into[row.incident].updates.by_number[row.number] = update_adapter.validate_json(row.document)


def numbered(number: int) -> Select[Any]:
    return select(incidents).where(incidents.c.number == number)
