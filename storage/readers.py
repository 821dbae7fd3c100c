"""Readers of status pages, on the tables."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.public.readers import Reader
from storage.database import Database, upsert
from storage.tables import reader_updates, readers


class SqlReaderUnit:
    """`incidents.public.readers.ReaderUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, page: str, address: str, services: Collection[str], token: str, at: datetime) -> Reader:
        wanted = json.dumps(sorted(services))
        added = upsert(self._connection.dialect.name, readers).values(
            page=page, address=address, services=wanted, token=token, made_at=at
        )
        await self._connection.execute(added.on_conflict_do_nothing(index_elements=["page", "address"]))
        # Whoever has confirmed changes what they want by their own link alone.
        waiting = (readers.c.page == page, readers.c.address == address, readers.c.confirmed_at.is_(None))
        await self._connection.execute(update(readers).where(*waiting).values(services=wanted))
        found = await self._one(select(readers).where(readers.c.page == page, readers.c.address == address))
        assert found is not None, "it was added"
        return found

    async def forget_unconfirmed(self, before: datetime) -> None:
        long_ago = func.coalesce(readers.c.asked_at, readers.c.made_at) < before
        await self._connection.execute(delete(readers).where(readers.c.confirmed_at.is_(None), long_ago))

    async def confirm(self, token: str, at: datetime) -> Reader | None:
        mine = (readers.c.token == token, readers.c.confirmed_at.is_(None))
        await self._connection.execute(update(readers).where(*mine).values(confirmed_at=at))
        return await self._one(select(readers).where(readers.c.token == token))

    async def choose(self, token: str, services: Collection[str]) -> Reader | None:
        mine = update(readers).where(readers.c.token == token).values(services=json.dumps(sorted(services)))
        await self._connection.execute(mine)
        return await self._one(select(readers).where(readers.c.token == token))

    async def remove(self, token: str) -> Reader | None:
        found = await self._one(select(readers).where(readers.c.token == token).with_for_update())
        if found is not None:
            await self._connection.execute(delete(reader_updates).where(reader_updates.c.reader == found.id))
            await self._connection.execute(delete(readers).where(readers.c.id == found.id))
        return found

    async def confirmed(self, pages: Collection[str]) -> list[Reader]:
        theirs = select(readers).where(readers.c.page.in_(list(pages)), readers.c.confirmed_at.is_not(None))
        return [_reader(row) for row in await self._connection.execute(theirs.order_by(readers.c.id))]

    async def asked(self, id: int, at: datetime) -> None:
        await self._connection.execute(update(readers).where(readers.c.id == id).values(asked_at=at))

    async def told(self, id: int, update: str, at: datetime) -> None:
        there = (await self._connection.execute(select(readers.c.id).where(readers.c.id == id))).first()
        if there is not None:
            noted = upsert(self._connection.dialect.name, reader_updates).values(reader=id, update=update, told_at=at)
            await self._connection.execute(noted.on_conflict_do_nothing())

    async def _one(self, query: Select[Any]) -> Reader | None:
        row = (await self._connection.execute(query)).one_or_none()
        return _reader(row) if row else None


class SqlReaderReader:
    """`incidents.public.readers.ReaderReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reader(self, id: int) -> Reader | None:
        return await self._one(select(readers).where(readers.c.id == id))

    async def with_token(self, token: str) -> Reader | None:
        return await self._one(select(readers).where(readers.c.token == token))

    async def asked_since(self, id: int, since: datetime) -> bool:
        return await self._exists(select(readers.c.id).where(readers.c.id == id, readers.c.asked_at > since))

    async def was_told(self, id: int, update: str) -> bool:
        row = reader_updates.c
        return await self._exists(select(row.reader).where(row.reader == id, row.update == update))

    async def count(self, pages: Collection[str], services: Iterable[str]) -> int:
        about = set(services)
        of_all = readers.c.page.in_(list(pages)) & readers.c.confirmed_at.is_not(None)
        whole = select(func.count()).where(of_all, readers.c.services == "[]")
        some = select(readers.c.services).where(of_all, readers.c.services != "[]")
        async with self._database.reading() as connection:
            number: int = (await connection.execute(whole)).scalar_one()
            chosen = [set(json.loads(each)) for each in (await connection.execute(some)).scalars()]
        return number + sum(bool(each & about) for each in chosen)

    async def _one(self, query: Select[Any]) -> Reader | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _reader(row) if row else None

    async def _exists(self, query: Select[Any]) -> bool:
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None


def _reader(row: Row[Any]) -> Reader:
    return Reader(
        id=row.id,
        page=row.page,
        address=row.address,
        token=row.token,
        services=tuple(json.loads(row.services)),
        confirmed_at=row.confirmed_at,
    )
