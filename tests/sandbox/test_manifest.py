"""The app is what its manifest says: no more scopes, events or ways in than that."""

from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.__main__ import hurried, main
from sandbox.deliveries.courier import address
from sandbox.manifest import install, read_manifest
from sandbox.refusals import RefusedError
from sandbox.server import running_sandbox
from tests.sandbox.conftest import GENERAL, manifest, refused

YAML = """
display_information: {name: Bell}
features:
  slash_commands: [{command: /bell, description: Ring}]
oauth_config: {scopes: {bot: [commands, chat:write]}}
settings:
  event_subscriptions: {bot_events: [message.channels], request_url: "https://bell.example/events"}
"""


def test_an_app_from_yaml() -> None:
    app = install(read_manifest(YAML))
    assert (app.name, app.scopes, app.bot_events) == ("Bell", {"commands", "chat:write"}, {"message.channels"})
    assert (app.socket_mode, app.request_url, app.home_tab) == (False, "https://bell.example/events", False)
    assert list(app.commands) == ["/bell"]


def test_a_request_url_that_is_given_is_the_only_one() -> None:
    wanted = manifest(socket_mode=False)
    wanted["features"]["slash_commands"][0]["url"] = "https://bell.example/commands"
    wanted["settings"]["interactivity"]["message_menu_options_url"] = "https://bell.example/options"
    there, here = install(read_manifest(wanted)), install(read_manifest(wanted), "http://127.0.0.1:3000/slack/events")
    command, suggestion = {"command": "/trial"}, {"type": "block_suggestion"}
    assert address(there, "slash_commands", command) == "https://bell.example/commands"
    assert address(there, "interactive", suggestion) == "https://bell.example/options"
    assert address(here, "slash_commands", command) == here.request_url == address(here, "interactive", suggestion)


def test_a_manifest_in_json_may_be_indented_by_tabs() -> None:
    assert install(read_manifest('{\n\t"display_information": {"name": "Bell"}\n}')).name == "Bell"


def test_commands_need_their_scope() -> None:
    with pytest.raises(ValidationError, match="need the bot scope"):
        read_manifest(YAML.replace("commands, ", ""))


async def test_without_interactivity_nothing_is_pressed() -> None:
    wanted: dict[str, Any] = manifest()
    wanted["settings"]["interactivity"]["is_enabled"] = False
    async with running_sandbox(wanted) as sandbox:
        with pytest.raises(RefusedError, match="interactivity_disabled"):
            await sandbox.person("ana").shortcut("everywhere")


async def test_without_socket_mode_there_is_no_connection_to_open() -> None:
    async with running_sandbox(manifest(socket_mode=False)) as sandbox:
        with refused("forbidden_for_app"):
            web = AsyncWebClient(base_url=sandbox.api_url)
            await web.apps_connections_open(app_token=sandbox.app.app_token)


async def test_a_scope_left_out_is_missed_by_every_method_that_needs_it() -> None:
    async with running_sandbox(manifest(without="chat:write")) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        with refused("missing_scope"):
            await web.chat_postMessage(channel=GENERAL, text="x")


async def test_who_may_set_bookmarks_may_not_read_them_for_that() -> None:
    async with running_sandbox(manifest(without="bookmarks:read")) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        with refused("missing_scope"):
            await web.bookmarks_list(channel_id=GENERAL)


async def test_an_event_whose_scope_is_missing_is_not_sent() -> None:
    async with running_sandbox(manifest(without="reactions:read")) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        await web.conversations_join(channel=GENERAL)
        ts = await sandbox.person("ana").say(GENERAL, "x")
        await sandbox.person("ana").react(GENERAL, ts, "eyes")
        sent = {
            c["arguments"]["event"]["type"] for c in await sandbox.person("ana").calls() if c["direction"] == "delivery"
        }
        assert "message" in sent
        assert "reaction_added" not in sent


def test_in_a_hurry_an_event_comes_again_as_much_sooner_and_all_else_takes_its_time() -> None:
    assert hurried(60).retries == (0, 1, 5)
    assert hurried(60).acknowledge == hurried(1).acknowledge == 3


def test_the_command_line_says_what_is_wrong_with_a_manifest(tmp_path: Any) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text("features: [nonsense]")
    answer = CliRunner().invoke(main, ["--manifest", str(path)])
    assert answer.exit_code == 1
    assert "is not a Slack manifest" in answer.output
