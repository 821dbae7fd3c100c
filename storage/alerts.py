"""Alerts and storms of them, on the tables."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.alert import FROM_ALERT, Alert, LogEntry, StormPlace, event_adapter
from incidents.model.identity import Person
from incidents.model.storm import Storm
from incidents.model.vocabulary import AlertStatus, Severity
from incidents.ports.alerts import Standing
from storage.chunks import CHUNK, chunks
from storage.counting import take_numbers
from storage.database import Database, upsert
from storage.holding import hold
from storage.rows import folded
from storage.tables import alert_log, alerts, incidents, storms, timeline_entries

Values = dict[str, Any]


class SqlAlertUnit:
    """`incidents.ports.alerts.AlertUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._stored: set[int] = set()

    async def hold(self, source: str) -> None:
        await hold(self._connection, f"alert source {source}")

    async def next_numbers(self, many: int) -> range:
        return await take_numbers(self._connection, "alert", many)

    async def incident_of(self, number: int) -> int | None:
        query = select(alerts.c.incident).where(alerts.c.number == number)
        return (await self._connection.execute(query)).scalar_one_or_none()

    async def incidents_of(self, keys: Mapping[str, Collection[str]]) -> list[int]:
        found: set[int] = set()
        for some in _any_of(keys):
            linked = select(alerts.c.incident).where(some, alerts.c.incident.is_not(None))
            found.update((await self._connection.execute(linked)).scalars())
        return sorted(found)

    async def incidents_in(self, storm: int) -> list[int]:
        theirs = select(alerts.c.incident).where(alerts.c.storm == storm, alerts.c.resolved_at.is_(None))
        found = (await self._connection.execute(theirs.where(alerts.c.incident.is_not(None)))).scalars()
        return sorted(set(found))

    async def load(self, number: int) -> Alert | None:
        found = await self._load(select(alerts).where(alerts.c.number == number))
        return found[0] if found else None

    async def open_with(self, keys: Mapping[str, Collection[str]]) -> dict[str, dict[str, Alert]]:
        found: dict[str, dict[str, Alert]] = {source: {} for source in keys}
        for some in _any_of(keys):
            for alert in await self._load(select(alerts).where(some)):
                found[alert.source][alert.key] = alert
        return found

    async def open_of(self, incident: int) -> list[Alert]:
        return await self._load(select(alerts).where(alerts.c.incident == incident, alerts.c.resolved_at.is_(None)))

    async def open_in(self, storm: int) -> list[Alert]:
        return await self._load(select(alerts).where(alerts.c.storm == storm, alerts.c.resolved_at.is_(None)))

    async def linked_to(self, incident: int) -> list[Alert]:
        return await self._load(select(alerts).where(alerts.c.incident == incident))

    async def declared_from_one_like(self, alert: Alert) -> int | None:
        declared = timeline_entries.c
        theirs = and_(declared.incident == incidents.c.number, declared.number == 1)
        alike = and_(
            declared.origin == literal(FROM_ALERT) + cast(alerts.c.number, String),
            alerts.c.source == alert.source,
            _same_trouble(alert),
        )
        found = (
            select(func.max(incidents.c.number))
            .join(timeline_entries, theirs)
            .join(alerts, alike)
            .where(incidents.c.resolved_at.is_(None))
        )
        number: int | None = (await self._connection.execute(found)).scalar_one()
        return number

    async def last_episodes(self, source: str, keys: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in chunks(keys):
            latest = (
                select(func.max(alerts.c.number))
                .where(alerts.c.source == source, alerts.c.key.in_(some))
                .group_by(alerts.c.key)
            )
            query = select(alerts.c.key, alerts.c.episode).where(alerts.c.number.in_(latest))
            for row in await self._connection.execute(query.where(alerts.c.episode.is_not(None))):
                found[row.key] = row.episode
        return found

    async def known_deliveries(self, origins: Collection[str]) -> set[str]:
        known: set[str] = set()
        for some in chunks(origins):
            query = select(alert_log.c.origin).where(alert_log.c.origin.in_(some))
            known.update((await self._connection.execute(query)).scalars())
        return known

    async def recent(self, source: str, since: datetime) -> int:
        query = select(func.count()).where(alerts.c.source == source, alerts.c.received_at > since)
        many: int = (await self._connection.execute(query)).scalar_one()
        return many

    async def save(self, changed: Sequence[Alert]) -> None:
        new = [alert for alert in changed if alert.number not in self._stored]
        known = [alert for alert in changed if alert.number in self._stored]
        if known:
            rows = [{"changed": alert.number} | _values(alert) for alert in known]
            await self._connection.execute(update(alerts).where(alerts.c.number == bindparam("changed")), rows)
        if new:  # after what ended: a key has one open alert at the most
            await self._connection.execute(insert(alerts), [_values(alert) for alert in new])
        self._stored.update(alert.number for alert in new)
        noted = [_log_values(entry) for alert in changed for entry in alert.take_new_log()]
        if noted:
            await self._connection.execute(insert(alert_log), noted)

    async def latest_storms(self, sources: Collection[str]) -> dict[str, Storm]:
        latest = select(func.max(storms.c.id)).where(storms.c.source.in_(list(sources))).group_by(storms.c.source)
        query = select(storms).where(storms.c.id.in_(latest)).order_by(storms.c.id).with_for_update()
        return {row.source: _storm(row) for row in await self._connection.execute(query)}

    async def load_storm(self, id: int) -> Storm | None:
        return await self._storm(select(storms).where(storms.c.id == id))

    async def next_storm(self) -> int:
        return (await take_numbers(self._connection, "storm", 1))[0]

    async def save_storms(self, changed: Sequence[Storm]) -> None:
        if changed:
            rows = [_storm_values(storm) for storm in changed]
            await self._connection.execute(_storm_saved(self._connection.dialect.name), rows)

    async def _load(self, query: Select[Any]) -> list[Alert]:
        rows = (await self._connection.execute(query.order_by(alerts.c.number).with_for_update())).all()
        self._stored.update(row.number for row in rows)
        return [_alert(row) for row in rows]

    async def _storm(self, query: Select[Any]) -> Storm | None:
        row = (await self._connection.execute(query.with_for_update())).one_or_none()
        return _storm(row) if row else None


class SqlAlertReader:
    """`incidents.ports.alerts.AlertReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def alert(self, number: int) -> Alert | None:
        found = await self._alerts(select(alerts).where(alerts.c.number == number))
        return found[0] if found else None

    async def log(self, number: int) -> list[LogEntry]:
        query = select(alert_log).where(alert_log.c.alert == number).order_by(alert_log.c.number)
        async with self._database.reading() as connection:
            return [_log_entry(row) for row in await connection.execute(query)]

    async def linked_to(self, incident: int) -> list[Alert]:
        return await self._alerts(select(alerts).where(alerts.c.incident == incident).order_by(alerts.c.number))

    async def open_alerts(self, source: str | None = None, limit: int = 100) -> list[Alert]:
        query = select(alerts).where(alerts.c.resolved_at.is_(None))
        if source is not None:
            query = query.where(alerts.c.source == source)
        return await self._alerts(query.order_by(alerts.c.severity, alerts.c.number.desc()).limit(limit))

    async def storm(self, id: int) -> Storm | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(storms).where(storms.c.id == id))).one_or_none()
        return _storm(row) if row else None

    async def standing_in(self, storm: int) -> Counter[Standing]:
        table = alerts.c
        query = select(table.status, table.incident, func.count().label("many")).where(table.storm == storm)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.group_by(table.status, table.incident))).all()
        return Counter({Standing(AlertStatus(row.status), row.incident): row.many for row in rows})

    async def in_storm(self, storm: int, first: int, many: int) -> list[Alert]:
        theirs = select(alerts).where(alerts.c.storm == storm, alerts.c.storm_place.between(first, first + many - 1))
        return await self._alerts(theirs.order_by(alerts.c.storm_place))

    async def _alerts(self, query: Select[Any]) -> list[Alert]:
        async with self._database.reading() as connection:
            return [_alert(row) for row in await connection.execute(query)]


def _same_trouble(alert: Alert) -> ColumnElement[bool]:
    """Whether an alert is about the service that ``alert`` is about, or of the same storm."""
    table = alerts.c
    by_name = and_(table.service.is_(None), table.service_name == alert.service_name)
    same_service = table.service == alert.service if alert.service is not None else by_name
    return or_(same_service, table.storm == alert.storm.storm) if alert.storm else same_service


@cache
def _storm_saved(dialect: str) -> Any:
    added = upsert(dialect, storms)
    kept = {name: added.excluded[name] for name in ("last_at", "severity", "alerts", "accepted_by")}
    return added.on_conflict_do_update(index_elements=["id"], set_=kept)


def _any_of(keys: Mapping[str, Collection[str]]) -> list[ColumnElement[bool]]:
    """Conditions that together find the open alerts with ``keys``, by source: one, unless there are very many."""
    each = [
        and_(alerts.c.source == source, alerts.c.resolved_at.is_(None), alerts.c.key.in_(some))
        for source, theirs in keys.items()
        for some in chunks(sorted(theirs))
    ]
    return [or_(*each)] if each and sum(map(len, keys.values())) <= CHUNK else each


def _values(alert: Alert) -> Values:
    return {
        "number": alert.number,
        "source": alert.source,
        "key": alert.key,
        "status": alert.status.value,
        "severity": int(alert.severity),
        "title": alert.title,
        "folded": folded(alert.title, alert.service_name),
        "details": alert.details,
        "service": alert.service,
        "service_name": alert.service_name,
        "link": alert.link,
        "runbook": alert.runbook,
        "labels": json.dumps(dict(alert.labels)),
        "episode": alert.episode,
        "began_at": alert.began_at,
        "received_at": alert.received_at,
        "last_at": alert.last_at,
        "times": alert.times,
        "accepted_by": str(alert.accepted_by) if alert.accepted_by else None,
        "resolved_by": str(alert.resolved_by) if alert.resolved_by else None,
        "resolved_at": alert.resolved_at,
        "incident": alert.incident,
        "storm": alert.storm.storm if alert.storm else None,
        "storm_place": alert.storm.place if alert.storm else None,
        "length": alert.length,
    }


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        number=row.number,
        source=row.source,
        key=row.key,
        severity=Severity(row.severity),
        title=row.title,
        details=row.details,
        service=row.service,
        service_name=row.service_name,
        link=row.link,
        runbook=row.runbook,
        labels=json.loads(row.labels),
        episode=row.episode,
        began_at=row.began_at,
        received_at=row.received_at,
        last_at=row.last_at,
        times=row.times,
        status=AlertStatus(row.status),
        accepted_by=Person(row.accepted_by) if row.accepted_by else None,
        resolved_by=Person(row.resolved_by) if row.resolved_by else None,
        resolved_at=row.resolved_at,
        incident=row.incident,
        storm=StormPlace(row.storm, row.storm_place) if row.storm is not None else None,
        length=row.length,
    )


def _log_values(entry: LogEntry) -> Values:
    return {
        "alert": entry.alert,
        "number": entry.number,
        "at": entry.at,
        "by": str(entry.by),
        "event": entry.event.model_dump_json(),
        "origin": entry.origin,
    }


def _log_entry(row: Row[Any]) -> LogEntry:
    return LogEntry(row.alert, row.number, row.at, Person(row.by), event_adapter.validate_json(row.event), row.origin)


def _storm_values(storm: Storm) -> Values:
    return {
        "id": storm.id,
        "source": storm.source,
        "began_at": storm.began_at,
        "last_at": storm.last_at,
        "severity": int(storm.severity),
        "alerts": storm.alerts,
        "accepted_by": str(storm.accepted_by) if storm.accepted_by else None,
    }


def _storm(row: Row[Any]) -> Storm:
    return Storm(
        id=row.id,
        source=row.source,
        began_at=row.began_at,
        last_at=row.last_at,
        severity=Severity(row.severity),
        alerts=row.alerts,
        accepted_by=Person(row.accepted_by) if row.accepted_by else None,
    )
