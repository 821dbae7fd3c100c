"""`tocsin doctor`: looks at everything the bot stands on, changes nothing, and says for each fault what to do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import yaml

from bot.channels.listing import pages
from bot.manifest import manifest_faults, needed_scopes, read_manifest
from bot.settings import Settings, WrongSettings, load_settings, slack_problems
from bot.slack import Door, SlackRefused, SlackUnavailable
from bot.tokens import APP_TOKEN, BOT_TOKEN, app_door, token_taken, web_client
from incidents.model.organisation import Organisation

REINSTALL = "Put app_manifest.yml into the app's manifest and reinstall the app."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: all is well, or the faults and what to do about each."""

    what: str
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and no fault."""


ExamineDatabase = Callable[[str], Awaitable[tuple[list[str], list[str], Organisation]]]
"""Looks at the database at an address, without changing it; gives faults, notes, and the organisation it holds."""


async def examine(examine_database: ExamineDatabase) -> AsyncIterator[Finding]:
    """Look at settings, database, manifest and Slack, one after the other."""
    try:
        settings = load_settings()
    except WrongSettings as wrong:
        yield Finding("Settings", [str(wrong)])
        return
    yield Finding("Settings", slack_problems(settings))
    faults, notes, organisation = await examine_database(settings.database_url)
    yield Finding("Database", faults, notes)
    yield Finding("Manifest", _manifest())
    if settings.slack_bot_token:
        async for finding in _slack(settings, organisation):
            yield finding


def _manifest() -> list[str]:
    try:
        return manifest_faults(read_manifest())
    except (OSError, yaml.YAMLError) as error:
        return [f"app_manifest.yml cannot be read: {error}. Take it from the repository again."]


async def _slack(settings: Settings, organisation: Organisation) -> AsyncIterator[Finding]:
    slack = Door(web_client(settings, settings.slack_bot_token))
    try:
        with token_taken(BOT_TOKEN):
            granted = await slack.granted_scopes()
    except WrongSettings as wrong:
        yield Finding("Bot token", [str(wrong)])
        return
    yield Finding("Bot token")
    lacking = sorted(needed_scopes() - granted)
    yield Finding("Scopes", [f"The token lacks the scope {scope}. {REINSTALL}" for scope in lacking])
    yield Finding("Channels", await _channels(slack, _wanted_channels(settings, organisation)))
    if settings.slack_app_token:
        yield Finding("Socket Mode", await _socket_mode(settings))


def _wanted_channels(settings: Settings, organisation: Organisation) -> dict[str, str]:
    """The channels that the bot posts in, by id or name, and what each is for."""
    announcements = organisation.channels.announcements
    if announcements is None:
        announcements = settings.tocsin_announcement_channels
    alerts = {source.channel: f"alerts of {source.name} go" for source in organisation.sources.values()}
    return {**alerts, **dict.fromkeys(announcements, "incidents are announced")}


async def _channels(slack: Door, wanted: Mapping[str, str]) -> list[str]:
    """Private ones are found where the bot is a member: https://docs.slack.dev/reference/methods/conversations.list"""
    there: set[str] = set()
    types = "public_channel,private_channel"
    try:
        async for channel in pages(slack, "conversations.list", "channels", types=types, exclude_archived=True):
            there |= {channel["id"], channel["name"]}
    except (SlackRefused, SlackUnavailable) as error:
        return [f"The channels cannot be listed ({error}). {REINSTALL}"]
    return [
        f"There is no channel {name} that the bot can see, where {what}. Make it (a private one: invite the bot), "
        "or name another: Home, Settings."
        for name, what in wanted.items()
        if name not in there
    ]


async def _socket_mode(settings: Settings) -> list[str]:
    try:
        with token_taken(APP_TOKEN):
            await app_door(settings).call("apps.connections.open")
    except WrongSettings as wrong:
        return [str(wrong)]
    return []
