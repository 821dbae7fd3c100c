"""A look at a database that changes nothing: whether it can be used, and what was given up."""

from pathlib import Path

from storage.database import BadDatabaseUrl, Database, DatabaseUnreachable, database_url
from storage.jobs import JobQueue
from storage.migrate import UnknownMigration, outstanding


async def examine_database(address: str) -> tuple[list[str], list[str]]:
    """Faults of the database at ``address``, with what to do about each, and notes of what is worth knowing.

    The tables are brought up to date when the bot starts, so that they are not yet is no fault.
    """
    try:
        url = database_url(address)
        if url.get_backend_name() == "sqlite" and _will_be_made(Path(url.database or "")):
            return [], [f"{url.database} is not there yet; the bot makes it when it starts."]
        steps = await outstanding(address)
        if steps:
            return [], [f"Migrations are outstanding ({', '.join(steps)}); the bot applies them when it starts."]
        return await _given_up(Database(url)), []
    except (BadDatabaseUrl, DatabaseUnreachable, UnknownMigration) as error:
        return [f"{error} Check DATABASE_URL."], []


def _will_be_made(file: Path) -> bool:
    return not file.exists() and file.absolute().parent.is_dir()


async def _given_up(database: Database) -> list[str]:
    try:
        parked = await JobQueue(database, wake=lambda: None).parked()
    finally:
        await database.close()
    return [
        f"{each.job.about}: {each.job.kind} was given up ({each.reason}). Mend that, then: tocsin retry."
        for each in parked
    ]
