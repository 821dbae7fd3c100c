"""Slack's door by each of the bot's tokens; where a token does not open it, the sentence that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings, WrongSettings
from bot.slack import Door, SlackRefused, SlackUnavailable

BOT_TOKEN = "SLACK_BOT_TOKEN"
APP_TOKEN = "SLACK_APP_TOKEN"
HINTS = {
    BOT_TOKEN: "Copy it anew from OAuth & Permissions.",
    APP_TOKEN: "It needs connections:write, and Socket Mode must be on in the app's settings.",
}


def web_client(settings: Settings, token: str) -> AsyncWebClient:
    """slack_sdk's client for ``token``; whether to try again is the door's to decide."""
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[])


def app_door(settings: Settings) -> Door:
    """Slack's door by the app-level token."""
    return Door(web_client(settings, settings.slack_app_token))


@contextmanager
def token_taken(name: str) -> Iterator[None]:
    """Raises WrongSettings where Slack does not take the token ``name``, one of `HINTS`, or cannot be reached."""
    try:
        yield
    except SlackRefused as refused:
        raise WrongSettings(f"Slack refuses {name} ({refused.error}). {HINTS[name]}") from refused
    except SlackUnavailable as away:
        raise WrongSettings(f"Slack cannot be reached ({away}). Check SLACK_API_URL and the network.") from away
