"""What the app's manifest must say for the bot to work, and whether a manifest says it.

https://docs.slack.dev/reference/app-manifest
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.slack import SCOPES

MANIFEST = Path(__file__).parent.parent / "app_manifest.yml"

COMMAND = "/incident"
DECLARE_SHORTCUT = "declare_incident"
DECLARE_FROM_MESSAGE = "declare_from_message"
ADD_TO_TIMELINE = "add_to_timeline"
SHORTCUTS = {DECLARE_SHORTCUT, DECLARE_FROM_MESSAGE, ADD_TO_TIMELINE}

EVENTS: Mapping[str, str] = {
    "app_home_opened": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "member_joined_channel": "channels:read groups:read",
    "member_left_channel": "channels:read groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "reaction_added": "reactions:read",
    "user_change": "users:read",
}
"""The events that the bot listens for, and the scopes each needs: https://docs.slack.dev/reference/events"""


def needed_scopes() -> set[str]:
    """Every bot scope without which a call, a command or an event would fail."""
    called = {scope for scopes in SCOPES.values() for scope in scopes}
    heard = {scope for scopes in EVENTS.values() for scope in scopes.split()}
    return {"commands"} | called | heard


def read_manifest(path: Path = MANIFEST) -> dict[str, Any]:
    """The manifest in ``path``. Raises OSError, yaml.YAMLError."""
    manifest: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return manifest


def manifest_faults(manifest: Mapping[str, Any]) -> list[str]:
    """One sentence for each thing that the manifest lacks, or has and the bot does not use."""
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    scopes = _part(manifest, "oauth_config", "scopes").get("bot", [])
    events = _part(settings, "event_subscriptions").get("bot_events", [])
    shortcuts = {shortcut.get("callback_id") for shortcut in features.get("shortcuts", [])}
    commands = {command.get("command"): command for command in features.get("slash_commands", [])}
    faults = [
        *_differences("the scope", needed_scopes(), scopes),
        *_differences("the event", EVENTS, events),
        *_differences("the shortcut", SHORTCUTS, shortcuts),
        *_differences("the command", {COMMAND}, commands),
    ]
    if not commands.get(COMMAND, {}).get("should_escape"):
        faults.append(f"{COMMAND} needs should_escape: true, or people cannot be mentioned in it.")
    if not _part(settings, "interactivity").get("is_enabled"):
        faults.append("Interactivity is off: no button and no form would work.")
    if not _part(features, "app_home").get("home_tab_enabled"):
        faults.append("The Home tab is off.")
    return faults


def _part(manifest: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """What lies at ``path``; empty where there is nothing."""
    for key in path:
        manifest = manifest.get(key) or {}
    return manifest


def _differences(what: str, needed: Iterable[str], there: Iterable[str]) -> list[str]:
    missing = [f"The manifest lacks {what} {each}." for each in sorted(set(needed) - set(there))]
    unused = [f"The manifest has {what} {each}, which nothing uses." for each in sorted(set(there) - set(needed))]
    return missing + unused
