"""Slack's requests over HTTP, for deployments that cannot use Socket Mode: one address for all of them.

Bolt checks the signature and refuses what is older than five minutes:
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

log = structlog.get_logger()

PATH = "/slack/events"

UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)
"""What Bolt raises for a body that it cannot read; what goes wrong in the bot never gets here."""


def slack_requests(app: AsyncApp) -> web.RouteDef:
    """The route at which Slack reaches ``app``: events, commands, interactions and options."""

    async def receive(request: web.Request) -> web.Response:
        if not request.headers.get("X-Slack-Request-Timestamp", "").isdecimal():
            return web.Response(status=401)
        try:
            response = await app.async_dispatch(await to_bolt_request(request))
        except UNREADABLE as fault:
            log.warning("request_unreadable", fault=type(fault).__name__)
            return web.Response(status=400)
        return await to_aiohttp_response(response)

    return web.post(PATH, receive)
