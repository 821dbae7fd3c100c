"""Alert intake for the tests of this room."""

from collections.abc import AsyncIterator

import pytest

from storage.storage import SqlStorage
from tests.web.intake import Intake, intake_on


@pytest.fixture
async def intake(sqlite_address: str) -> AsyncIterator[Intake]:
    storage = await SqlStorage.open(sqlite_address)
    try:
        async with intake_on(storage) as intake:
            yield intake
    finally:
        await storage.close()
