"""`tocsin apply`, `export` and `source-key`, each in a process of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.main import now
from incidents.actions.declare import Declare, declare
from incidents.actions.keys import source_with_key
from incidents.core import Core
from incidents.model.identity import Group, Person
from incidents.model.organisation import Target
from incidents.model.vocabulary import Impact
from sandbox.server import Sandbox
from storage.storage import SqlStorage
from tests.bot.command_line import REPOSITORY, Ended, settings_for, tocsin

EXAMPLE = REPOSITORY / "org.example.yml"
ANA, CLEO = (Person.of("slack", f"U0{name}") for name in ("ANA", "CLEO"))


@pytest.fixture
async def core(sqlite_address: str) -> AsyncIterator[Core]:
    """The actions on the SQLite file that the commands are given."""
    storage = await SqlStorage.open(sqlite_address)
    yield Core(storage, now)
    await storage.close()


@pytest.fixture
def settings(sandbox: Sandbox, sqlite_address: str) -> dict[str, str]:
    return settings_for(sandbox, DATABASE_URL=sqlite_address)


async def applied(folder: Path, text: str, settings: dict[str, str], *options: str) -> Ended:
    (folder / "org.yml").write_text(text)
    return await tocsin(folder, "apply", "org.yml", *options, **settings)


async def test_the_example_is_applied_once(core: Core, settings: dict[str, str], tmp_path: Path) -> None:
    first = await tocsin(tmp_path, "apply", str(EXAMPLE), **settings)
    again = await tocsin(tmp_path, "apply", str(EXAMPLE), **settings)

    assert (first.code, first.err) == (0, "")
    assert 'added    team payments "Payments"' in first.out
    assert "tocsin source-key prometheus" in first.out
    assert (again.code, again.out) == (0, "Nothing to change.\n")
    organisation = await core.storage.read.organisation.current()
    assert organisation.teams["payments"].members == (CLEO, Person.of("slack", "U0DAN"))
    assert organisation.teams["sre"].group == Group.of("slack", "S0ONCALL")
    assert organisation.policies["payments"].steps[2].targets == (Target(f"person:{ANA}"),)
    assert len(await core.storage.read.find_services("", 9)) == 5


async def test_a_dry_run_changes_nothing(core: Core, settings: dict[str, str], tmp_path: Path) -> None:
    ended = await tocsin(tmp_path, "apply", str(EXAMPLE), "--dry-run", **settings)

    assert ended.code == 0
    assert 'added    service checkout "Checkout"' in ended.out
    assert ended.out.endswith("This was a dry run: nothing was changed.\n")
    assert not (await core.storage.read.organisation.current()).parts


async def test_what_is_exported_is_applied_without_a_change(settings: dict[str, str], tmp_path: Path) -> None:
    await tocsin(tmp_path, "apply", str(EXAMPLE), **settings)
    exported = await tocsin(tmp_path, "export", **settings)
    without_slack = {"DATABASE_URL": settings["DATABASE_URL"]}
    by_name = await tocsin(tmp_path, "export", "org", **without_slack)
    again = await applied(tmp_path, exported.out, without_slack)

    assert "      - U0CLEO  # cleo\n" in exported.out
    assert "    group: S0ONCALL  # On call\n" in exported.out
    assert "#" not in by_name.out.partition("\n")[2].replace("'#", "")
    assert (again.code, again.out) == (0, "Nothing to change.\n")


async def test_people_are_found_by_address_and_handle(settings: dict[str, str], tmp_path: Path) -> None:
    text = 'teams:\n  all:\n    name: All\n    members: [cleo@example.com, "@DAN", cleoo, nobody@example.com, ana]\n'
    ended = await applied(tmp_path, text, settings)

    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.splitlines() == [
        'org.yml:4:41: there is nobody called @cleoo in Slack; did you mean "@cleo"?',
        "org.yml:4:48: nobody in Slack has the address nobody@example.com",
    ]


async def test_a_fault_changes_nothing_and_is_named_by_line(
    core: Core, settings: dict[str, str], tmp_path: Path
) -> None:
    ended = await applied(tmp_path, "services:\n  api:\n    name: API\n    onwer: sre\n", settings)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == 'org.yml:4:5: there is no "onwer" here; did you mean "owner"?\n'
    assert not (await core.storage.read.organisation.current()).parts


async def test_what_is_needed_is_kept_and_named(core: Core, settings: dict[str, str], tmp_path: Path) -> None:
    await tocsin(tmp_path, "services", "Checkout", "API", **settings)
    await declare(core, Declare(ANA, "form", "Fails", impacts={"checkout": Impact.DEGRADED}))
    ended = await applied(tmp_path, "services: {}\n", settings)

    assert ended.code == 0
    assert ended.out.splitlines() == [
        'removed  service api "API"',
        'kept     service checkout "Checkout", because INC-1 is open and needs it',
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-revoked"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "Slack cannot be reached"),
    ],
)
async def test_slack_that_cannot_be_asked_is_one_sentence(
    settings: dict[str, str], tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    ended = await tocsin(tmp_path, "apply", str(EXAMPLE), **{**settings, **wrong})

    assert ended.code == 2
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_a_scope_that_is_missing_is_named(sandbox: Sandbox, settings: dict[str, str], tmp_path: Path) -> None:
    await sandbox.person("ana").trouble(method="usergroups.list", error="missing_scope", times=9)
    ended = await tocsin(tmp_path, "apply", str(EXAMPLE), **settings)

    assert ended.code == 2
    assert "usergroups.list needs usergroups:read" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_a_file_that_is_not_there_is_one_sentence(settings: dict[str, str], tmp_path: Path) -> None:
    ended = await tocsin(tmp_path, "apply", "nowhere.yml", **settings)

    assert ended.code == 2
    assert ended.err.startswith("nowhere.yml cannot be read")
    assert len(ended.err.splitlines()) == 1


async def test_a_source_gets_its_address(core: Core, settings: dict[str, str], tmp_path: Path) -> None:
    await tocsin(tmp_path, "apply", str(EXAMPLE), **settings)
    ended = await tocsin(tmp_path, "source-key", "prometheus", **settings, TOCSIN_URL="https://tocsin.example/")
    other = await tocsin(tmp_path, "source-key", "promethus", **settings)

    address = ended.out.splitlines()[0]
    assert ended.code == 0
    assert address.startswith("https://tocsin.example/alerts/prometheus/")
    found = await source_with_key(core, address.rpartition("/")[2])
    assert found is not None
    assert found[0] == "prometheus"
    assert other.code == 2
    assert other.err == ('There is no alert source "promethus". There is: anything, grafana, prometheus.\n')
