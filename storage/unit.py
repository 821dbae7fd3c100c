"""One transaction on the tables: what an action loads, decides upon and stores, all of it or nothing."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.consequences import NewJob
from incidents.model.identity import Channel
from incidents.model.incident import Incident
from incidents.model.parts import Service
from incidents.model.timeline import Entry, Head
from incidents.ports import Post
from storage.alerts import SqlAlertUnit
from storage.chunks import chunks
from storage.counting import take_numbers
from storage.database import upsert
from storage.holding import hold
from storage.jobs import insert_jobs
from storage.on_call import SqlOnCallUnit
from storage.organisation import Remembered, SqlOrganisationUnit
from storage.paging import SqlPagingUnit
from storage.public import SqlPublicUnit
from storage.readers import SqlReaderUnit
from storage.rows import (
    Values,
    alert_values,
    entry_values,
    incident_values,
    numbered,
    one_entry,
    read_incidents,
    responder_values,
    service_values,
    subscriber_values,
    update_values,
)
from storage.tables import (
    incident_alerts,
    incident_responders,
    incident_services,
    incident_subscribers,
    incident_updates,
    incidents,
    posts,
    services,
    snoozes,
    timeline_entries,
)

PARTS: list[tuple[Table, Callable[[Incident], list[Values]]]] = [
    (incident_services, service_values),
    (incident_responders, responder_values),
    (incident_subscribers, subscriber_values),
    (incident_alerts, alert_values),
    (incident_updates, update_values),
]
"""What an incident has many of: the table that holds them, and the rows they are."""


class SqlUnit:
    """`incidents.ports.Unit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection, remembered: Remembered) -> None:
        self._connection = connection
        self._loaded: dict[int, list[list[Values]]] = {}
        self._jobs: list[NewJob] = []
        self.organisation = SqlOrganisationUnit(connection, remembered)
        self.on_call = SqlOnCallUnit(connection)
        self.alerts = SqlAlertUnit(connection)
        self.paging = SqlPagingUnit(connection)
        self.public = SqlPublicUnit(connection)
        self.readers = SqlReaderUnit(connection)

    async def next_number(self) -> int:
        return (await take_numbers(self._connection, "incident", 1))[0]

    async def load(self, number: int) -> Incident | None:
        found = await read_incidents(self._connection, numbered(number).with_for_update())
        for incident in found:
            self._loaded[number] = _parts(incident)
        return found[0] if found else None

    async def number_in(self, channel: Channel) -> int | None:
        await hold(self._connection, channel)
        owner = select(incidents.c.number).where(incidents.c.channel == str(channel))
        return (await self._connection.execute(owner)).scalar_one_or_none()

    async def number_from(self, origin: str) -> int | None:
        entry = await self.entry_from(origin)
        return entry.incident if entry else None

    async def save(self, incident: Incident, entries: Sequence[Entry]) -> None:
        values = incident_values(incident)
        if entries[0].number == 1:
            await self._connection.execute(insert(incidents).values(values))
        else:
            stored = incidents.c.number == incident.number
            await self._connection.execute(update(incidents).where(stored).values(values))
        before, now = self._loaded.get(incident.number, [[] for _ in PARTS]), _parts(incident)
        for (table, _), stored_rows, rows in zip(PARTS, before, now, strict=True):
            await self._replace(table, incident.number, stored_rows, rows)
        self._loaded[incident.number] = now
        await self._insert_entries(entries)

    async def entry(self, incident: int, number: int) -> Entry | None:
        table = timeline_entries.c
        return await one_entry(self._connection, table.incident == incident, table.number == number)

    async def entry_from(self, origin: str) -> Entry | None:
        await hold(self._connection, origin)
        return await one_entry(self._connection, timeline_entries.c.origin == origin)

    async def heads(self, channels: Collection[Channel]) -> dict[Channel, Head]:
        table = incidents.c
        found: dict[Channel, Head] = {}
        ends = select(table.channel, table.number, table.length, table.hash).where(
            table.channel.in_([str(channel) for channel in channels])
        )
        # Everybody locks in the order of the numbers, so nobody waits in a circle.
        for row in await self._connection.execute(ends.order_by(table.number).with_for_update()):
            found[Channel(row.channel)] = Head(row.number, row.length, row.hash)
        return found

    async def known_origins(self, origins: Collection[str]) -> set[str]:
        known: set[str] = set()
        for some in chunks(origins):
            found = select(timeline_entries.c.origin).where(timeline_entries.c.origin.in_(some))
            known.update((await self._connection.execute(found)).scalars())
        return known

    async def append(self, heads: Collection[Head], entries: Sequence[Entry]) -> None:
        grown = {entry.incident for entry in entries}
        moved = [
            {"moved": head.incident, "length": head.length, "hash": head.hash}
            for head in heads
            if head.incident in grown
        ]
        await self._connection.execute(update(incidents).where(incidents.c.number == bindparam("moved")), moved)
        await self._insert_entries(entries)

    async def services(self, ids: Collection[str]) -> list[Service]:
        found = select(services.c.id, services.c.name).where(services.c.id.in_(list(ids))).order_by(services.c.name)
        return [Service(row.id, row.name) for row in await self._connection.execute(found)]

    async def remember_post(self, post: Post) -> bool:
        values = {
            "purpose": post.purpose.value,
            "subject": post.subject,
            "part": post.part,
            "channel": str(post.channel),
            "message": post.message,
        }
        first = upsert(self._connection.dialect.name, posts).values(values).on_conflict_do_nothing()
        return (await self._connection.execute(first)).rowcount == 1

    async def forget_post(self, post: Post) -> None:
        table = posts.c
        await self._connection.execute(
            delete(posts).where(
                table.purpose == post.purpose.value,
                table.subject == post.subject,
                table.part == post.part,
                table.channel == str(post.channel),
                table.message == post.message,
            )
        )

    async def snooze(self, incident: int, until: datetime) -> None:
        put_off = upsert(self._connection.dialect.name, snoozes).values(incident=incident, until=until)
        newer = put_off.on_conflict_do_update(index_elements=["incident"], set_={"until": put_off.excluded.until})
        await self._connection.execute(newer)

    async def enqueue(self, jobs: Sequence[NewJob]) -> None:
        self._jobs += jobs

    async def finish(self) -> bool:
        """Store the jobs, all at once, as the last thing before the commit; whether there are any."""
        if self._jobs:
            await insert_jobs(self._connection, self._jobs)
        return bool(self._jobs)

    async def _replace(self, table: Table, number: int, before: list[Any], now: list[Any]) -> None:
        if before == now:
            return
        if before:
            await self._connection.execute(delete(table).where(table.c.incident == number))
        if now:
            await self._connection.execute(insert(table), now)

    async def _insert_entries(self, entries: Sequence[Entry]) -> None:
        await self._connection.execute(insert(timeline_entries), [entry_values(entry) for entry in entries])


def _parts(incident: Incident) -> list[list[Values]]:
    return [values(incident) for _, values in PARTS]
