"""Whether a database's tables are as this Tocsin wants them, asked at each start: Alembic itself takes long to load.

A new migration changes `NEWEST`; a test holds that it is Alembic's head.
"""

from sqlalchemy import Connection, inspect, text

from storage.database import Database, database_url

NEWEST = "lists_by_index"
"""The revision to which `migrate` brings the tables."""
VERSIONS = "alembic_version"
"""Alembic's own table: https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration"""


class UnknownMigration(ValueError):
    """The database has been migrated by a newer Tocsin than this one."""


async def is_up_to_date(address: str) -> bool:
    """Whether there is nothing to migrate. Raises BadDatabaseUrl, DatabaseUnreachable."""
    database = Database(database_url(address))
    try:
        await database.reach()
        async with database.reading() as connection:
            return await connection.run_sync(_revision) == NEWEST
    finally:
        await database.close()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSIONS):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar_one_or_none()
