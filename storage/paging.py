"""Escalations and their calls, on the tables."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database


class SqlPagingUnit:
    """`incidents.ports.paging.PagingUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection


class SqlPagingReader:
    """`incidents.ports.paging.PagingReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
