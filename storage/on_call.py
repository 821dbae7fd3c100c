"""Overrides and the shifts of calendars, on the tables."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.identity import Person
from incidents.model.on_call import CalendarState, Override, Shift
from storage.database import upsert
from storage.holding import hold
from storage.tables import calendar_shifts, calendars, overrides


class SqlOnCallReader:
    """`incidents.ports.on_call.OnCallReader` on connections that ``reading`` opens."""

    def __init__(self, reading: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._reading = reading

    async def shifts(self, schedule: str, address: str, begin: datetime, end: datetime) -> list[Shift]:
        table = calendar_shifts.c
        from_there = exists().where(calendars.c.schedule == schedule, calendars.c.address == address)
        query = select(calendar_shifts).where(from_there, _overlaps(calendar_shifts, schedule, begin, end))
        async with self._reading() as connection:
            return [_shift(row) for row in await connection.execute(query.order_by(table.begins_at, table.id))]

    async def overrides(self, schedule: str, begin: datetime, end: datetime) -> list[Override]:
        standing = and_(_overlaps(overrides, schedule, begin, end), overrides.c.taken_back_at.is_(None))
        query = select(overrides).where(standing).order_by(overrides.c.made_at, overrides.c.id)
        async with self._reading() as connection:
            return [_override(row) for row in await connection.execute(query)]

    async def calendars(self) -> Mapping[str, CalendarState]:
        async with self._reading() as connection:
            return {row.schedule: _calendar(row) for row in await connection.execute(select(calendars))}


class SqlOnCallUnit(SqlOnCallReader):
    """`incidents.ports.on_call.OnCallUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        @asynccontextmanager
        async def here() -> AsyncIterator[AsyncConnection]:
            yield connection

        super().__init__(here)
        self._connection = connection

    async def override(self, id: int) -> Override | None:
        query = select(overrides).where(overrides.c.id == id, overrides.c.taken_back_at.is_(None)).with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        return _override(row) if row else None

    async def override_from(self, origin: str) -> int | None:
        await hold(self._connection, origin)
        query = select(overrides.c.id).where(overrides.c.origin == origin)
        return (await self._connection.execute(query)).scalar_one_or_none()

    async def add_override(self, override: Override) -> Override:
        values = {
            "schedule": override.schedule,
            "person": str(override.person),
            "begins_at": override.begin,
            "ends_at": override.end,
            "made_by": str(override.made_by),
            "made_at": override.made_at,
            "origin": override.origin,
        }
        added = insert(overrides).values(values).returning(overrides.c.id)
        return replace(override, id=(await self._connection.execute(added)).scalar_one())

    async def take_back(self, id: int, by: Person, at: datetime) -> None:
        taken = update(overrides).where(overrides.c.id == id).values(taken_back_by=str(by), taken_back_at=at)
        await self._connection.execute(taken)

    async def keep_calendar(self, schedule: str, state: CalendarState) -> None:
        values = {
            "address": state.address,
            "etag": state.etag,
            "read_at": state.read_at,
            "fault": state.fault,
            "fault_at": state.fault_at,
        }
        added = upsert(self._connection.dialect.name, calendars).values(schedule=schedule, **values)
        await self._connection.execute(added.on_conflict_do_update(index_elements=["schedule"], set_=values))

    async def keep_shifts(self, schedule: str, shifts: Sequence[Shift]) -> None:
        await self._connection.execute(delete(calendar_shifts).where(calendar_shifts.c.schedule == schedule))
        rows = [
            {
                "schedule": schedule,
                "begins_at": shift.begin,
                "ends_at": shift.end,
                "who": shift.name,
                "person": str(shift.person) if shift.person else None,
            }
            for shift in shifts
        ]
        if rows:
            await self._connection.execute(insert(calendar_shifts), rows)


def _overlaps(table: Table, schedule: str, begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(table.c.schedule == schedule, table.c.begins_at < end, table.c.ends_at > begin)


def _shift(row: Row[Any]) -> Shift:
    return Shift(Person(row.person) if row.person else None, row.begins_at, row.ends_at, row.who)


def _override(row: Row[Any]) -> Override:
    return Override(
        schedule=row.schedule,
        person=Person(row.person),
        begin=row.begins_at,
        end=row.ends_at,
        made_by=Person(row.made_by),
        made_at=row.made_at,
        origin=row.origin,
        id=row.id,
    )


def _calendar(row: Row[Any]) -> CalendarState:
    return CalendarState(row.address, row.etag, row.read_at, row.fault, row.fault_at)
