"""Socket Mode: the app's WebSocket connections, envelopes and their acknowledgement.

docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.deliveries.transport import Kind, NobodyListeningError, Retry, Timing, UnansweredError
from sandbox.things import Json

MAX_CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app, and the envelopes sent over it that wait for acknowledgement."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    waiting: "dict[str, asyncio.Future[Any]]" = field(default_factory=dict)


class Sockets:
    """All connections of the app; each delivery goes over one of them, in turn."""

    def __init__(self, app_id: str, timing: Timing) -> None:
        self._app_id = app_id
        self._timing = timing
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._turn = itertools.count()

    @property
    def connected(self) -> int:
        return len(self._connections)

    def ticket(self) -> str:
        """A secret that opens one connection, once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        if self.connected >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        await self._greet(connection)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    _acknowledge(connection, frame.data)
        finally:
            self._drop(connection)
        return socket

    async def deliver(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Any:
        """See `Transport.deliver`."""
        if not self._connections:
            raise NobodyListeningError
        connection = self._connections[next(self._turn) % len(self._connections)]
        envelope = _envelope(kind, payload, retry)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = answer
        try:
            await connection.socket.send_json(envelope)
            async with asyncio.timeout(self._timing.acknowledge):
                return await answer
        except TimeoutError:
            raise UnansweredError("timeout") from None
        except ConnectionError:
            raise UnansweredError("connection_failed") from None
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str) -> None:
        """Tell every connection to go and, but for a `warning`, close it (`refresh_requested`, `link_disabled`)."""
        for connection in list(self._connections):
            with contextlib.suppress(ConnectionError):  # it may be going by itself
                await connection.socket.send_json(
                    {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
                )
            if reason != "warning":
                self._drop(connection)
                await connection.socket.close()

    def cut(self) -> None:
        """Break every connection off, without a word."""
        for connection in list(self._connections):
            self._drop(connection)
            if isinstance(connection.transport, asyncio.WriteTransport):
                connection.transport.abort()

    async def _greet(self, connection: Connection) -> None:
        self._connections.append(connection)
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": self.connected,
                "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": self._app_id},
            }
        )

    def _drop(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for answer in connection.waiting.values():
            if not answer.done():
                answer.set_exception(UnansweredError("connection_closed"))


def _envelope(kind: Kind, payload: Json, retry: Retry | None) -> Json:
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "payload": payload,
        "type": kind,
        "accepts_response_payload": kind != "events_api",
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return envelope


def _acknowledge(connection: Connection, frame: str) -> None:
    """Slack passes over what it cannot read or did not send."""
    try:
        message = json.loads(frame)
    except ValueError:
        return
    answer = connection.waiting.get(str(message.get("envelope_id"))) if isinstance(message, dict) else None
    if answer and not answer.done():
        answer.set_result(message.get("payload") or None)
