"""The command line, each command in a process of its own: exit codes, sentences, logs, and an end within seconds."""

import json
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.main import now
from bot.manifest import MANIFEST
from incidents.actions.comment import comment
from incidents.actions.declare import Declare, declare
from incidents.core import Core
from incidents.model.identity import Person
from sandbox.server import Sandbox, running_sandbox
from storage.database import Database, database_url
from storage.storage import SqlStorage
from tests.bot.command_line import settings_for, tocsin, tocsin_run

ANA = Person.of("slack", "U0ANA")
GENERAL = "C0GENERAL"
NOBODY_LISTENS = "http://127.0.0.1:1/api/"


@pytest.fixture
async def told(core: Core) -> Core:
    """INC-1 with a note that names somebody."""
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    await comment(core, 1, ANA, "Asking <@U0BEN> in <#C0GENERAL>")
    return core


@pytest.fixture
async def core(sqlite_address: str) -> AsyncIterator[Core]:
    """The actions on the SQLite file that the commands are given."""
    storage = await SqlStorage.open(sqlite_address)
    yield Core(storage, now)
    await storage.close()


async def test_run_works_in_socket_mode_and_ends_at_sigterm(sandbox: Sandbox, tmp_path: Path) -> None:
    ana = sandbox.person("ana")
    async with tocsin_run(tmp_path, **settings_for(sandbox)) as run:
        assert "Socket Mode" in await run.logged("ready")
        await ana.command(GENERAL, "/incident help")
        asked = time.monotonic()
        assert await run.stopped_by(signal.SIGTERM) == 0
    assert time.monotonic() - asked < 10
    assert (tmp_path / "tocsin.db").exists()


async def test_run_ends_at_ctrl_c(sandbox: Sandbox, tmp_path: Path) -> None:
    async with tocsin_run(tmp_path, **settings_for(sandbox)) as run:
        assert await run.stopped_by(signal.SIGINT) == 0


async def test_the_log_says_neither_tokens_nor_what_people_write(sandbox: Sandbox, tmp_path: Path) -> None:
    ana = sandbox.person("ana")
    settings = settings_for(sandbox)
    async with tocsin_run(tmp_path, **settings) as run:
        await ana.trouble(method="views.open", error="internal_error", times=9)
        await ana.command(GENERAL, "/incident declare Hush-hush title")
        failed = await run.logged("slack_failed")
        await ana.trouble(method="chat.postMessage", error="restricted_action", times=9)
        await ana.command(GENERAL, "/incident sevrity Hush-hush word")
        await run.stopped_by(signal.SIGTERM)
    log = "\n".join(run.log)
    assert "request_id=" in failed
    assert "Hush-hush" not in log
    assert all(secret not in log for name, secret in settings.items() if name.endswith("TOKEN"))
    assert [line for line in run.log if not line.startswith("20")] == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxb-revoked"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SLACK_APP_TOKEN": "xapp-revoked"}, "Slack refuses SLACK_APP_TOKEN (invalid_auth)"),
        ({"SLACK_API_URL": NOBODY_LISTENS}, "Slack cannot be reached"),
        ({"DATABASE_URL": "mysql://u:hunter2@db/tocsin"}, "sqlite:/// or postgresql://"),
        ({"DATABASE_URL": "sqlite:////nowhere/tocsin.db"}, "sqlite+aiosqlite:////nowhere/tocsin.db cannot be used"),
        ({"DATABASE_URL": "sqlite:////etc/hostname"}, "not a database"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/tocsin"}, "cannot be used"),
        ({"TOCSIN_PORT": "many"}, "TOCSIN_PORT is wrong"),
    ],
)
async def test_what_keeps_the_bot_from_starting_is_one_sentence(
    sandbox: Sandbox, tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    ended = await tocsin(tmp_path, "run", **settings_for(sandbox, **wrong))

    assert ended.code == 2
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert ended.out == ""
    assert "hunter2" not in ended.err


async def test_an_address_that_is_not_slacks_is_no_fault_of_the_token(sandbox: Sandbox, tmp_path: Path) -> None:
    ended = await tocsin(tmp_path, "run", **settings_for(sandbox, SLACK_API_URL=sandbox.url))

    assert ended.code == 2
    assert ended.err == (
        "Slack cannot be reached (auth.test: the answer is not Slack's). Check SLACK_API_URL and the network.\n"
    )


async def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        async with running_sandbox(MANIFEST, request_url=f"http://127.0.0.1:{port}/slack/events") as sandbox:
            ended = await tocsin(tmp_path, "run", **settings_for(sandbox, TOCSIN_PORT=port))

    assert ended.code == 2
    assert f"127.0.0.1:{port} cannot be used" in ended.err
    assert "TOCSIN_PORT" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_a_taken_port_of_operators_is_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        ended = await tocsin(tmp_path, "run", **settings_for(sandbox, TOCSIN_OPERATIONS_PORT=port))

    assert ended.code == 2
    assert f"127.0.0.1:{port} cannot be used" in ended.err
    assert "TOCSIN_OPERATIONS_PORT" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_a_file_in_use_by_another_process_is_one_sentence(
    sandbox: Sandbox, sqlite_address: str, tmp_path: Path
) -> None:
    database = Database(database_url(sqlite_address))
    with database.sole_use():
        ended = await tocsin(tmp_path, "run", **settings_for(sandbox, DATABASE_URL=sqlite_address))
    await database.close()

    assert ended.code == 2
    assert "Another Tocsin works with" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_a_postgresql_without_that_database_is_one_sentence(
    sandbox: Sandbox, postgresql_address: str, tmp_path: Path
) -> None:
    other = database_url(postgresql_address).set(database="nowhere").render_as_string(hide_password=False)
    ended = await tocsin(tmp_path, "run", **settings_for(sandbox, DATABASE_URL=other))

    assert ended.code == 2
    assert '"nowhere" does not exist' in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_settings_come_from_a_file_too(sandbox: Sandbox, tmp_path: Path) -> None:
    lines = [f"{name}={value}" for name, value in settings_for(sandbox).items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "this line says nothing"]))
    async with tocsin_run(tmp_path) as run:
        assert await run.stopped_by(signal.SIGTERM) == 0


async def test_a_file_of_settings_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"SLACK_BOT_TOKEN=\xff\xfe\n")
    ended = await tocsin(tmp_path, "run")

    assert ended.code == 2
    assert ended.err.startswith("The file .env cannot be read")
    assert len(ended.err.splitlines()) == 1


async def test_services_are_named_once(sqlite_address: str, tmp_path: Path) -> None:
    first = await tocsin(tmp_path, "services", "Checkout", "Mobile app", DATABASE_URL=sqlite_address)
    again = await tocsin(tmp_path, "services", "checkout", DATABASE_URL=sqlite_address)

    assert (first.code, again.code) == (0, 0)
    assert [line.split(" (")[0] for line in first.out.splitlines()] == ["Checkout", "Mobile app"]
    storage = await SqlStorage.open(sqlite_address)
    assert len(await storage.read.find_services("", 9)) == 2
    await storage.close()


async def test_a_whole_timeline_is_verified(told: Core, sqlite_address: str, tmp_path: Path) -> None:
    ended = await tocsin(tmp_path, "verify", "INC-1", DATABASE_URL=sqlite_address)

    assert (ended.code, ended.out) == (0, "INC-1: the timeline is whole.\n")


async def test_the_first_broken_entry_is_named(told: Core, sqlite_address: str, tmp_path: Path) -> None:
    database = Database(database_url(sqlite_address))
    async with database.writing() as connection:
        await connection.execute(text("DROP TRIGGER timeline_entries_no_update"))
        await connection.execute(text("UPDATE timeline_entries SET \"by\" = 'slack:U0EVE' WHERE number = 2"))
    await database.close()
    ended = await tocsin(tmp_path, "verify", "1", DATABASE_URL=sqlite_address)

    assert (ended.code, ended.err) == (1, "INC-1: the timeline is broken at entry 2.\n")


@pytest.mark.parametrize(
    ("command", "named"),
    [("verify", "INC-9"), ("verify", "nine"), ("verify", "INC-99999999999999999999"), ("export", "INC-9")],
)
async def test_an_unknown_incident_is_one_sentence(
    command: str, named: str, sqlite_address: str, tmp_path: Path
) -> None:
    ended = await tocsin(tmp_path, command, named, DATABASE_URL=sqlite_address)

    assert ended.code == 2
    assert f'no incident "{named}"' in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_an_export_reads_as_people_do(told: Core, sandbox: Sandbox, sqlite_address: str, tmp_path: Path) -> None:
    settings = settings_for(sandbox, DATABASE_URL=sqlite_address)
    markdown = await tocsin(tmp_path, "export", "INC-1", **settings)
    as_json = await tocsin(tmp_path, "export", "INC-1", "--format", "json", **settings)

    assert (markdown.code, as_json.code) == (0, 0)
    assert markdown.out.startswith("# INC-1: Checkout fails\n")
    assert markdown.out.endswith("@ana: Asking @ben in \\#general\n")
    exported = json.loads(as_json.out)
    assert [entry["number"] for entry in exported["entries"]] == [1, 2, 3]
    assert exported["entries"][2]["by_name"] == "@ana"
    assert exported["entries"][2]["sentence"] == "@ana: Asking @ben in #general"
    assert exported["entries"][2]["previous"] == exported["entries"][1]["hash"]


@pytest.mark.parametrize("address", ["", NOBODY_LISTENS])
async def test_an_export_without_slack_names_ids(
    told: Core, sandbox: Sandbox, sqlite_address: str, tmp_path: Path, address: str
) -> None:
    settings = settings_for(sandbox, DATABASE_URL=sqlite_address, SLACK_API_URL=address) if address else {}
    ended = await tocsin(tmp_path, "export", "INC-1", **{**settings, "DATABASE_URL": sqlite_address})

    assert ended.code == 0
    assert "U0BEN" in ended.out
