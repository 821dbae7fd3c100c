"""The live connection of one open page: sends the pieces of the screen that changed, and toasts.
The page says over the same WebSocket what its reader looks at."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiohttp import WSMsgType, web
from markupsafe import Markup

from sandbox.page.mrkdwn import unescaped
from sandbox.page.rows import who
from sandbox.page.screen import MESSAGES_SHOWN, Look, Screen
from sandbox.things import Change

SETTLE_SECONDS = 0.02
MOST_SHOWN = 5000
REST = 20
"""While changes go on, a page is drawn for at most a part in twenty of the time, so that many may watch."""


class LiveConnection:
    """One page of one person, from its opening to its closing."""

    def __init__(self, screen: Screen, socket: web.WebSocketResponse, look: Look) -> None:
        self.screen = screen
        self.socket = socket
        self.look = look
        self.is_seen = True
        self.sent: dict[str, Markup] = {}

    async def run(self) -> None:
        """Serve the page until it closes."""
        with self.screen.workspace.subscribe() as changes:
            tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._follow(changes))]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
            with suppress(ConnectionResetError):
                for task in done:
                    task.result()

    async def _listen(self) -> None:
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            self._look_at(message.json())
            await self._send_changed()

    def _look_at(self, said: dict[str, Any]) -> None:
        """Look where the page says; what is unread there, as one comes or comes back, is marked as new."""
        before, was_seen = self.look, self.is_seen and bool(self.sent)
        asked = self.screen.first_look(before.user, said.get("channel"), said.get("tab"))
        thread = said.get("thread") if asked.channel == said.get("channel") else None
        shown = min(max(int(said.get("shown", MESSAGES_SHOWN)), MESSAGES_SHOWN), MOST_SHOWN)
        self.look, self.is_seen = replace(asked, thread=thread, shown=shown), said.get("seen", True)
        if was_seen and asked.channel == before.channel:
            self.look = replace(self.look, new_since=before.new_since)
        elif asked.channel:
            channel, unread = self.screen.workspace.channels[asked.channel], self.screen.unread
            if any(unread.messages(before.user, channel)):
                self.look = replace(self.look, new_since=unread.mark(before.user, channel))

    async def _follow(self, changes: "asyncio.Queue[Change]") -> None:
        rested = 0.0
        while True:
            batch = [await changes.get()]
            await asyncio.sleep(max(SETTLE_SECONDS, rested - time.perf_counter()))
            while not changes.empty():
                batch.append(changes.get_nowait())
            began = time.perf_counter()
            await self._send_changed([toast for change in batch if (toast := self._toast(change))])
            ended = time.perf_counter()
            rested = ended + REST * (ended - began)

    async def _send_changed(self, toasts: list[dict[str, Any]] | None = None) -> None:
        look = self.screen.first_look(self.look.user, self.look.channel, self.look.tab)
        self.look = replace(self.look, tab=look.tab) if look.channel == self.look.channel else look
        if self.is_seen and self.look.channel:
            self.screen.unread.read(self.look.user, self.screen.workspace.channels[self.look.channel])
        drawn = self.screen.draw(self.look)
        changed = {place: html for place, html in drawn.pieces.items() if self.sent.get(place) != html}
        self.sent = drawn.pieces
        await self.socket.send_json(
            {
                "look": {"channel": self.look.channel, "thread": self.look.thread, "tab": self.look.tab},
                "pieces": changed,
                "order": list(drawn.order),
                "title": drawn.title,
                "toasts": toasts or [],
            }
        )

    def _toast(self, change: Change) -> dict[str, Any] | None:
        """What is worth a word to a reader who looks elsewhere: being added to a channel, and a direct message."""
        if change.channel is None or (change.channel == self.look.channel and self.is_seen):
            return None
        channel = self.screen.workspace.channels.get(change.channel)
        if channel is None or self.look.user not in channel.members:
            return None
        if change.kind == "member_joined" and change.user == self.look.user:
            return {"channel": channel.id, "text": f"You were added to #{channel.name}"}
        if change.kind == "message_posted" and channel.is_im:
            latest = next(self.screen.unread.messages(self.look.user, channel), None)
            if latest:
                sender = who(self.screen.workspace, latest.user).name
                return {"channel": channel.id, "text": f"{sender}: {unescaped(latest.text)[:120]}"}
        return None
