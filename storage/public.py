"""What was published, on tables of their own that know nothing of incidents; and status pages as they stand."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.public.page import Event, PublicUpdate, Snapshot, Window
from incidents.public.publication import Publication
from incidents.public.words import Impact, PublicStatus
from incidents.publishing import snapshots_of
from storage.counting import take_numbers
from storage.database import Database, upsert
from storage.organisation import COUNTER as ORGANISATION
from storage.organisation import Remembered
from storage.tables import counters, page_keys, public_events, public_pages, public_updates

COUNTER = "public"


class SqlPublicUnit:
    """`incidents.ports.public.PublicUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def publish(self, publication: Publication) -> None:
        await take_numbers(self._connection, COUNTER, 1)
        window = publication.window
        event = upsert(self._connection.dialect.name, public_events).values(
            id=publication.event,
            title=publication.title,
            begins_at=window.begins_at if window else None,
            ends_at=window.ends_at if window else None,
        )
        await self._connection.execute(_replacing(event, "title", "begins_at", "ends_at"))
        update = upsert(self._connection.dialect.name, public_updates).values(
            event=publication.event, place=publication.place, **_update_values(publication.update)
        )
        await self._connection.execute(_replacing(update, "status", "body", "impacts", "edited_at", "next_at"))

    async def add_key(self, page: str, hash: str, at: datetime, others_end: datetime) -> None:
        keys = page_keys.c
        await self._connection.execute(delete(page_keys).where(keys.page == page, keys.ends_at <= at))
        older = update(page_keys).where(keys.page == page, or_(keys.ends_at.is_(None), keys.ends_at > others_end))
        await self._connection.execute(older.values(ends_at=others_end))
        await self._connection.execute(insert(page_keys).values(hash=hash, page=page, made_at=at))

    async def begin_pages(self, pages: Collection[str], at: datetime) -> None:
        rows = [{"id": page, "since": at} for page in pages]
        if rows:
            await self._connection.execute(
                upsert(self._connection.dialect.name, public_pages).on_conflict_do_nothing(), rows
            )


class SqlPublicReader:
    """`incidents.public.ports.PublicReader` on a database."""

    def __init__(self, database: Database, remembered: Remembered) -> None:
        self._database = database
        self._remembered = remembered

    async def version(self) -> int:
        changes = select(func.sum(counters.c.value)).where(counters.c.name.in_([COUNTER, ORGANISATION]))
        async with self._database.reading() as connection:
            return int((await connection.execute(changes)).scalar_one())

    async def snapshots(self) -> list[Snapshot]:
        of_organisation = select(counters.c.value).where(counters.c.name == ORGANISATION)
        async with self._database.reading() as connection:
            version = (await connection.execute(of_organisation)).scalar_one()
            organisation = (await self._remembered.at(connection, version)).organisation
            since = {row.id: row.since for row in await connection.execute(select(public_pages))}
            events = await _events(connection)
        return snapshots_of(organisation, since, events)

    async def page_of_key(self, digest: str, at: datetime) -> str | None:
        keys = page_keys.c
        key = select(keys.page).where(keys.hash == digest, or_(keys.ends_at.is_(None), keys.ends_at > at))
        async with self._database.reading() as connection:
            return (await connection.execute(key)).scalar_one_or_none()


def _replacing(added: Any, *columns: str) -> Any:
    return added.on_conflict_do_update(
        index_elements=["id"], set_={column: getattr(added.excluded, column) for column in columns}
    )


def _update_values(update: PublicUpdate) -> Mapping[str, Any]:
    return {
        "id": update.id,
        "status": update.status.value,
        "body": update.body,
        "impacts": json.dumps(dict(update.impacts)),
        "published_at": update.published_at,
        "edited_at": update.edited_at,
        "next_at": update.next_at,
    }


async def _events(connection: AsyncConnection) -> list[Event]:
    """Everything ever published, by when it began."""
    updates: defaultdict[str, list[PublicUpdate]] = defaultdict(list)
    in_order = select(public_updates).order_by(public_updates.c.published_at, public_updates.c.place)
    for row in await connection.execute(in_order):
        updates[row.event].append(_update(row))
    titles = {row.id: row for row in await connection.execute(select(public_events))}
    return [
        Event(id=id, title=titles[id].title, updates=tuple(told), window=_window(titles[id]))
        for id, told in updates.items()
    ]


def _update(row: Row[Any]) -> PublicUpdate:
    return PublicUpdate(
        id=row.id,
        status=PublicStatus(row.status),
        body=row.body,
        impacts={service: Impact(impact) for service, impact in json.loads(row.impacts).items()},
        published_at=row.published_at,
        edited_at=row.edited_at,
        next_at=row.next_at,
    )


def _window(row: Row[Any]) -> Window | None:
    return Window(row.begins_at, row.ends_at) if row.begins_at is not None else None
