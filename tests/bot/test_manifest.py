"""The manifest asks for what the bot uses, and for nothing else; the tables behind that agree with the code and Slack.

The scopes of each method: https://docs.slack.dev/reference/methods, of each event: https://docs.slack.dev/reference/events
"""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import sandbox.api  # noqa: F401  (registers the methods)
from bot.channels.hearing import HEARD
from bot.manifest import EVENTS, SHORTCUTS, manifest_faults, needed_scopes, read_manifest
from bot.slack import SCOPES
from sandbox.api.registry import CHANNEL_SCOPES, METHODS
from sandbox.manifest import read_manifest as read_as_slack
from tests.bot.command_line import REPOSITORY

BOT = REPOSITORY / "bot"


def spoken_methods() -> set[str]:
    """Every method of Slack's that is written anywhere in the bot, apart from the table itself."""
    return {
        value for path in BOT.rglob("*.py") if path.name != "slack.py" for value in strings(path) if value in METHODS
    }


def strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_manifest_asks_for_all_that_is_used_and_nothing_else() -> None:
    assert manifest_faults(read_manifest()) == []


def test_the_table_of_scopes_has_each_method_that_is_called_and_no_other() -> None:
    assert spoken_methods() == set(SCOPES)


@pytest.mark.parametrize("method", SCOPES)
def test_a_methods_scopes_are_among_those_of_which_slack_asks_one(method: str) -> None:
    """What is more is for what the bot does with the method: posting where it is not, reading metadata."""
    any_of = METHODS[method].scopes
    more = {"chat:write.public", "metadata.message:read"}
    by_channel = {scope for kinds in CHANNEL_SCOPES.values() for scopes in kinds.values() for scope in scopes}
    ours = set(SCOPES[method]) - more
    assert ours <= set(any_of) | by_channel
    if any_of:
        assert ours & set(any_of)


def test_each_event_that_is_heard_is_asked_for() -> None:
    heard = {*HEARD, "app_home_opened", "message.channels", "message.groups"}
    assert heard == set(EVENTS)


def test_slack_takes_the_manifest() -> None:
    manifest = read_as_slack(REPOSITORY / "app_manifest.yml")
    assert manifest.settings.socket_mode_enabled
    assert {shortcut.callback_id for shortcut in manifest.features.shortcuts} == SHORTCUTS
    assert set(manifest.oauth_config.scopes.bot) == needed_scopes()


def test_the_manifest_keeps_slacks_limits() -> None:
    """https://docs.slack.dev/reference/app-manifest"""
    manifest = read_manifest()
    information, features = manifest["display_information"], manifest["features"]
    assert len(information["name"]) <= 35
    assert len(information["description"]) <= 140
    assert 174 <= len(information["long_description"]) <= 4000
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["slash_commands"][0]["description"]) <= 2000
    assert len(features["slash_commands"][0]["usage_hint"]) <= 1000
    assert all(len(shortcut["description"]) <= 150 for shortcut in features["shortcuts"])


def without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def remove(manifest: dict[str, Any]) -> None:
        inner: Any = manifest
        for key in path[:-1]:
            inner = inner[key]
        inner.remove(path[-1]) if isinstance(inner, list) else inner.pop(path[-1])

    return remove


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("oauth_config", "scopes", "bot", "pins:write"), "lacks the scope pins:write"),
        (without("oauth_config"), "lacks the scope commands"),
        (without("settings", "event_subscriptions", "bot_events", "message.groups"), "lacks the event message.groups"),
        (without("features", "shortcuts"), "lacks the shortcut add_to_timeline"),
        (without("features", "slash_commands"), "lacks the command /incident"),
        (without("settings", "interactivity"), "Interactivity is off"),
        (without("features", "app_home"), "Home tab is off"),
        (lambda it: it["oauth_config"]["scopes"]["bot"].append("files:read"), "scope files:read, which nothing uses"),
        (lambda it: it["features"]["slash_commands"][0].update(should_escape=False), "should_escape"),
    ],
)
def test_each_fault_of_a_manifest_is_named(change: Callable[[dict[str, Any]], None], said: str) -> None:
    manifest = deepcopy(read_manifest())
    change(manifest)
    assert any(said in fault for fault in manifest_faults(manifest))


@pytest.mark.parametrize("written", [{}, {"features": None, "settings": None, "oauth_config": None}])
def test_an_empty_manifest_lacks_everything(written: dict[str, Any]) -> None:
    assert len(manifest_faults(written)) > len(needed_scopes())
