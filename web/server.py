"""The HTTP server: an address that is taken first, and the routes that are served there until it is told to stop."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body; Slack's own payloads stay far below."""

STOP = 2.0
"""Seconds for requests that are under way when the server stops."""


def take_address(host: str, port: int) -> socket.socket:
    """Listen on ``host`` and ``port`` (0: any free one), to be served from later. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


@asynccontextmanager
async def serving(address: socket.socket, routes: Sequence[web.AbstractRouteDef]) -> AsyncIterator[None]:
    """Serve ``routes`` at an address that was taken, while the block runs; it is free again afterwards."""
    application = web.Application(client_max_size=BODY_LIMIT)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP)
    await runner.setup()
    try:
        await web.SockSite(runner, address).start()
        yield
    finally:
        await runner.cleanup()
