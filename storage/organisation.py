"""The organisation, and the keys of its alert sources, on the tables.

It is small and read often, so it is kept in memory beside the number of its latest change, which is all that is read
while nothing changes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, cast, delete, func, insert, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.organisation import AlertSource, Kind, Organisation, Part, Policy, Target, TargetKind
from incidents.model.reorganising import Use
from incidents.ports.organisation import Standing
from storage.counting import take_numbers
from storage.database import Database, upsert
from storage.rows import folded
from storage.tables import (
    alerts,
    counters,
    escalations,
    incident_services,
    incident_subscribers,
    incidents,
    organisation,
    page_keys,
    services,
    source_keys,
)

COUNTER = "organisation"
VERSION = "version"

_version = select(counters.c.value).where(counters.c.name == COUNTER)
_everything = union_all(
    select(organisation.c.kind, organisation.c.id, organisation.c.document),
    # In one statement, so that it is of one moment on every database.
    select(literal(VERSION), literal(""), cast(counters.c.value, Text)).where(counters.c.name == COUNTER),
)


class Remembered:
    """What was read last; shared by all who read one database."""

    def __init__(self) -> None:
        self._standing = Standing(-1, Organisation())

    async def at(self, connection: AsyncConnection, version: int) -> Standing:
        """What stands, as somebody found who has just read its ``version``."""
        if self._standing.version != version:
            self._standing = _read((await connection.execute(_everything)).all())
        return self._standing


class SqlOrganisationUnit:
    """`incidents.ports.organisation.OrganisationUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection, remembered: Remembered) -> None:
        self._connection = connection
        self._remembered = remembered

    async def current(self) -> Organisation:
        return (await self._standing(_version)).organisation

    async def held(self) -> Standing:
        return await self._standing(_version.with_for_update())

    async def save(self, organisation_: Organisation) -> None:
        stored = {row[:2]: row.document for row in await self._connection.execute(select(organisation))}
        wanted = _rows(organisation_)
        changed = {key: document for key, document in wanted.items() if stored.get(key) != document}
        gone = stored.keys() - wanted.keys()
        if not changed and not gone:
            return
        await take_numbers(self._connection, COUNTER, 1)
        # What this transaction has changed is for nobody else to remember before it is committed.
        self._remembered = Remembered()
        await self._write(changed)
        for kind, id in gone:
            await self._remove(kind, id)
        await self._show_services(organisation_, changed)

    async def uses(self) -> Mapping[Part, Use]:
        affected: defaultdict[Part, set[int]] = defaultdict(set)
        open_ones = incidents.c.resolved_at.is_(None)
        hurt = select(incident_services.c.service, incident_services.c.incident).join(incidents).where(open_ones)
        for service, incident in await self._connection.execute(hurt):
            affected[Part(Kind.SERVICE, service)].add(incident)
        told = select(incident_subscribers.c.subscriber, incident_subscribers.c.incident).join(incidents)
        for subscriber, incident in await self._connection.execute(told.where(open_ones)):
            affected[_part(Target(subscriber))].add(incident)
        firing = select(alerts.c.source, func.count()).where(alerts.c.resolved_at.is_(None)).group_by(alerts.c.source)
        alerting = {Part(Kind.SOURCE, row[0]): row[1] for row in await self._connection.execute(firing)}
        pages = await self._pages()
        return {
            part: Use(tuple(sorted(affected.get(part, ()))), alerting.get(part, 0), pages[part])
            for part in {*affected, *alerting, *pages}
        }

    async def add_key(self, source: str, hash: str, at: datetime, others_end: datetime) -> None:
        keys = source_keys.c
        await self._connection.execute(delete(source_keys).where(keys.source == source, keys.ends_at <= at))
        older = update(source_keys).where(keys.source == source, or_(keys.ends_at.is_(None), keys.ends_at > others_end))
        await self._connection.execute(older.values(ends_at=others_end))
        await self._connection.execute(insert(source_keys).values(hash=hash, source=source, made_at=at))

    async def _standing(self, version: Select[Any]) -> Standing:
        return await self._remembered.at(self._connection, (await self._connection.execute(version)).scalar_one())

    async def _write(self, documents: Mapping[tuple[str, str], str]) -> None:
        rows = [{"kind": kind, "id": id, "document": document} for (kind, id), document in documents.items()]
        if rows:
            added = upsert(self._connection.dialect.name, organisation)
            newer = added.on_conflict_do_update(
                index_elements=["kind", "id"], set_={"document": added.excluded.document}
            )
            await self._connection.execute(newer, rows)

    async def _remove(self, kind: str, id: str) -> None:
        row = organisation.c
        await self._connection.execute(delete(organisation).where(row.kind == kind, row.id == id))
        if kind == Kind.SOURCE:
            await self._connection.execute(delete(source_keys).where(source_keys.c.source == id))
        if kind == Kind.PAGE:
            await self._connection.execute(delete(page_keys).where(page_keys.c.page == id))

    async def _show_services(self, wanted: Organisation, changed: Mapping[tuple[str, str], str]) -> None:
        """Services that incidents name stay in their table, where they are looked up, when they are removed here."""
        named = {id: wanted.services[id].name for kind, id in changed if kind == Kind.SERVICE}
        rows = [{"id": id, "name": name, "folded": folded(name)} for id, name in named.items()]
        if rows:
            added = upsert(self._connection.dialect.name, services)
            known = added.on_conflict_do_update(
                index_elements=["id"], set_={"name": added.excluded.name, "folded": added.excluded.folded}
            )
            await self._connection.execute(known, rows)

    async def _pages(self) -> Counter[Part]:
        active = select(escalations.c.target, escalations.c.plan).where(escalations.c.ended_at.is_(None))
        called: Counter[Part] = Counter()
        for target, plan in await self._connection.execute(active):
            steps = Policy.model_validate_json(plan).steps
            called.update({_part(each) for each in (Target(target), *(t for step in steps for t in step.targets))})
        return called


class SqlOrganisationReader:
    """`incidents.ports.organisation.OrganisationReader` on a database."""

    def __init__(self, database: Database, remembered: Remembered) -> None:
        self._database = database
        self._remembered = remembered

    async def current(self) -> Organisation:
        return (await self.standing()).organisation

    async def standing(self) -> Standing:
        async with self._database.glancing() as connection:
            return await self._remembered.at(connection, (await connection.execute(_version)).scalar_one())

    async def source_with_key(self, hash: str, at: datetime) -> tuple[str, AlertSource] | None:
        key = source_keys.c
        valid = or_(key.ends_at.is_(None), key.ends_at > at)
        found = select(key.source, _version.scalar_subquery().label("version")).where(key.hash == hash, valid)
        async with self._database.reading() as connection:
            row = (await connection.execute(found)).one_or_none()
            if row is None:
                return None
            current = (await self._remembered.at(connection, row.version)).organisation
        source = current.sources.get(row.source)
        return (row.source, source) if source is not None else None


def _rows(wanted: Organisation) -> dict[tuple[str, str], str]:
    return {
        (part.kind.value, part.id): item.model_dump_json(exclude_defaults=True) for part, item in wanted.parts.items()
    }


def _read(rows: Any) -> Standing:
    parts, version = {}, 0
    for kind, id, document in rows:
        if kind == VERSION:
            version = int(document)
        else:
            parts[Part(Kind(kind), id)] = json.loads(document)
    return Standing(version, Organisation.of(dict(sorted(parts.items()))))


def _part(target: Target) -> Part:
    """What a target is in the organisation; people and groups are the platform's, and never removed here."""
    return Part(Kind.PERSON if target.kind is TargetKind.GROUP else Kind(target.kind.value), target.id)
