"""Carries deliveries to the app: events come again until acknowledged, what a person waits for does not.

Everything sent is written into the workspace's log of calls.
"""

import asyncio
import time
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
            task = asyncio.get_running_loop().create_task(self._insist(body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

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

    async def _insist(self, body: Json) -> None:
        retry: Retry | None = None
        for number, wait in enumerate((*self._timing.retries, None), 1):
            try:
                await self._deliver("events_api", body, retry)
            except NobodyListeningError:
                return
            except UnansweredError as unanswered:
                retry = Retry(number, unanswered.reason)
            else:
                return
            if wait is not None:
                await asyncio.sleep(wait)

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
