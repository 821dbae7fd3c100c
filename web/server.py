"""The HTTP server: the routes it is given, on one address, until it is told to stop."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body; Slack's own payloads stay far below."""


@asynccontextmanager
async def serving(host: str, port: int, routes: Sequence[web.AbstractRouteDef]) -> AsyncIterator[int]:
    """Serve ``routes`` while the block runs; gives the port (the free one that was found, for port 0).

    Raises OSError where the address cannot be used.
    """
    application = web.Application(client_max_size=BODY_LIMIT)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
