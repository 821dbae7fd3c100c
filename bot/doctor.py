"""`tocsin doctor`: looks at everything the bot stands on, and says for each fault what to do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.manifest import manifest_faults, needed_scopes, read_manifest
from bot.settings import Settings, slack_problems
from incidents.model.vocabulary import incident_name
from storage.storage import SqlStorage

TIME_LIMIT = 10
"""Seconds for each call to Slack."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: all is well, or the faults and what to do about each."""

    what: str
    faults: list[str]


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at settings, database, token, scopes and manifest, one after the other."""
    yield Finding("Settings", slack_problems(settings))
    yield Finding("Database", await _database(settings))
    yield Finding("Manifest", _manifest())
    if settings.slack_bot_token:
        client = AsyncWebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url, timeout=TIME_LIMIT)
        yield Finding("Bot token and scopes", await _token(client))
        if settings.slack_app_token:
            yield Finding("Socket Mode", await _socket_mode(client, settings.slack_app_token))


async def _database(settings: Settings) -> list[str]:
    try:
        storage = await SqlStorage.open(settings.database_url)
    except (SQLAlchemyError, OSError, ValueError) as error:
        return [f"The database cannot be opened or migrated: {error}. Check DATABASE_URL."]
    try:
        return [
            f"{incident_name(each.job.incident)} {each.job.kind}: {each.reason}" for each in await storage.jobs.parked()
        ]
    finally:
        await storage.close()


def _manifest() -> list[str]:
    try:
        return manifest_faults(read_manifest())
    except (OSError, yaml.YAMLError) as error:
        return [f"app_manifest.yml cannot be read: {error}."]


async def _token(client: AsyncWebClient) -> list[str]:
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        return [f"Slack refuses the bot token ({error.response['error']}). Copy it anew from OAuth & Permissions."]
    except OSError as error:
        return [f"Slack cannot be reached at {client.base_url}: {error}."]
    granted = set(answer.headers.get("x-oauth-scopes", "").split(","))
    return [
        f"The token lacks the scope {scope}. Put app_manifest.yml into the app's manifest and reinstall the app."
        for scope in sorted(needed_scopes() - granted)
    ]


async def _socket_mode(client: AsyncWebClient, app_token: str) -> list[str]:
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        return [
            f"Slack refuses SLACK_APP_TOKEN ({error.response['error']}). It needs connections:write, "
            "and Socket Mode must be on in the app's settings."
        ]
    except OSError as error:
        return [f"Slack cannot be reached at {client.base_url}: {error}."]
    return []
