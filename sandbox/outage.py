"""What the app meets at Slack's addresses while Slack is down."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.troubles import Outage, Troubles

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# As Slack's proxies say it, not its API: "with a 500 you don't get JSON" (slack-ruby/slack-ruby-client pull 307).
PAGE = "<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body></body></html>"


def unless_down(troubles: Troubles, handler: Handler) -> Handler:
    """The handler, which is not reached during an outage."""

    async def handle(request: web.Request) -> web.StreamResponse:
        outage = troubles.outage
        return refuse(request, outage) if outage else await handler(request)

    return handle


def refuse(request: web.Request, outage: Outage) -> web.StreamResponse:
    """What the outage has for every request."""
    return cut(request) if outage.answer == "cut" else web.Response(status=503, text=PAGE, content_type="text/html")


def cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response()
