"""Trouble is asked for on the page, and the log tells there what came of it: live, filtered, and as text only."""

import itertools
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.company import found
from sandbox.log import Call
from sandbox.manifest import install, read_manifest
from sandbox.page.backstage import Backstage, Wish, counted, preview
from sandbox.server import Sandbox, running_sandbox
from sandbox.slack import Slack
from tests.sandbox.conftest import GENERAL, manifest, refused
from tests.window import Window, window

EVIL = "<script>document.title = 'harmed'</script>"


def call(name: str = "chat.postMessage", **fields: Any) -> Call:
    given: dict[str, Any] = {"arguments": {}, "answer": {"ok": True}, "latency": 0.002, "by": "U0ANA"} | fields
    return Call(time.time(), given.pop("direction", "api"), name, **given)


def logged(slack: Slack) -> list[Call]:
    """A log of a call that went well, one that failed, and a delivery that met trouble."""
    made = [
        call(arguments={"text": "deploy of checkout"}),
        call("views.open", answer={"ok": False, "error": "expired_trigger_id"}, by="U0BEN"),
        call(
            "message", direction="delivery", kind="events_api", trouble="sent twice", arguments={"event": {"ts": "1"}}
        ),
    ]
    for each in made:
        with slack.workspace.calls.timed(each):
            pass
    return made


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        ({}, [2, 1, 0]),
        ({"kind": "call"}, [1, 0]),
        ({"fared": "failed"}, [1]),
        ({"fared": "troubled"}, [2]),
        ({"by": "U0BEN"}, [1]),
        ({"text": "DEPLOY"}, [0]),
        ({"text": "expired_trigger"}, [1]),
        ({"kind": "call", "name": "chat.postMessage"}, [0]),
    ],
)
def test_the_log_is_filtered_by_kind_method_person_outcome_and_text(wish: dict[str, str], wanted: list[int]) -> None:
    slack = Slack(found(install(read_manifest(manifest()))))
    calls = logged(slack)
    _, order = Backstage(slack).draw(Wish(tab="log", **wish))  # type: ignore[arg-type]
    assert order == [f"call-{calls[number].id}" for number in wanted]


def test_calls_are_counted_by_method_with_their_failures_and_how_long_they_take() -> None:
    taken = [call(latency=seconds) for seconds in (0.1, 0.3, 0.2)]
    counts = counted([call("views.open", answer={"ok": False, "error": "x"}), *taken])
    assert [(count.name, count.times, count.failed) for count in counts] == [
        ("chat.postMessage", 3, 0),
        ("views.open", 1, 1),
    ]
    assert counts[0].median == 0.2


def test_the_line_of_an_event_begins_with_what_happened() -> None:
    event = {"type": "message", "text": "hello", "channel": "C1"}
    assert preview(call(arguments={"token": "t", "event": event})) == "text: hello, channel: C1"


@pytest.fixture
async def busy() -> AsyncIterator[Sandbox]:
    async with running_sandbox(manifest()) as running:
        yield running


def panel(ana: Window) -> Locator:
    return ana.page.get_by_role("region", name="Trouble and log", exact=True)


async def test_trouble_is_asked_for_and_its_effects_are_read_in_the_panel(
    browser: Browser, busy: Sandbox, screenshots: Path
) -> None:
    web = AsyncWebClient(token=busy.app.bot_token, base_url=busy.api_url)
    async with window(browser, busy, "U0ANA") as ana:
        await ana.page.get_by_role("button", name="Trouble and log").click()
        form = panel(ana).locator("form", has=ana.page.get_by_role("heading", name="Calls of the app"))
        await form.get_by_label("Method").fill("chat.*")
        await form.get_by_label("Error", exact=True).fill("fatal_error")
        await form.get_by_label("How often").select_option("until calm")
        await form.get_by_role("button", name="Ask for it").click()
        await expect(panel(ana).get_by_role("list", name="In force")).to_contain_text("chat.* fatal_error until calm")
        with refused("fatal_error"):
            await web.chat_postMessage(channel=GENERAL, text=EVIL)

        await panel(ana).get_by_role("tab", name="Log").click()
        lines = panel(ana).get_by_role("region", name="Calls and deliveries")
        await expect(lines).to_contain_text(f"text: {EVIL}")
        await expect(lines).to_contain_text("fatal_error")
        await lines.get_by_text("chat.postMessage").click()
        await expect(lines.get_by_role("heading", name="Arguments")).to_be_visible()
        await expect(lines).to_contain_text(f'"text": "{EVIL}"')
        await ana.page.screenshot(path=screenshots / "backstage-log.png")

        await web.conversations_join(channel=GENERAL)
        await busy.person("ana").say(GENERAL, "the app hears this, were it there")
        await panel(ana).get_by_label("How it went").select_option("met trouble")
        await expect(lines.get_by_role("listitem")).to_have_count(1)
        await panel(ana).get_by_label("How it went").select_option("however it went")
        await panel(ana).get_by_role("button", name=re.compile("^message")).click()
        await expect(lines.get_by_role("listitem")).to_have_count(2)  # the app's own joining, and Ana's words
        await expect(lines).to_contain_text("nobody_listening")

        await ana.page.reload()
        await panel(ana).get_by_role("tab", name="Trouble").click()
        await panel(ana).get_by_role("button", name="Calm").click()
        await expect(panel(ana).get_by_text("All is calm")).to_be_visible()
        assert (await web.chat_postMessage(channel=GENERAL, text="calm"))["ok"]
        await ana.page.keyboard.press("Escape")
        await expect(panel(ana)).to_be_hidden()
        assert "harmed" not in await ana.page.title()


async def test_the_panel_asks_for_every_kind_of_trouble(browser: Browser, busy: Sandbox) -> None:
    troubles, limits = busy.slack.troubles, busy.slack.limits

    async def ask(ana: Window, heading: str, press: str, **fields: str) -> None:
        form = panel(ana).locator("form", has=ana.page.get_by_role("heading", name=heading))
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            await (field.select_option(value) if await field.evaluate("e => e.options") else field.fill(value))
        await form.get_by_role("button", name=press).click()
        await expect(form.get_by_role("status")).to_have_text("✓")

    async with window(browser, busy, "U0ANA") as ana:
        await ana.page.get_by_role("button", name="Trouble and log").click()
        await ask(ana, "Calls of the app", "Ask for it", method="chat.update", befalls="hold", wait="1.5", times="3")
        await ask(ana, "Calls of the app", "Ask for it", befalls="after", probability="0.5", times="null")
        await ask(ana, "Events to the app", "Ask for it", event="message", delivery="reorder", seconds="2")
        await ask(ana, "Slack is down", "Begin", outage="60", answer="cut")
        await ask(ana, "Rate limits", "Set", limits="harsh")
        await ask(ana, "Seed", "Begin anew", seed="17")
        await ask(ana, "The app's sockets", "Do it", disconnect="refresh_requested")
        held, lost = troubles.api
        assert (held.method, held.hold, held.times, held.delay) == ("chat.update", 1.5, 3, 0)
        assert (lost.cut, lost.probability, lost.times) == ("after", 0.5, None)
        assert [(each.event, each.delivery, each.seconds) for each in troubles.deliveries] == [
            ("message", "reorder", 2)
        ]
        assert troubles.outage and troubles.outage.answer == "cut"
        assert (limits.mode, troubles.seed) == ("harsh", 17)
        await expect(ana.sidebar.get_by_text("down", exact=True)).to_be_visible()
        form = panel(ana).locator("form", has=ana.page.get_by_role("heading", name="Calls of the app"))
        await form.get_by_label("What").select_option("refused with an error")
        await form.get_by_label("Error", exact=True).fill("")
        await form.get_by_role("button", name="Ask for it").click()
        await expect(form.get_by_role("status")).to_contain_text("say what befalls the calls")


async def test_anybody_can_read_and_use_the_panel(browser: Browser, busy: Sandbox, screenshots: Path) -> None:
    await busy.person("ana").trouble(method="chat.*", error="internal_error", probability=0.5, times=None)
    with refused("channel_not_found"):
        await AsyncWebClient(token=busy.app.bot_token, base_url=busy.api_url).conversations_info(channel="C0NONE")
    for (width, height), scheme in itertools.product([(1280, 800), (390, 844)], ["light", "dark"]):
        async with window(browser, busy, "U0ANA", size=(width, height), scheme=scheme) as ana:
            if width < 760:
                await ana.page.get_by_role("button", name="Show channels").click()
            await ana.page.get_by_role("button", name="Trouble and log").click()
            for tab, seen in (("Trouble", "internal_error until calm, 50 % likely"), ("Log", "channel_not_found")):
                await panel(ana).get_by_role("tab", name=tab).click()
                await expect(panel(ana).get_by_role("tabpanel", name=tab)).to_contain_text(seen)
                await ana.page.screenshot(path=screenshots / f"backstage-{tab}-{width}-{scheme}.png")
                faults = (await Axe().run(ana.page)).response["violations"]
                assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == []
