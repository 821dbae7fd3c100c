"""Bolt for Python's own examples, as its published package carries them, run against the sandbox over Socket Mode.

They are read from the installed package, and so are what is published, unchanged: the docstrings of `App`
(docs.slack.dev/tools/bolt-python/reference/app/app.html, from
github.com/slackapi/bolt-python/blob/main/slack_bolt/app/app.py) and the README (pypi.org/project/slack-bolt, from
github.com/slackapi/bolt-python/blob/main/README.md).
"""

import asyncio
import inspect
import re
import textwrap
from collections.abc import AsyncIterator
from importlib.metadata import metadata
from typing import Any

import pytest
import pytest_asyncio
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.deliveries.transport import Timing
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, manifest, until
from tests.sandbox.shapes import misfits
from tests.sandbox.test_modals import entry, modal, plain

FORM = modal(entry("block_c", {"type": "plain_text_input", "action_id": "dreamy_input"}), callback_id="view_1")
"""What the example of a modal leaves to its reader, with the input block that the example of a submission assumes."""
LEFT_TO_THE_READER = "{ ... }"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def wanted() -> dict[str, Any]:
    """The manifest of an app that has the commands and shortcuts of the examples."""
    wanted = manifest()
    wanted["features"]["slash_commands"] = [{"command": "/echo"}, {"command": "/hello-bolt-python"}]
    wanted["features"]["shortcuts"] = [{"name": "Open", "type": "global", "callback_id": "open_modal"}]
    return wanted


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One for all examples: Bolt's Socket Mode client takes seconds to leave."""
    async with running_sandbox(wanted(), timing=Timing(acknowledge=0.4)) as running:
        yield running
        assert misfits(running.workspace.calls) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(sandbox: Sandbox) -> AsyncIterator[App]:
    """Bolt's `App` over its own Socket Mode client, in threads of its own."""
    client = WebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
    made = await asyncio.to_thread(App, client=client)
    handler = SocketModeHandler(made, sandbox.app.app_token, web_client=WebClient(base_url=sandbox.api_url))
    await asyncio.to_thread(handler.connect)
    await until(lambda: sandbox.slack.courier.sockets.connected)
    yield made
    await asyncio.to_thread(handler.close)


def example(method: Any) -> str:
    """The code in a method's docstring."""
    found = re.search(r"^    # Use this method.*?(?=^\S)", inspect.cleandoc(method.__doc__), re.MULTILINE | re.DOTALL)
    assert found, f"{method.__name__} has no example"
    return textwrap.dedent(found[0])


def readme_example(containing: str) -> str:
    """The README's block of Python that contains this."""
    readme = str(metadata("slack_bolt").get_payload())
    [found] = [code for code in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if containing in code]
    return str(found)


def run(code: str, **names: Any) -> dict[str, Any]:
    """Run an example with these names at hand; gives all that it defines."""
    scope = {"__name__": "example", **names}
    exec(compile(code, "<example>", "exec"), scope)
    return scope


async def test_the_command_echoes(sandbox: Sandbox, app: App) -> None:
    run(example(App.command), app=app)
    ana = sandbox.person("ana")
    await ana.invite(GENERAL, sandbox.app.bot_user_id)
    await ana.command(GENERAL, "/echo Hello there")
    assert await until(lambda: said_by_the_app(sandbox, GENERAL)) == ["Hello there"]


async def test_the_message_is_answered(sandbox: Sandbox, app: App) -> None:
    run(example(App.message), app=app)
    ana = sandbox.person("ana")
    await ana.invite(INCIDENTS, sandbox.app.bot_user_id)
    await ana.say(INCIDENTS, "Hello :wave:")
    assert await until(lambda: said_by_the_app(sandbox, INCIDENTS)) == ["Hi there, <@U0ANA>!"]


async def test_the_action_is_acknowledged(sandbox: Sandbox, app: App) -> None:
    run(example(App.action), app=app)
    names = ("approve_button", "other_button")
    buttons = [{"type": "button", "action_id": name, "text": plain(name)} for name in names]
    blocks = [{"type": "actions", "block_id": "row", "elements": buttons}]
    ts = await posted(app, text="Approve?", blocks=blocks)
    await sandbox.person("ana").press("approve_button", "row", channel=GENERAL, ts=ts)
    with pytest.raises(RefusedError, match="operation_timeout"):
        await sandbox.person("ana").press("other_button", "row", channel=GENERAL, ts=ts)


async def test_the_shortcut_opens_a_modal_whose_submission_is_checked(sandbox: Sandbox, app: App) -> None:
    run(example(App.shortcut).replace(LEFT_TO_THE_READER, "FORM"), app=app, FORM=FORM)
    run(example(App.view), app=app)
    ana = sandbox.person("ana")
    await ana.shortcut("open_modal")
    await until(lambda: sandbox.workspace.open_views(ana.id))
    [form] = await ana.views()
    errors = await ana.submit(form["id"], {"block_c": {"dreamy_input": "To sleep"}})
    assert errors == {"block_c": "The value must be longer than 5 characters"}


async def test_the_menu_offers_its_options(sandbox: Sandbox, app: App) -> None:
    run(example(App.options), app=app)
    menu = {"type": "external_select", "action_id": "menu_selection", "min_query_length": 0}
    blocks = [{"type": "actions", "block_id": "row", "elements": [menu]}]
    ts = await posted(app, text="Which?", blocks=blocks)
    offered = await sandbox.person("ana").options("menu_selection", "row", channel=GENERAL, ts=ts)
    assert [option["text"]["text"] for option in offered] == ["Option 1", "Option 2"]


async def test_the_home_tab_is_published_when_it_is_opened(sandbox: Sandbox, app: App) -> None:
    """As docs.slack.dev/tools/bolt-python/concepts/app-home has it; the package carries no example of it."""

    @app.event("app_home_opened")
    def welcome(client: WebClient, event: dict[str, Any]) -> None:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"Welcome, <@{event['user']}>"}}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    ana = sandbox.person("ana")
    await ana.open_home()
    await until(lambda: ana.id in sandbox.workspace.homes)
    home = await ana.home()
    assert home
    assert home["blocks"][0]["text"]["text"] == "Welcome, <@U0ANA>"


async def test_the_readmes_async_app(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_sandbox(wanted()) as sandbox:
        monkeypatch.setenv("SLACK_BOT_TOKEN", sandbox.app.bot_token)
        monkeypatch.setenv("SLACK_SIGNING_SECRET", sandbox.app.signing_secret)
        app = run(readme_example("app = AsyncApp()"))["app"]
        app.client.base_url = sandbox.api_url
        web = AsyncWebClient(base_url=sandbox.api_url)
        handler = AsyncSocketModeHandler(app, sandbox.app.app_token, web_client=web)
        await handler.connect_async()
        ana = sandbox.person("ana")
        await ana.command(GENERAL, "/hello-bolt-python")
        whispered = sandbox.workspace.channels[GENERAL].ephemerals
        await until(lambda: any(message.text == "Hi <@U0ANA>!" for message in whispered.values()))
        await ana.invite(INCIDENTS, sandbox.app.bot_user_id)
        await ana.say(INCIDENTS, f"<@{sandbox.app.bot_user_id}> are you there?")
        assert await until(lambda: said_by_the_app(sandbox, INCIDENTS)) == ["What's up?"]
        await handler.close_async()


async def posted(app: App, **message: Any) -> str:
    """Let the app post in #general; gives the message's ts."""
    return str((await asyncio.to_thread(app.client.chat_postMessage, channel=GENERAL, **message))["ts"])


def said_by_the_app(sandbox: Sandbox, channel: str) -> list[str]:
    messages = sandbox.workspace.channels[channel].messages.values()
    return [message.text for message in messages if message.bot_id == sandbox.app.bot_id]
