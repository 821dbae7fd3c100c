"""What is read back from the tables: incidents, lists, timelines, posts and services. Nothing here locks."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal, or_, select, true, tuple_

from incidents.model import facts
from incidents.model.facts import Fact, fact_adapter
from incidents.model.identity import TOCSIN, Channel, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Kind, Target, TargetKind
from incidents.model.parts import Service
from incidents.model.text import storable
from incidents.model.timeline import Entry
from incidents.ports import (
    MOST_COUNTED,
    IncidentPage,
    IncidentQuery,
    Mirrored,
    Post,
    Purpose,
    TimelinePage,
    TimelineQuery,
)
from storage.alerts import SqlAlertReader
from storage.columns import UtcTime
from storage.cursor import read_cursor, write_cursor
from storage.database import Database
from storage.on_call import SqlOnCallReader
from storage.organisation import Remembered, SqlOrganisationReader
from storage.paging import SqlPagingReader
from storage.public import SqlPublicReader
from storage.readers import SqlReaderReader
from storage.rows import entry_from, folded, numbered, read_incidents
from storage.tables import (
    incident_responders,
    incident_services,
    incident_subscribers,
    incidents,
    organisation,
    posts,
    services,
    snoozes,
    timeline_entries,
)

HEARD = (facts.Message, facts.MessageEdited, facts.MessageDeleted)
"""What is mirrored."""
LONGEST_SEARCH = 5_000
"""More characters than any text that is searched has."""


class SqlReader:
    """`incidents.ports.Reader` on a database."""

    def __init__(self, database: Database, remembered: Remembered) -> None:
        self._database = database
        self.organisation = SqlOrganisationReader(database, remembered)
        self.on_call = SqlOnCallReader(database.reading)
        self.alerts = SqlAlertReader(database)
        self.paging = SqlPagingReader(database)
        self.public = SqlPublicReader(database, remembered)
        self.readers = SqlReaderReader(database)

    async def incident(self, number: int) -> Incident | None:
        return await self._one(numbered(number))

    async def incident_in(self, channel: Channel) -> Incident | None:
        return await self._one(select(incidents).where(incidents.c.channel == str(channel)))

    async def find(self, query: IncidentQuery) -> IncidentPage:
        """Raises BadCursor where ``query.after`` is not from the page before."""
        wanted = and_(true(), *_conditions(query), await self._owned_by(query.team))
        urgent_first = query.state == "open"
        order = [incidents.c.severity, incidents.c.number.desc()] if urgent_first else [incidents.c.number.desc()]
        page = select(incidents).where(wanted, _after(query)).order_by(*order).limit(query.limit + 1)
        async with self._database.reading() as connection:
            counted = select(incidents.c.number).where(wanted).limit(MOST_COUNTED).subquery()
            total = (await connection.execute(select(func.count()).select_from(counted))).scalar_one()
            found = await read_incidents(connection, page)
        shown = found[: query.limit]
        more = len(found) > query.limit
        return IncidentPage(shown, total, _incident_cursor(shown[-1], urgent_first) if more else None)

    async def timeline(self, query: TimelineQuery) -> TimelinePage:
        """Raises BadCursor where ``query.before`` is not from the page after."""
        table = timeline_entries.c
        latest = select(timeline_entries).where(table.incident == query.incident)
        if not query.messages:
            latest = latest.where(table.key)
        if query.before is not None:
            moment, number = read_cursor(query.before, str, int)
            position = tuple_(literal(datetime.fromisoformat(moment), UtcTime), literal(number))
            latest = latest.where(tuple_(table.happened_at, table.number) < position)
        latest = latest.order_by(table.happened_at.desc(), table.number.desc()).limit(query.limit + 1)
        found = await self._entries(latest)
        shown = found[: query.limit][::-1]
        more = len(found) > query.limit
        return TimelinePage(shown, write_cursor(shown[0].happened_at.isoformat(), shown[0].number) if more else None)

    async def entries(self, incident: int, first: int, last: int) -> list[Entry]:
        table = timeline_entries.c
        stretch = select(timeline_entries).where(table.incident == incident, table.number.between(first, last))
        return await self._entries(stretch.order_by(table.number))

    async def entries_of(self, incident: int, kinds: Collection[type[Fact]]) -> list[Entry]:
        table = timeline_entries.c
        names = [kind.model_fields["kind"].default for kind in kinds]
        wanted = select(timeline_entries).where(table.incident == incident, table.key, table.kind.in_(names))
        return await self._entries(wanted.order_by(table.number))

    async def snoozed_until(self, incident: int) -> datetime | None:
        until = select(snoozes.c.until).where(snoozes.c.incident == incident)
        async with self._database.reading() as connection:
            return (await connection.execute(until)).scalar_one_or_none()

    async def posts(self, subject: int, purpose: Purpose) -> list[Post]:
        query = select(posts).where(posts.c.purpose == purpose.value, posts.c.subject == subject)
        return [
            Post(row.subject, Purpose(row.purpose), Channel(row.channel), row.message, row.part)
            for row in await self._rows(query.order_by(posts.c.part, posts.c.channel))
        ]

    async def find_services(self, text: str, limit: int) -> list[Service]:
        row = organisation.c
        there = exists().where(row.kind == Kind.SERVICE.value, row.id == services.c.id)
        query = select(services).where(there, _holds(services.c.folded, text))
        return [Service(row.id, row.name) for row in await self._rows(query.order_by(services.c.name).limit(limit))]

    async def mirrored(self, incident: int, channel: Channel, since: datetime) -> list[Mirrored]:
        table = timeline_entries.c
        query = select(table.number, table.by, table.happened_at, table.fact).where(
            table.incident == incident,
            table.happened_at >= since,
            table.kind.in_([kind.model_fields["kind"].default for kind in HEARD]),
            table.origin.startswith(f"{channel}/", autoescape=True),
        )
        written: dict[str, Mirrored] = {}
        edited: dict[str, Mirrored] = {}
        gone: set[str] = set()
        for row in await self._rows(query.order_by(table.happened_at, table.number)):
            fact = fact_adapter.validate_json(row.fact)
            if isinstance(fact, facts.MessageDeleted):
                gone.add(fact.message)
            elif isinstance(fact, facts.Message | facts.MessageEdited):
                told = written if isinstance(fact, facts.Message) else edited
                as_told = (fact.text, fact.files, row.happened_at, row.number, told is written)
                told[fact.message] = Mirrored(fact.message, fact.thread, Person(row.by), *as_told)
        left = [_as_left(each, edited.pop(id, None)) for id, each in written.items()]
        return [each for each in (*left, *edited.values()) if each.message not in gone]

    async def attached_channels(self) -> list[tuple[int, Channel]]:
        query = (
            select(incidents.c.number, incidents.c.channel)
            .where(incidents.c.channel.is_not(None), incidents.c.channel_archived.is_(False))
            .order_by(incidents.c.resolved_at.is_not(None), incidents.c.number)
        )
        return [(row.number, Channel(row.channel)) for row in await self._rows(query)]

    async def _owned_by(self, team: str | None) -> ColumnElement[bool]:
        if team is None:
            return true()
        owned = (await self.organisation.current()).services_of(team)
        return _affects(incident_services.c.service.in_(owned))

    async def _one(self, query: Select[Any]) -> Incident | None:
        async with self._database.reading() as connection:
            found = await read_incidents(connection, query)
        return found[0] if found else None

    async def _entries(self, query: Select[Any]) -> list[Entry]:
        return [entry_from(row) for row in await self._rows(query)]

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        async with self._database.glancing() as connection:
            rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
        return rows


def _conditions(query: IncidentQuery) -> list[ColumnElement[bool]]:
    conditions = [_visible_to(query.viewer)]
    if query.state != "all":
        resolved = incidents.c.resolved_at
        conditions.append(resolved.is_(None) if query.state == "open" else resolved.is_not(None))
    if query.severity is not None:
        conditions.append(incidents.c.severity == int(query.severity))
    if query.service is not None:
        conditions.append(_affects(incident_services.c.service == query.service))
    if query.mine:
        theirs = select(incident_responders.c.incident).where(incident_responders.c.person == str(query.viewer))
        conditions.append(incidents.c.number.in_(theirs))
    if query.text.strip():
        conditions.append(_holds(incidents.c.folded, query.text))
    return conditions


def _visible_to(viewer: Person) -> ColumnElement[bool]:
    """`Incident.visible_to`, said in SQL."""
    if viewer == TOCSIN:
        return true()
    table = incidents.c
    responder, subscriber = incident_responders.c, incident_subscribers.c
    responds = _has(responder.incident, responder.person == str(viewer))
    watches = _has(subscriber.incident, subscriber.subscriber == str(Target.of(TargetKind.PERSON, viewer)))
    return or_(table.private.is_(False), table.declared_by == str(viewer), responds, watches)


def _has(incident: ColumnElement[int], part: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an incident has a certain part, which it has once at most.

    Looked for one by one, of the few that are private: of EXISTS, PostgreSQL would find all incidents that have it.
    """
    return select(literal(1)).where(incident == incidents.c.number, part).scalar_subquery().is_not(None)


def _affects(service: ColumnElement[bool]) -> ColumnElement[bool]:
    """Found by the services' index, so that as many incidents are looked at as affect it, not all there are."""
    return incidents.c.number.in_(select(incident_services.c.incident).where(service))


def _holds(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    sought = folded(storable(text.strip())[:LONGEST_SEARCH])
    return column.contains(sought, autoescape=True)


def _after(query: IncidentQuery) -> ColumnElement[bool]:
    if query.after is None:
        return true()
    table = incidents.c
    if query.state == "open":
        severity, number = read_cursor(query.after, int, int)
        return or_(table.severity > severity, and_(table.severity == severity, table.number < number))
    (number,) = read_cursor(query.after, int)
    return table.number < int(number)


def _as_left(written: Mirrored, edited: Mirrored | None) -> Mirrored:
    if edited is None:
        return written
    return replace(edited, by=written.by, thread=written.thread, written=True)


def _incident_cursor(last: Incident, urgent_first: bool) -> str:
    return write_cursor(int(last.severity), last.number) if urgent_first else write_cursor(last.number)
