"""The organisation, and the keys of its alert sources, on the tables."""

from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.model.organisation import Organisation
from storage.database import Database


class SqlOrganisationUnit:
    """`incidents.ports.organisation.OrganisationUnit` on a connection that is in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def current(self) -> Organisation:
        return Organisation()


class SqlOrganisationReader:
    """`incidents.ports.organisation.OrganisationReader` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self) -> Organisation:
        return Organisation()
