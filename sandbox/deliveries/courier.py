"""Carries deliveries to the app: events come again until acknowledged, what a person waits for does not.

Everything sent is written into the workspace's log of calls, and so are events that a trouble swallowed.
"""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sandbox.deliveries.http import RequestUrl
from sandbox.deliveries.sockets import Sockets
from sandbox.deliveries.transport import Kind, NobodyListeningError, Retry, Timing, Transport, UnansweredError
from sandbox.log import Call
from sandbox.things import App, Json
from sandbox.troubles import DeliveryTrouble, Troubles
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Parcel:
    """What is delivered: `by` is the id of the user who caused it, `effect` the trouble that befalls it, in words."""

    kind: Kind
    payload: Json
    by: str | None
    effect: str | None = None


class Courier:
    """Delivers over Socket Mode when the app's manifest turns it on, else to its request URL."""

    def __init__(self, workspace: Workspace, troubles: Troubles, timing: Timing) -> None:
        self.sockets = Sockets(workspace.app.id, timing)
        self._workspace = workspace
        self._troubles = troubles
        self._timing = timing
        self._urls: dict[str, RequestUrl] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._overtaken = asyncio.Event()
        troubles.at_outage.append(self.sockets.cut)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way to the app, held back, or to come again."""
        return not self._tasks

    def send_event(self, body: Json, by: str | None = None) -> None:
        """Deliver an event in the background, after those sent before; again if it is not acknowledged."""
        trouble = self._troubles.for_event(str(body["event"].get("type")))
        event = Parcel("events_api", body, by, trouble.effect if trouble else None)
        match trouble:
            case None:
                self._go(event)
            case DeliveryTrouble(delivery="drop"):
                with self._noted(event) as call:
                    call.failure = "dropped"
            case DeliveryTrouble(delivery="delay" | "reorder"):
                self._begin(self._hold(event, trouble))
            case DeliveryTrouble(delivery="double"):
                self._go(event)
                self._go(event)
            case DeliveryTrouble(delivery="cut"):
                self._go(event)
                # Runs after the sending that was begun above.
                asyncio.get_running_loop().call_soon(self.sockets.cut)

    def tell(self, kind: Kind, payload: Json) -> None:
        """Deliver once, in the background, what nobody waits for."""
        self._begin(self._try(Parcel(kind, payload, author(payload))))

    async def ask(self, kind: Kind, payload: Json) -> Any:
        """Deliver what a person waits for, once; gives the acknowledgement's body. Raises UnansweredError."""
        return await self._deliver(Parcel(kind, payload, author(payload)))

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

    def _go(self, event: Parcel) -> None:
        """Send an event now, and let those go that it was to overtake."""
        self._begin(self._insist(event))
        self._overtaken.set()
        self._overtaken = asyncio.Event()

    async def _hold(self, event: Parcel, trouble: DeliveryTrouble) -> None:
        """Send an event late: after some seconds, or once another has overtaken it."""
        if trouble.delivery == "delay":
            await asyncio.sleep(trouble.seconds)
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(trouble.seconds):
                    await self._overtaken.wait()
        self._go(event)

    async def _insist(self, event: Parcel) -> None:
        """An event nobody listens to is lost at once; one that was sent and not acknowledged comes again."""
        retry: Retry | None = None
        for number, wait in enumerate((*self._timing.retries, None), 1):
            try:
                await self._deliver(event, retry)
            except UnansweredError as unanswered:
                if wait is None or unanswered.is_final:
                    return
                if retry is None and isinstance(unanswered, NobodyListeningError):
                    return
                retry = Retry(number, unanswered.reason)
                await asyncio.sleep(wait)
            else:
                return

    async def _try(self, parcel: Parcel) -> None:
        with contextlib.suppress(UnansweredError):
            await self._deliver(parcel)

    async def _deliver(self, parcel: Parcel, retry: Retry | None = None) -> Any:
        with self._noted(parcel) as call:
            try:
                transport = self._transport(parcel.kind, parcel.payload)
                call.answer = await transport.deliver(parcel.kind, parcel.payload, retry)
            except UnansweredError as unanswered:
                call.answer, call.failure = {"unanswered": unanswered.reason}, unanswered.reason
                raise
        return call.answer

    def _noted(self, parcel: Parcel) -> AbstractContextManager[Call]:
        """In the log while it is under way, and after."""
        payload = parcel.payload
        name = payload.get("event", {}).get("type") or payload.get("type") or payload.get("command", parcel.kind)
        call = Call(time.time(), "delivery", name, payload, kind=parcel.kind, by=parcel.by, trouble=parcel.effect)
        return self._workspace.calls.timed(call)

    def _transport(self, kind: Kind, payload: Json) -> Transport:
        app = self._workspace.app
        if self._troubles.outage:
            raise NobodyListeningError
        if app.socket_mode:
            return self.sockets
        url = address(app, kind, payload)
        if not url:
            raise NobodyListeningError
        if url not in self._urls:
            self._urls[url] = RequestUrl(app, url, self._timing)
        return self._urls[url]


def author(payload: Json) -> str | None:
    """Whose command or interaction it is."""
    user = payload.get("user") or payload.get("user_id")
    return user["id"] if isinstance(user, dict) else user


def address(app: App, kind: Kind, payload: Json) -> str | None:
    """Where this goes: commands may have addresses of their own, menus' options too; the rest shares one."""
    if kind == "slash_commands":
        return app.commands[payload["command"]].get("url") or app.request_url
    if payload.get("type") == "block_suggestion" and app.options_url:
        return app.options_url
    return app.request_url
