"""What tests of several rooms share: databases of both kinds, and a headless Chromium, where the machine has one.
Everything else stands beside the tests that use it."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog
from playwright.async_api import Browser, async_playwright

from storage.migrate import migrate
from storage.storage import SqlStorage
from tests.postgresql import PostgresqlServer

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


ON_SQLITE = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
"""For what takes long and is the same on every database."""


hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")
"""A slow machine is no fault: https://hypothesis.readthedocs.io/en/latest/reference/api.html#settings"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a page in headless Chromium")
    # Drawn with all variables, as is the default, a traceback takes longer than people wait for an answer.
    *before, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, plain])


def pytest_collection_finish(session: pytest.Session) -> None:
    """The thousands of tests stay: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, driven by Playwright; the test is skipped where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium not found: install Debian's package chromium to run the browser tests")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """The folder for screenshots: TOCSIN_SCREENSHOTS, or the test's own."""
    folder = Path(os.environ.get("TOCSIN_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    asyncio.run(server.prepare())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_address(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite file."""
    shutil.copy(migrated_file, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
async def postgresql_address(postgresql_server: PostgresqlServer) -> AsyncIterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    name = await postgresql_server.create(PostgresqlServer.TEMPLATE)
    yield postgresql_server.address(name)
    await postgresql_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql_server: PostgresqlServer
) -> AsyncIterator[str]:
    """The address of a database without any tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        name = await postgresql_server.create("template0")
        yield postgresql_server.address(name)
        await postgresql_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database, of each kind in turn."""
    address: str = request.getfixturevalue(f"{request.param}_address")
    return address


@pytest.fixture
async def storage(database_address: str) -> AsyncIterator[SqlStorage]:
    """Storage on a fresh database, of each kind in turn."""
    opened = await SqlStorage.open(database_address)
    yield opened
    await opened.close()
