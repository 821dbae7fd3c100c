"""`tocsin doctor`: each fault is found and comes with what to do about it, and looking changes nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.doctor import examine
from bot.manifest import needed_scopes, read_manifest
from bot.settings import Settings
from incidents.actions.declare import Declare, declare
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.organisation import AlertSource, Channels, Organisation, Tool
from sandbox.server import Sandbox, running_sandbox
from storage.database import Database, database_url
from storage.examination import examine_database
from storage.migrate import migrate, unmigrate
from storage.storage import SqlStorage
from tests.bot.command_line import settings_for, tocsin

NOW = datetime(2026, 3, 1, 3, 12, tzinfo=UTC)
REINSTALL = "Put app_manifest.yml into the app's manifest and reinstall the app."


class Practice:
    """A doctor's surroundings: an environment that a test can spoil."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self._monkeypatch.setenv(name, value)

    async def faults(self) -> dict[str, list[str]]:
        """The faults by what was looked at, where there are any."""
        return {found.what: found.faults async for found in examine(examine_database) if found.faults}

    async def notes(self) -> list[str]:
        return [note async for found in examine(examine_database) for note in found.notes]


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Sandbox, sqlite_address: str) -> Practice:
    """All is well."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    practice = Practice(monkeypatch)
    practice.set(**settings_for(sandbox, DATABASE_URL=sqlite_address))
    return practice


@pytest.fixture
async def storage(sqlite_address: str) -> AsyncIterator[SqlStorage]:
    opened = await SqlStorage.open(sqlite_address)
    yield opened
    await opened.close()


async def test_where_all_is_well_it_says_so_and_ends_with_0(
    sandbox: Sandbox, sqlite_address: str, tmp_path: Path
) -> None:
    ended = await tocsin(tmp_path, "doctor", **settings_for(sandbox, DATABASE_URL=sqlite_address))

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "✓ Settings",
        "✓ Database",
        "✓ Manifest",
        "✓ Bot token",
        "✓ Scopes",
        "✓ Channels",
        "✓ Socket Mode",
    ]


async def test_faults_are_listed_under_what_was_looked_at_and_end_with_1(tmp_path: Path) -> None:
    ended = await tocsin(tmp_path, "doctor", DATABASE_URL="mysql://db/tocsin")

    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "✗ Settings"
    assert lines[1].startswith("    SLACK_BOT_TOKEN is missing")
    assert "✗ Database" in lines
    assert "✓ Manifest" in lines


async def test_a_setting_of_the_wrong_form_is_a_fault(practice: Practice) -> None:
    practice.set(TOCSIN_PORT="many")
    assert (await practice.faults())["Settings"][0].startswith("TOCSIN_PORT is wrong")


@pytest.mark.parametrize(
    ("setting", "value", "what", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-revoked", "Bot token", "Slack refuses SLACK_BOT_TOKEN (invalid_auth). Copy it anew"),
        ("SLACK_APP_TOKEN", "xapp-revoked", "Socket Mode", "Slack refuses SLACK_APP_TOKEN (invalid_auth). It needs"),
        ("SLACK_API_URL", "http://127.0.0.1:1/api/", "Bot token", "Slack cannot be reached"),
        ("DATABASE_URL", "sqlite:////nowhere/tocsin.db", "Database", "Check DATABASE_URL."),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/tocsin", "Database", "Check DATABASE_URL."),
        ("TOCSIN_ANNOUNCEMENT_CHANNELS", "incidents, ops", "Channels", "There is no channel ops"),
    ],
)
async def test_each_fault_is_found_with_what_to_do(
    practice: Practice, setting: str, value: str, what: str, said: str
) -> None:
    practice.set(**{setting: value})
    faults = await practice.faults()
    assert list(faults) == [what]
    assert len(faults[what]) == 1
    assert said in faults[what][0]


async def test_an_announcement_channel_may_be_named_by_its_id(practice: Practice) -> None:
    practice.set(TOCSIN_ANNOUNCEMENT_CHANNELS="C0INCIDENTS")
    assert await practice.faults() == {}


async def test_the_channels_that_the_organisation_names_are_looked_for(practice: Practice, storage: SqlStorage) -> None:
    practice.set(TOCSIN_ANNOUNCEMENT_CHANNELS="nobody-needs-this")
    source = AlertSource(name="Prometheus", tool=Tool.ALERTMANAGER, channel="nowhere")
    async with storage.transaction() as unit:
        channels = Channels(announcements=("incidents", "elsewhere"))
        await unit.organisation.save(Organisation(sources={"prometheus": source}, channels=channels))

    nowhere, elsewhere = (await practice.faults())["Channels"]
    assert "no channel nowhere that the bot can see, where alerts of Prometheus go" in nowhere
    assert "no channel elsewhere that the bot can see, where incidents are announced" in elsewhere


async def test_an_archived_announcement_channel_is_none(practice: Practice, sandbox: Sandbox) -> None:
    await sandbox.person("ana").archive("C0INCIDENTS")
    assert list(await practice.faults()) == ["Channels"]


@pytest.mark.parametrize("scope", sorted(needed_scopes() - {"commands"}))
async def test_a_scope_that_the_token_lacks_is_named(practice: Practice, scope: str) -> None:
    manifest: dict[str, Any] = read_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove(scope)
    async with running_sandbox(manifest) as poor:
        practice.set(**settings_for(poor))
        faults = await practice.faults()
    assert faults["Scopes"] == [f"The token lacks the scope {scope}. {REINSTALL}"]


async def test_a_job_that_was_given_up_is_told_with_its_reason_and_can_be_tried_again(
    practice: Practice, storage: SqlStorage, sqlite_address: str, tmp_path: Path
) -> None:
    await declare(Core(storage, lambda: NOW), Declare(Person.of("slack", "U0ANA"), "form", "Checkout fails"))
    leases, _ = await storage.jobs.lease("me", list(JobKind), NOW + timedelta(days=1), NOW + timedelta(days=2), 1)
    await storage.jobs.park(leases[0], NOW, "there is no channel #incidents")
    kind = leases[0].job.kind.value

    fault = f"INC-1: {kind} was given up (there is no channel #incidents). Mend that, then: tocsin retry."
    assert await practice.faults() == {"Database": [fault]}

    ended = await tocsin(tmp_path, "retry", DATABASE_URL=sqlite_address)
    assert (ended.code, ended.out.split(";")[0]) == (0, "1 to try again")
    assert await practice.faults() == {}


async def test_a_file_that_is_not_there_yet_is_no_fault_and_is_not_made(practice: Practice, tmp_path: Path) -> None:
    practice.set(DATABASE_URL="sqlite:///new.db")
    assert await practice.faults() == {}
    assert await practice.notes() == ["new.db is not there yet; the bot makes it when it starts."]
    assert not (tmp_path / "new.db").exists()


async def test_outstanding_migrations_are_told_and_not_applied(practice: Practice, empty_database: str) -> None:
    await migrate(empty_database)
    await unmigrate(empty_database)
    practice.set(DATABASE_URL=empty_database)
    for _ in range(2):
        assert await practice.faults() == {}
        note = (await practice.notes())[0]
        assert "Migrations are outstanding (" in note and "alerts_and_paging, first_incident)" in note


async def test_a_database_that_a_newer_tocsin_used_is_a_fault(practice: Practice, sqlite_address: str) -> None:
    database = Database(database_url(sqlite_address))
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
    await database.close()
    assert "newer Tocsin" in (await practice.faults())["Database"][0]


async def test_over_http_socket_mode_is_not_looked_at(practice: Practice) -> None:
    practice.set(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="secret")
    assert "Socket Mode" not in [found.what async for found in examine(examine_database)]
    assert await practice.faults() == {}
