"""Bolt's app: what Slack delivers is first heard by the middleware, then tried against the listeners."""

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import bot.commands  # noqa: F401  (registers the words)
from bot import listeners
from bot.channels.hearing import hearing
from bot.context import Bot


def build_app(at_work: Bot, client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """The app that answers for ``at_work``; ``signing_secret`` matters where Slack calls over HTTP."""
    app = AsyncApp(client=client, signing_secret=signing_secret or None, before_authorize=hearing(at_work))
    listeners.register(app, at_work)
    return app
