"""Bringing a database's tables up to date when the bot starts, even where several processes start at once."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from storage.database import Database, database_url
from storage.standing import UnknownMigration

LOCK = 0x70C51A
"""Whoever holds this advisory lock on PostgreSQL migrates; on SQLite the one writer does."""


async def migrate(address: str, revision: str = "head") -> None:
    """Take the tables of the database at ``address`` forward to ``revision``.

    Raises BadDatabaseUrl, DatabaseUnreachable, and UnknownMigration where a newer Tocsin has used it.
    """
    await _move(address, lambda config: command.upgrade(config, revision))


async def unmigrate(address: str, revision: str = "base") -> None:
    """Take the tables back to ``revision``; what they held beyond it is lost.

    Raises BadDatabaseUrl, DatabaseUnreachable.
    """
    await _move(address, lambda config: command.downgrade(config, revision))


async def outstanding(address: str) -> list[str]:
    """The revisions that `migrate` would bring, the newest first; changes nothing.

    Raises BadDatabaseUrl, DatabaseUnreachable, UnknownMigration.
    """

    def compare(connection: Connection) -> list[str]:
        known = MigrationContext.configure(connection).get_current_revision()
        script = ScriptDirectory.from_config(_config())
        return [step.revision for step in script.iterate_revisions("head", known or "base")]

    database = Database(database_url(address))
    try:
        await database.reach()
        async with database.reading() as connection:
            return await connection.run_sync(compare)
    except RevisionError as error:
        raise _unknown(error) from error
    finally:
        await database.close()


async def _move(address: str, steps: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        steps(config)

    database = Database(database_url(address), unhurried=True)
    try:
        await database.reach()
        async with database.writing() as connection:
            if database.is_postgresql:
                await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            await connection.run_sync(run)
    except CommandError as error:
        raise _unknown(error) from error
    finally:
        await database.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _unknown(error: Exception) -> UnknownMigration:
    return UnknownMigration(f"The database was used by a newer Tocsin; run that one. ({error})")
