"""Overrides and the shifts of calendars, on the tables."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database


class SqlOnCallUnit:
    """`incidents.ports.on_call.OnCallUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection


class SqlOnCallReader:
    """`incidents.ports.on_call.OnCallReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
