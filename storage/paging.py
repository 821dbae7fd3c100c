"""Escalations and their calls, on the tables."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, false, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.escalation import About, Answer, Call, Escalation, EscalationState, Page
from incidents.model.identity import Person
from incidents.model.organisation import Policy, Target
from storage.counting import take_numbers
from storage.database import Database
from storage.tables import calls, escalations

Values = dict[str, Any]


class SqlPagingUnit:
    """`incidents.ports.paging.PagingUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._stored: set[int] = set()

    async def next_ids(self, many: int) -> range:
        return await take_numbers(self._connection, "escalation", many)

    async def about(self, id: int) -> About | None:
        found = (await self._connection.execute(_about_columns().where(escalations.c.id == id))).one_or_none()
        return _about(found) if found else None

    async def about_call(self, call: int) -> tuple[int, About] | None:
        query = _about_columns().join(calls, calls.c.escalation == escalations.c.id).where(calls.c.id == call)
        found = (await self._connection.execute(query)).one_or_none()
        return (found.id, _about(found)) if found else None

    async def load(self, id: int) -> Escalation | None:
        found = await self._load(select(escalations).where(escalations.c.id == id))
        return found[0] if found else None

    async def active(self, abouts: Collection[About]) -> list[Escalation]:
        if not abouts:
            return []
        return await self._load(select(escalations).where(escalations.c.ended_at.is_(None), _about_any(abouts)))

    async def begun_from(self, origin: str) -> bool:
        query = select(escalations.c.id).where(escalations.c.origin == origin)
        return (await self._connection.execute(query)).first() is not None

    async def save(self, new: Sequence[Escalation], origin: str | None = None) -> None:
        added = [each for each in new if each.id not in self._stored]
        changed = [each for each in new if each.id in self._stored]
        if added:
            rows = [_values(each) | {"origin": origin if each is added[0] else None} for each in added]
            await self._connection.execute(insert(escalations), rows)
        if changed:
            rows = [{"changed": each.id} | _progress(each) for each in changed]
            await self._connection.execute(update(escalations).where(escalations.c.id == bindparam("changed")), rows)
        self._stored.update(each.id for each in new)
        await self._save_calls([(each.id, call) for each in new for call in each.calls])

    async def _save_calls(self, pairs: list[tuple[int, Call]]) -> None:
        fresh = [(escalation, call) for escalation, call in pairs if not call.id]
        known = [(escalation, call) for escalation, call in pairs if call.id]
        if fresh:
            for (_, call), id in zip(fresh, await take_numbers(self._connection, "call", len(fresh)), strict=True):
                call.id = id
            await self._connection.execute(insert(calls), [_call_values(*pair) for pair in fresh])
        if known:
            rows = [
                {"changed": call.id, "answer": call.answer.value, "answered_at": call.answered_at} for _, call in known
            ]
            await self._connection.execute(update(calls).where(calls.c.id == bindparam("changed")), rows)

    async def _load(self, query: Select[Any]) -> list[Escalation]:
        found = await _read(self._connection, query.with_for_update())
        self._stored.update(each.id for each in found)
        return found


class SqlPagingReader:
    """`incidents.ports.paging.PagingReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def escalation(self, id: int) -> Escalation | None:
        return await self._one(select(escalations).where(escalations.c.id == id))

    async def escalation_of_call(self, call: int) -> Escalation | None:
        owner = select(calls.c.escalation).where(calls.c.id == call).scalar_subquery()
        return await self._one(select(escalations).where(escalations.c.id == owner))

    async def about(self, abouts: Collection[About]) -> list[Escalation]:
        async with self._database.reading() as connection:
            return await _read(connection, select(escalations).where(_about_any(abouts)))

    async def _one(self, query: Select[Any]) -> Escalation | None:
        async with self._database.reading() as connection:
            found = await _read(connection, query)
        return found[0] if found else None


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Escalation]:
    rows = (await connection.execute(query.order_by(escalations.c.id))).all()
    if not rows:
        return []
    theirs: defaultdict[int, list[Call]] = defaultdict(list)
    made = select(calls).where(calls.c.escalation.in_([row.id for row in rows])).order_by(calls.c.id)
    for row in await connection.execute(made):
        call = Call(Person(row.person), row.turn, row.called_at, Answer(row.answer), row.answered_at, row.id)
        theirs[row.escalation].append(call)
    return [_escalation(row, theirs[row.id]) for row in rows]


def _escalation(row: Row[Any], made: list[Call]) -> Escalation:
    plan = Policy.model_validate_json(row.plan)
    return Escalation(
        id=row.id,
        page=Page(_about(row), Target(row.target), row.name, plan, row.message),
        begun_by=Person(row.begun_by),
        begun_at=row.begun_at,
        state=EscalationState(row.state),
        turn=row.turn,
        due_at=row.due_at,
        calls=made,
        ended_at=row.ended_at,
        ended_by=Person(row.ended_by) if row.ended_by else None,
    )


def _values(escalation: Escalation) -> Values:
    page = escalation.page
    return {
        "id": escalation.id,
        "incident": page.about.incident,
        "alert": page.about.alert,
        "storm": page.about.storm,
        "target": str(page.target),
        "name": page.name,
        "message": page.message,
        "begun_by": str(escalation.begun_by),
        "begun_at": escalation.begun_at,
        "plan": page.plan.model_dump_json(),
        **_progress(escalation),
    }


def _progress(escalation: Escalation) -> Values:
    return {
        "state": escalation.state.value,
        "turn": escalation.turn,
        "due_at": escalation.due_at,
        "ended_at": escalation.ended_at,
        "ended_by": str(escalation.ended_by) if escalation.ended_by else None,
    }


def _call_values(escalation: int, call: Call) -> Values:
    return {
        "id": call.id,
        "escalation": escalation,
        "turn": call.turn,
        "person": str(call.person),
        "called_at": call.called_at,
        "answer": call.answer.value,
        "answered_at": call.answered_at,
    }


def _about_columns() -> Select[Any]:
    table = escalations.c
    return select(table.id, table.incident, table.alert, table.storm)


def _about(row: Row[Any]) -> About:
    return About(row.incident, row.alert, row.storm)


def _about_any(abouts: Collection[About]) -> ColumnElement[bool]:
    table = escalations.c
    wanted = {
        table.incident: [about.incident for about in abouts if about.incident is not None],
        table.alert: [about.alert for about in abouts if about.alert is not None],
        table.storm: [about.storm for about in abouts if about.storm is not None],
    }
    return or_(false(), *(and_(column.in_(numbers)) for column, numbers in wanted.items() if numbers))
