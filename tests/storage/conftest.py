"""A core on a real database, with a clock that the tests move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from incidents.core import Core
from storage.storage import SqlStorage


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 3, 12, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def core(storage: SqlStorage, clock: Callable[[], datetime]) -> Core:
    return Core(storage, clock)
