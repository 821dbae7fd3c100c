"""Behind the workspace, on the page: the trouble that is asked for, and the log of the app's calls and deliveries.
Each open page has a connection for it, and says over it what of that is looked at."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakSet

from aiohttp import WSMsgType, web
from jinja2 import Environment
from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from sandbox.log import MAX_CALLS_KEPT, Call
from sandbox.page.drawing import environment
from sandbox.page.rows import who
from sandbox.page.screen import WorkspaceNames, seconds
from sandbox.people.troubling import troubles_seen
from sandbox.slack import Slack

LINES_SHOWN = 200
LONGEST_PREVIEW = 200
SETTLE_SECONDS = 0.15
KINDS = {
    "call": "call",
    "events_api": "event",
    "slash_commands": "command",
    "interactive": "interaction",
}
# What each delivery holds, whatever it tells, and what its line says already.
TOLD_ANYWAY = {
    *("type", "token", "team_id", "team_domain", "team", "api_app_id", "enterprise", "is_enterprise_install"),
    *("event_ts", "trigger_id", "response_url", "user", "user_id", "user_name", "channel_id", "command"),
}


class Wish(BaseModel):
    """What of it is looked at (nothing while the panel is closed), and which calls and deliveries are wanted."""

    tab: Literal["trouble", "log"] | None = None
    kind: str = ""
    name: str = ""
    by: str = ""
    fared: Literal["", "failed", "troubled"] = ""
    text: str = ""

    def fits(self, call: Call) -> bool:
        return (
            self.kind in ("", call.kind)
            and self.name in ("", call.name)
            and self.by in ("", call.by)
            and (self.fared != "failed" or call.error is not None)
            and (self.fared != "troubled" or call.trouble is not None)
        )


@dataclass(frozen=True)
class Count:
    """How often a method was called or a kind of delivery sent; `median` is in seconds, None before any answer."""

    name: str
    kind: str
    times: int
    failed: int
    median: float | None


class Backstage:
    """Draws what is behind one workspace; the same for everybody."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self._environment = _environment(slack)
        self._lines: dict[int, Markup] = {}
        self._texts: dict[int, str] = {}

    def draw(self, wish: Wish) -> tuple[dict[str, Markup], list[str]]:
        """HTML by the id of its place; and the ids of the log's lines in order, the newest first."""
        seen = troubles_seen(self.slack)
        pieces = {"backstage-sign": self._piece("backstage_sign", seen=seen)}
        if wish.tab == "trouble":
            pieces["troubles"] = self._piece("troubles", seen=seen, now=time.time())
        if wish.tab != "log":
            return pieces, []
        calls = self.slack.workspace.calls
        found = [call for call in reversed(calls) if wish.fits(call) and self._holds(call, wish.text.casefold())]
        pieces["log-counts"] = self._piece("log_counts", counts=counted(calls), kinds=KINDS, wish=wish)
        pieces["log-sum"] = self._piece("log_sum", found=len(found), shown=LINES_SHOWN, all=len(calls))
        lines = {f"call-{call.id}": self._line(call) for call in found[:LINES_SHOWN]}
        return pieces | lines, list(lines)

    def detail(self, call: Call) -> Markup:
        """All that was asked, and all that was answered."""
        return self._piece("call_detail", asked=pretty(call.arguments), answered=pretty(call.answer), call=call)

    def _line(self, call: Call) -> Markup:
        """What has been answered stays as it is, and is drawn once."""
        if call.id in self._lines:
            return self._lines[call.id]
        drawn = self._piece(
            "log_line",
            call=call,
            kind=KINDS.get(call.kind, call.kind),
            who=who(self.slack.workspace, call.by) if call.by else None,
            preview=preview(call),
        )
        if call.latency is not None:
            _keep(self._lines, call, drawn)
        return drawn

    def _holds(self, call: Call, text: str) -> bool:
        """Whether the text stands anywhere in what was asked or answered, or in its name."""
        if not text:
            return True
        whole = self._texts.get(call.id) or f"{call.name} {brief(call.arguments)} {brief(call.answer)}".casefold()
        if call.latency is not None:
            _keep(self._texts, call, whole)
        return text in whole

    def _piece(self, template: str, **values: Any) -> Markup:
        return Markup(self._environment.get_template(f"{template}.html").render(values))


class BackstageConnection:
    """The connection of one open page, from its opening to its closing."""

    def __init__(self, backstage: Backstage, socket: web.WebSocketResponse) -> None:
        self._backstage = backstage
        self._socket = socket
        self._wish = Wish()
        self._woken = asyncio.Event()
        self._sent: dict[str, Markup] = {}

    async def run(self) -> None:
        slack = self._backstage.slack
        with slack.troubles.changes.watch(self._woken), slack.workspace.calls.changes.watch(self._woken):
            following = asyncio.create_task(self._follow())
            try:
                await self._listen()
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError, ConnectionResetError):
                    await following

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            with suppress(ValidationError):
                self._wish, self._sent = Wish.model_validate_json(message.data), {}
                await self._send_changed()

    async def _follow(self) -> None:
        """Send what is new, some times a second at most; also when an outage has ended by itself."""
        while True:
            outage = self._backstage.slack.troubles.outage
            with suppress(TimeoutError):
                async with asyncio.timeout(outage.left + SETTLE_SECONDS if outage else None):
                    await self._woken.wait()
            self._woken.clear()
            await self._send_changed()
            await asyncio.sleep(SETTLE_SECONDS)

    async def _send_changed(self) -> None:
        pieces, order = self._backstage.draw(self._wish)
        changed = {place: html for place, html in pieces.items() if self._sent.get(place) != html}
        self._sent = pieces
        if changed:
            await self._socket.send_json({"pieces": changed, "order": order})


def add_routes(app: web.Application, slack: Slack, sockets: "WeakSet[web.WebSocketResponse]") -> None:
    """Mount the connection, which is closed with those of `sockets`, and the whole of one call."""
    backstage = Backstage(slack)

    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, compress=False)
        await socket.prepare(request)
        sockets.add(socket)
        await BackstageConnection(backstage, socket).run()
        return socket

    async def detail(request: web.Request) -> web.Response:
        call = slack.workspace.calls.find(int(request.match_info["call"]))
        if call is None:
            raise web.HTTPNotFound
        return web.Response(text=backstage.detail(call), content_type="text/html")

    app.router.add_get("/sandbox/page/backstage", live)
    app.router.add_get("/sandbox/page/calls/{call:[0-9]+}", detail)


def counted(calls: Iterable[Call]) -> list[Count]:
    """The calls and deliveries in the log by what they are, the most frequent first."""
    found: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        found.setdefault((call.kind, call.name), []).append(call)
    counts = [
        Count(name, kind, len(each), sum(call.error is not None for call in each), _median(each))
        for (kind, name), each in found.items()
    ]
    return sorted(counts, key=lambda count: (-count.times, count.name))


def _median(calls: Sequence[Call]) -> float | None:
    taken = [call.latency for call in calls if call.latency is not None]
    return statistics.median(taken) if taken else None


def preview(call: Call) -> str:
    """The beginning of what was asked; of an event, of what happened."""
    said = call.arguments.get("event", call.arguments)
    told = (f"{name}: {brief(value)}" for name, value in said.items() if name not in TOLD_ANYWAY)
    return ", ".join(told)[:LONGEST_PREVIEW]


def brief(value: Any) -> str:
    """The value on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def pretty(value: Any) -> str:
    """The value as one reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _keep(kept: dict[int, Any], call: Call, value: Any) -> None:
    """Keep what does not change any more; what has left the log is forgotten now and then."""
    if len(kept) > 2 * MAX_CALLS_KEPT:
        kept.clear()
    kept[call.id] = value


def _environment(slack: Slack) -> Environment:
    made = environment(WorkspaceNames(slack.workspace, slack.workspace.app.bot_user_id))
    made.filters["seconds"] = seconds
    return made
