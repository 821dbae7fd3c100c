"""The log: one form for our lines and the libraries', on standard error, without secrets and without noise."""

import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.logs import without_secrets
from storage.database import Database, database_url
from tests.bot.command_line import REPOSITORY

SECRETS = ["xoxb-17-26-abcDEF", "xapp-1-A0-2-abcdef", "xoxe.xoxb-1-abc", "wss://slack.example/link?ticket=12-ab%2F&x=1"]
LIBRARIES = ["slack_sdk.socket_mode", "slack_bolt.AsyncApp", "aiohttp.server", "apscheduler", "alembic", "asyncio"]

BEGIN = """
import logging, structlog
from bot.logs import start_log
start_log()
"""


def logged(script: str) -> list[str]:
    """The lines that ``script`` logs, in a process of its own; nothing else is written."""
    ended = subprocess.run([sys.executable, "-c", BEGIN + script], cwd=REPOSITORY, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    return ended.stderr.splitlines()


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_cut_to_their_kind(secret: str) -> None:
    line = without_secrets(None, "", f"could not connect: '{secret}' was refused")
    assert "abc" not in line
    assert "12-ab" not in line
    assert line.endswith("was refused")


def test_our_lines_and_the_libraries_have_one_form() -> None:
    ours, theirs = logged(
        "structlog.get_logger('bot.anywhere').info('ready', slack='Socket Mode')\n"
        "logging.getLogger('slack_bolt.AsyncApp').warning('An %s was not heard', 'event')"
    )
    assert ours.endswith("Z [info     ] ready slack='Socket Mode'")
    assert theirs.endswith("Z [warning  ] An event was not heard")


def test_of_libraries_only_what_went_wrong_is_told() -> None:
    assert (
        logged(
            f"for name in {LIBRARIES}: logging.getLogger(name).info('request body: what people wrote')\n"
            "from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped as known\n"
            "logging.getLogger('slack_bolt.AsyncApp').warning(known())"
        )
        == []
    )


def test_a_traceback_holds_no_variables_and_no_secrets() -> None:
    lines = logged(
        "said = 'Hush-hush'\n"
        "try: raise ValueError('refused xoxb-17-26-abcDEF')\n"
        "except ValueError: structlog.get_logger('bot.anywhere').exception('failed', reference='7f3a')"
    )
    assert lines[0].endswith("Z [error    ] failed reference=7f3a")
    assert lines[-1] == "ValueError: refused xoxb-…"
    assert "Hush-hush" not in "\n".join(lines)


async def test_an_error_of_the_database_does_not_repeat_what_people_wrote(sqlite_address: str) -> None:
    database = Database(database_url(sqlite_address))
    with pytest.raises(SQLAlchemyError) as failed:
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "Hush-hush"})
    await database.close()
    assert "Hush-hush" not in str(failed.value)
