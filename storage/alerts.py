"""Alerts and storms of them, on the tables."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database


class SqlAlertUnit:
    """`incidents.ports.alerts.AlertUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection


class SqlAlertReader:
    """`incidents.ports.alerts.AlertReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
