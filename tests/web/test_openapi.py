"""Schemathesis drives the alert intake by its own OpenAPI description: nothing breaks, and it answers as it says.

https://schemathesis.readthedocs.io/
"""

import asyncio
from collections.abc import Iterator
from threading import Event, Thread

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CHECKS as ALL
from schemathesis.checks import load_all_checks

from incidents.model.organisation import Tool
from storage.storage import SqlStorage
from tests.web.intake import intake_on
from web.openapi import openapi

schema = schemathesis.openapi.from_dict(openapi())
load_all_checks()
CHECKS = [
    ALL.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]


class Served:
    """Alert intake in a thread of its own, since Schemathesis' calls are not asynchronous."""

    def __init__(self, address: str) -> None:
        self.url = ""
        self.keys: dict[str, str] = {}
        self._address = address
        self._ready, self._done = Event(), Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> "Served":
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join(20)

    async def _serve(self) -> None:
        storage = await SqlStorage.open(self._address)
        try:
            async with intake_on(storage) as intake:
                self.url, self.keys = intake.url, intake.keys
                self._ready.set()
                await asyncio.to_thread(self._done.wait)
        finally:
            await storage.close()


@pytest.fixture
def served(sqlite_address: str) -> Iterator[Served]:
    with Served(sqlite_address) as served:
        yield served


@schema.parametrize()
@settings(
    max_examples=60,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_it_answers_as_it_says_whatever_is_posted(served: Served, case: Case) -> None:
    with_key(served, case)
    case.call_and_validate(base_url=served.url, checks=CHECKS)


def with_key(served: Served, case: Case) -> None:
    """Where ``case`` names a key, mostly a real one, so that its body is looked at."""
    size = len(str(case.body))
    if "source" in case.path_parameters and size % 4:
        tool = list(Tool)[size % len(Tool)]
        case.path_parameters = {"source": tool.value, "key": served.keys[tool]}
    elif isinstance(case.body, dict):
        own = {"routing_key": Tool.PAGERDUTY, "apiKey": Tool.ILERT}
        case.body.update({name: served.keys[tool] for name, tool in own.items() if name in case.body})
