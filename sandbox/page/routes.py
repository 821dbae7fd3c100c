"""The page's addresses: the document at `/`, its live connection, and its style and script.
What people do there goes to `/sandbox/api/<verb>` like everybody else's acts."""

from pathlib import Path
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from sandbox.emoji_names import SIGNS
from sandbox.page import backstage
from sandbox.page.live import LiveConnection
from sandbox.page.screen import Screen
from sandbox.page.unread import Unread
from sandbox.slack import Slack

HERE = Path(__file__).parent
# The page asks nothing of any other machine, and runs no script but its own.
POLICY = (
    "default-src 'self'; img-src 'self' data: http://127.0.0.1:* http://localhost:*; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'"
)


def add_routes(app: web.Application, slack: Slack) -> None:
    """Mount the page of the workspace at `/` of `app`."""
    screen = Screen(slack.workspace, Unread(since=slack.workspace.new_ts()))
    sockets: WeakSet[web.WebSocketResponse] = WeakSet()

    async def page(request: web.Request) -> web.Response:
        look = screen.first_look(request.query.get("as"), request.query.get("channel"), request.query.get("tab"))
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return web.Response(text=screen.page(look), content_type="text/html", headers=headers)

    async def emoji(_: web.Request) -> web.Response:
        return web.json_response(SIGNS, headers={"Cache-Control": "max-age=3600"})

    async def permalink(request: web.Request) -> web.Response:
        """To the channel; the page's script goes on to the message."""
        raise web.HTTPFound(f"/?channel={request.match_info['channel']}#{request.rel_url}")

    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, compress=False)
        await socket.prepare(request)
        sockets.add(socket)
        look = screen.first_look(request.query.get("as"), None, None)
        await LiveConnection(screen, socket, look).run()
        return socket

    async def close_sockets(_: web.Application) -> None:
        for socket in list(sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    app.on_shutdown.append(close_sockets)
    backstage.add_routes(app, slack, sockets)
    app.router.add_get("/", page)
    app.router.add_get("/archives/{channel:[A-Z0-9]+}{message:(/p[0-9]+)?}", permalink)
    app.router.add_get("/sandbox/page/live", live)
    app.router.add_get("/sandbox/page/emoji", emoji)
    app.router.add_static("/sandbox/page/static", HERE / "static")
