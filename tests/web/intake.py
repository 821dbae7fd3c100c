"""Alert intake over a real socket, on a real database: tools post to it, and tests read what became of that."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from incidents.actions.keys import new_key
from incidents.core import Core
from incidents.model.alert import Alert
from incidents.model.organisation import AlertSource, Organisation, OwnedService, Tool
from storage.storage import SqlStorage
from tests.clock import Clock
from web.alert_intake import alert_routes
from web.server import serving, take_address

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True)
class Answer:
    """What a tool got."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class Intake:
    """One source for each tool, called as the tool is, and its key."""

    core: Core
    clock: Clock
    session: aiohttp.ClientSession
    url: str
    keys: dict[str, str]

    async def post(self, tool: Tool, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """What the tool's own source answers to ``body``: JSON, or the very bytes."""
        return await self.post_to(f"/alerts/{tool}/{self.keys[tool]}", body, headers)

    async def post_to(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        async with self.session.post(self.url + path, data=data, headers={**kind, **(headers or {})}) as answer:
            return Answer(answer.status, await answer.json(), answer.headers)

    async def alerts(self) -> list[Alert]:
        """All alerts, by their numbers."""
        found = [await self.core.storage.read.alerts.alert(number) for number in range(1, 50)]
        return [alert for alert in found if alert is not None]

    async def alert(self) -> Alert:
        """The only one."""
        [only] = await self.alerts()
        return only


async def nothing_is_fetched(address: str) -> bytes:
    raise AssertionError(f"{address} must not be asked for")


@asynccontextmanager
async def intake_on(
    storage: SqlStorage, fetch: Fetch = nothing_is_fetched, mapping: Mapping[str, str] | None = None
) -> AsyncIterator[Intake]:
    """Serving while the block runs; ``mapping`` is that of the generic source."""
    clock = Clock()
    core = Core(storage, clock)
    sources = {
        tool.value: AlertSource(
            name=tool.value.title(),
            tool=tool,
            channel="alerts",
            mapping=(mapping or {}) if tool is Tool.GENERIC else {},
        )
        for tool in Tool
    }
    services = {"checkout": OwnedService(name="Checkout", alias=("checkout-api",))}
    async with storage.transaction() as unit:
        await unit.organisation.save(Organisation(sources=sources, services=services))
    keys = {source: await new_key(core, source) for source in sources}
    address = take_address("127.0.0.1", 0)
    url = f"http://127.0.0.1:{address.getsockname()[1]}"
    async with serving(address, alert_routes(core, fetch)), aiohttp.ClientSession() as session:
        yield Intake(core, clock, session, url, keys)
