"""Slack's requests over HTTP, for deployments that cannot use Socket Mode: one address for all of them.

Bolt checks the signature and refuses what is older than five minutes:
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

PATH = "/slack/events"


def slack_requests(app: AsyncApp) -> web.RouteDef:
    """The route at which Slack reaches ``app``: events, commands, interactions and options."""

    async def receive(request: web.Request) -> web.Response:
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    return web.post(PATH, receive)
