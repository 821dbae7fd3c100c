"""Carries deliveries to the app: events come again until acknowledged, what a person waits for does not.

Everything sent is written into the workspace's log of calls.
"""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from typing import Any

from sandbox.deliveries.http import RequestUrl
from sandbox.deliveries.sockets import Sockets
from sandbox.deliveries.transport import Kind, NobodyListeningError, Retry, Timing, Transport, UnansweredError
from sandbox.things import App, Json
from sandbox.troubles import Troubles
from sandbox.workspace import Call, Workspace


class Courier:
    """Delivers over Socket Mode when the app's manifest turns it on, else to its request URL."""

    def __init__(self, workspace: Workspace, troubles: Troubles, timing: Timing) -> None:
        self.sockets = Sockets(workspace.app.id, timing)
        self._workspace = workspace
        self._troubles = troubles
        self._timing = timing
        self._urls: dict[str, RequestUrl] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def send_event(self, body: Json) -> None:
        """Deliver an event in the background, after those sent before; again if it is not acknowledged."""
        for _ in range(self._troubles.copies()):
            self._begin(self._insist(body))

    def tell(self, kind: Kind, payload: Json) -> None:
        """Deliver once, in the background, what nobody waits for."""
        self._begin(self._try(kind, payload))

    async def ask(self, kind: Kind, payload: Json) -> Any:
        """Deliver what a person waits for, once; gives the acknowledgement's body. Raises UnansweredError."""
        return await self._deliver(kind, payload, None)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.disconnect("link_disabled")
        for url in self._urls.values():
            await url.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _insist(self, body: Json) -> None:
        """An event nobody listens to is lost at once; one that was sent and not acknowledged comes again."""
        retry: Retry | None = None
        for number, wait in enumerate((*self._timing.retries, None), 1):
            try:
                await self._deliver("events_api", body, retry)
            except UnansweredError as unanswered:
                if wait is None or (retry is None and isinstance(unanswered, NobodyListeningError)):
                    return
                retry = Retry(number, unanswered.reason)
                await asyncio.sleep(wait)
            else:
                return

    async def _try(self, kind: Kind, payload: Json) -> None:
        with contextlib.suppress(UnansweredError):
            await self._deliver(kind, payload, None)

    async def _deliver(self, kind: Kind, payload: Json, retry: Retry | None) -> Any:
        name = payload.get("event", {}).get("type") or payload.get("type") or payload.get("command", kind)
        call = Call(time.time(), "delivery", name, payload)
        self._workspace.calls.append(call)
        began = time.perf_counter()
        try:
            call.answer = await self._transport(kind, payload).deliver(kind, payload, retry)
        except UnansweredError as unanswered:
            call.answer = {"unanswered": unanswered.reason}
            raise
        finally:
            call.latency = time.perf_counter() - began
        return call.answer

    def _transport(self, kind: Kind, payload: Json) -> Transport:
        app = self._workspace.app
        if app.socket_mode:
            return self.sockets
        url = address(app, kind, payload)
        if not url:
            raise NobodyListeningError
        if url not in self._urls:
            self._urls[url] = RequestUrl(app, url, self._timing)
        return self._urls[url]


def address(app: App, kind: Kind, payload: Json) -> str | None:
    """Where this goes: commands may have addresses of their own, menus' options too; the rest shares one."""
    if kind == "slash_commands":
        return app.commands[payload["command"]].get("url") or app.request_url
    if payload.get("type") == "block_suggestion" and app.options_url:
        return app.options_url
    return app.request_url
