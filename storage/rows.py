"""Between rows and the model: how an incident and its entries are written to the tables and read from them."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.facts import fact_adapter
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target
from incidents.model.parts import AffectedService, IncidentChannel, LinkedAlert, Responder, Response
from incidents.model.status_update import update_adapter
from incidents.model.timeline import Entry, Head, canonical
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status
from storage.columns import UtcTime
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
        parts = (await connection.execute(_PARTS, {"numbers": list(found)})).all()
        for name, (order, put) in _PUT.items():
            for row in sorted((part for part in parts if part.part == name), key=order):
                put(found[row.incident], row)
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


def _of(table: Table, **columns: ColumnElement[Any]) -> Select[Any]:
    """What ``table`` has of some incidents, in the shape that all parts of an incident are read in."""
    kinds: dict[str, Any] = {"id": Text, "text": Text, "word": Text, "number": Integer, "at": UtcTime}
    shape = [cast(columns.get(name, null()), kind).label(name) for name, kind in kinds.items()]
    of_these = table.c.incident.in_(bindparam("numbers", expanding=True))
    return select(literal(table.name).label("part"), table.c.incident, *shape).where(of_these)


_services, _responders, _subscribers = incident_services.c, incident_responders.c, incident_subscribers.c
_alerts, _updates = incident_alerts.c, incident_updates.c
_PARTS = union_all(
    _of(incident_services, id=_services.service, text=_services.name, word=_services.impact),
    _of(incident_responders, id=_responders.person, word=_responders.response, at=_responders.since),
    _of(incident_subscribers, id=_subscribers.subscriber, number=_subscribers.place),
    _of(incident_alerts, id=_alerts.severity, text=_alerts.title, word=_alerts.status, number=_alerts.alert),
    _of(incident_updates, text=_updates.document, number=_updates.number),
)
"""All that incidents have many of, in one statement: each incident that is changed or shown is read so."""


def _put_service(incident: Incident, row: Row[Any]) -> None:
    incident.services[row.id] = AffectedService(row.text, Impact(row.word))


def _put_responder(incident: Incident, row: Row[Any]) -> None:
    incident.responders[Person(row.id)] = Responder(Response(row.word), row.at)


def _put_subscriber(incident: Incident, row: Row[Any]) -> None:
    incident.subscribers.append(Target(row.id))


def _put_alert(incident: Incident, row: Row[Any]) -> None:
    incident.alerts[row.number] = LinkedAlert(row.text, Severity(int(row.id)), AlertStatus(row.word))


def _put_update(incident: Incident, row: Row[Any]) -> None:
    incident.updates.by_number[row.number] = update_adapter.validate_json(row.text)


_PUT: dict[str, tuple[Callable[[Row[Any]], Any], Callable[[Incident, Row[Any]], None]]] = {
    incident_services.name: (attrgetter("text", "id"), _put_service),
    incident_responders.name: (attrgetter("at", "id"), _put_responder),
    incident_subscribers.name: (attrgetter("number"), _put_subscriber),
    incident_alerts.name: (attrgetter("number"), _put_alert),
    incident_updates.name: (attrgetter("number"), _put_update),
}
"""By the table that it comes from: in which order a part goes into its incident, and how."""


def numbered(number: int) -> Select[Any]:
    return select(incidents).where(incidents.c.number == number)
