"""A look at a database that changes nothing: whether it can be used, what was given up, and what it knows."""

from pathlib import Path

from incidents.model.organisation import Organisation
from storage.database import BadDatabaseUrl, Database, DatabaseUnreachable, database_url
from storage.jobs import JobQueue
from storage.migrate import outstanding
from storage.news import SqlNews
from storage.organisation import Remembered, SqlOrganisationReader
from storage.standing import UnknownMigration


async def examine_database(address: str) -> tuple[list[str], list[str], Organisation]:
    """Faults of the database at ``address``, with what to do about each, notes, and the organisation it holds.

    The tables are brought up to date when the bot starts, so that they are not yet is no fault.
    """
    try:
        url = database_url(address)
        if url.get_backend_name() == "sqlite" and _will_be_made(Path(url.database or "")):
            return [], [f"{url.database} is not there yet; the bot makes it when it starts."], Organisation()
        steps = await outstanding(address)
        if steps:
            return (
                [],
                [f"Migrations are outstanding ({', '.join(steps)}); the bot applies them when it starts."],
                Organisation(),
            )
        return await _looked_into(Database(url))
    except (BadDatabaseUrl, DatabaseUnreachable, UnknownMigration) as error:
        return [f"{error} Check DATABASE_URL."], [], Organisation()


def _will_be_made(file: Path) -> bool:
    return not file.exists() and file.absolute().parent.is_dir()


async def _looked_into(database: Database) -> tuple[list[str], list[str], Organisation]:
    try:
        parked = await JobQueue(database, SqlNews(database)).parked()
        organisation = await SqlOrganisationReader(database, Remembered()).current()
    finally:
        await database.close()
    given_up = [
        f"{each.job.about}: {each.job.kind} was given up ({each.reason}). Mend that, then: tocsin retry."
        for each in parked
    ]
    return given_up, [], organisation
