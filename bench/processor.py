"""The processor's time that processes use: unlike seconds, it hardly depends on what else the machine does.

By the fields of proc_pid_stat(5).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from bench.bot import Bench
from storage.database import Database, database_url

TICKS = os.sysconf("SC_CLK_TCK")


def processor_time(pid: int) -> float:
    """Seconds that process ``pid`` has used."""
    return sum(map(int, _fields(pid)[11:13])) / TICKS


async def used(running: Bench) -> Mapping[str, float]:
    """Seconds that all who have a part in it have used: the sandbox in this process, the copies, and PostgreSQL."""
    database = Database(database_url(running.database))
    async with database.reading() as connection:
        postgresql = _parent((await connection.execute(select(func.pg_backend_pid()))).scalar_one())
    await database.close()
    return {
        "the sandbox": processor_time(os.getpid()),
        "the copies": sum(processor_time(each.pid) for each in running.processes),
        "PostgreSQL": _of_all(postgresql),
    }


def _of_all(parent: int) -> float:
    """Seconds that a process and all its children have used, those included that are no more."""
    return sum(map(int, _fields(parent)[11:15])) / TICKS + sum(map(processor_time, _children(parent)))


def _children(parent: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if _parent(int(folder.name)) == parent:
                yield int(folder.name)


def _parent(pid: int) -> int:
    return int(_fields(pid)[1])


def _fields(pid: int) -> list[str]:
    """Those from the third on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
