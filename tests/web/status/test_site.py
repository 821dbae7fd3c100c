"""The status pages' addresses over HTTP: what is sent, with which headers, and what is sent to nobody."""

import asyncio
from dataclasses import replace

import aiohttp

from incidents.public.page import Snapshot
from tests.web.status.pages import BUSY, CALM, STATUS, Shelf, served

PARTNERS = Snapshot(replace(STATUS, id="partners", name="Partners", private=True), BUSY.events)
KEY = "kAxw5Zq0-xB2m_3jv7LdT"


async def test_what_is_published_is_shown_at_once_when_told() -> None:
    shelf = Shelf([CALM])
    async with served(shelf) as site, aiohttp.ClientSession(site.url) as reader:
        assert "All services are operational" in await (await reader.get("/status/acme")).text()
        shelf.put(BUSY)
        site.site.changed()
        async with asyncio.timeout(0.5):
            while "Checkout has a partial outage" not in await (await reader.get("/status/acme")).text():
                await asyncio.sleep(0.01)
