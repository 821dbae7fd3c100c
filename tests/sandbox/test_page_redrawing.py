"""A message, a form or Home is drawn anew under somebody's hand: no press is lost, the focus and what is open stay."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, WebSocket, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, until
from tests.sandbox.test_menus import menu, option
from tests.sandbox.test_modals import plain
from tests.sandbox.test_page_menus import sandbox
from tests.window import Window, window

__all__ = ["sandbox"]
pytestmark = pytest.mark.browser

CONFIRM = {"title": plain("Sure?"), "text": plain("Now."), "confirm": plain("Yes"), "deny": plain("No")}


def button(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": text.lower(), "text": plain(text)} | more


def lines(count: int) -> list[dict[str, Any]]:
    """Blocks that push what follows down, none of them named."""
    return [{"type": "section", "text": plain(f"line {number}\nof {count}")} for number in range(count)]


def row(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


async def post(web: AsyncWebClient, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    posted = await web.chat_postMessage(channel=GENERAL, text="card", blocks=blocks)
    return {"channel": GENERAL, "ts": posted["ts"], "text": "card"}


@asynccontextmanager
async def live(ana: Window) -> AsyncIterator[WebSocket]:
    """The page's connection, opened anew so that what comes over it can be waited for."""
    async with ana.page.expect_websocket(lambda socket: "page/live" in socket.url) as opened:
        await ana.page.reload()
    await ana.page.locator("body[data-live]").wait_for()
    yield await opened.value


async def middle(of: Locator) -> tuple[float, float]:
    box = await of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def test_a_press_is_heard_though_the_message_changes_before_it_is_let_go(
    browser: Browser, sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient
) -> None:
    pressed: list[dict[str, Any]] = []

    @bolt.action("resolve")
    async def resolve(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        pressed.append(body)

    card = await post(web, [*lines(1), row(button("Resolve"))])
    async with window(browser, sandbox, "U0ANA", f"&channel={GENERAL}") as ana, live(ana) as socket:
        await ana.page.mouse.move(*await middle(ana.message("line 0").get_by_role("button", name="Resolve")))
        await ana.page.mouse.down()
        async with socket.expect_event("framereceived"):
            await web.chat_update(**card, blocks=[*lines(5), row(button("Close"), button("Resolve"))])
        await ana.page.mouse.up()
        await until(lambda: pressed)
        await expect(ana.message("line 0")).to_contain_text("of 5")
    assert pressed[0]["actions"][0]["action_id"] == "resolve"


async def test_what_is_open_and_has_the_focus_stays_so_while_its_message_is_drawn_anew(
    browser: Browser, sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient
) -> None:
    pressed: list[str] = []

    async def hear(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        pressed.append(action.get("value") or action["selected_option"]["value"])

    for name in ("more", "value", "sure"):
        bolt.action(name)(hear)
    more = menu("overflow", action_id="more", options=[option("A"), option("B")])
    who = menu("external_select", action_id="value", min_query_length=0)
    sure = button("Sure", value="sure", confirm=CONFIRM)

    @bolt.options("value")
    async def offer(ack: Any) -> None:
        await ack(options=[option("One"), option("Two")])

    drawn = 0

    async def redraw() -> None:
        nonlocal drawn
        drawn += 1
        blocks = [*lines(drawn % 3), row(more, sure), {"type": "actions", "block_id": "who", "elements": [who]}]
        await web.chat_update(**card, blocks=blocks)
        await sandbox.person("ben").act("pin", channel=GENERAL, ts=card["ts"])
        await expect(message).to_contain_text("Pinned")
        await sandbox.person("ben").act("unpin", channel=GENERAL, ts=card["ts"])
        await expect(message).not_to_contain_text("Pinned")

    card = await post(web, [row(more, sure), {"type": "actions", "block_id": "who", "elements": [who]}])
    async with window(browser, sandbox, "U0ANA", f"&channel={GENERAL}") as ana:
        message = ana.log.get_by_role("article").filter(has=ana.page.get_by_role("button", name="More actions"))
        await message.get_by_role("button", name="More actions", exact=True).click()
        await ana.page.keyboard.press("ArrowDown")
        await redraw()
        await expect(ana.page.get_by_role("menuitem", name="B")).to_be_focused()
        await ana.page.keyboard.press("Enter")
        await until(lambda: pressed == ["b"])

        await message.get_by_role("combobox").click()
        await expect(ana.page.get_by_role("option", name="Two")).to_be_visible()
        await ana.page.keyboard.press("ArrowDown")
        await redraw()
        await expect(ana.page.get_by_role("option", name="Two")).to_be_visible()
        await ana.page.keyboard.press("Enter")
        await until(lambda: pressed == ["b", "two"])
        await expect(message.get_by_role("combobox")).to_have_value("Two")

        await message.get_by_role("button", name="Sure").click()
        await redraw()
        await ana.dialog("Sure?").get_by_role("button", name="Yes").click()
        await until(lambda: pressed == ["b", "two", "sure"])


async def test_a_block_without_a_name_keeps_the_one_it_was_given_as_long_as_it_holds_no_choice(
    sandbox: Sandbox, web: AsyncWebClient
) -> None:
    people = {"type": "users_select", "action_id": "who"}
    message = sandbox.workspace.channels[GENERAL].messages
    card = await post(web, [row(button("Pay"), button("Resolve")), row(button("Close")), row(people)])
    before = [block["block_id"] for block in message[card["ts"]].blocks or []]
    await web.chat_update(**card, blocks=[row(people), row(button("Close")), row(button("New"), button("Resolve"))])
    after = [block["block_id"] for block in message[card["ts"]].blocks or []]
    assert after[1:] == [before[1], before[0]]
    assert after[0] not in before


async def test_a_button_is_found_in_whichever_block_it_is_now(
    sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient
) -> None:
    pressed: list[str] = []

    @bolt.action("resolve")
    async def resolve(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        pressed.append(action["block_id"])

    card = await post(web, [row(button("Pay"), button("Close"), button("Resolve")), row(button("Other"))])
    message = sandbox.workspace.channels[GENERAL].messages[card["ts"]]
    block_id = (message.blocks or [])[0]["block_id"]
    await web.chat_update(**card, blocks=[row(menu("users_select"), button("Resolve"))])
    await sandbox.person("ana").press("resolve", block_id, channel=GENERAL, ts=card["ts"])
    assert pressed == [(message.blocks or [])[0]["block_id"]] != [block_id]


async def test_who_presses_what_is_there_no_more_is_told_so(
    browser: Browser, sandbox: Sandbox, web: AsyncWebClient
) -> None:
    card = await post(web, [row(button("Resolve", confirm=CONFIRM))])
    async with window(browser, sandbox, "U0ANA", f"&channel={GENERAL}") as ana:
        await ana.page.get_by_role("button", name="Resolve").click()
        await web.chat_update(**card, blocks=lines(1))
        await ana.dialog("Sure?").get_by_role("button", name="Yes").click()
        await expect(ana.page.get_by_role("alert")).to_have_text(
            "The app has changed this meanwhile, and what you pressed is no longer there."
        )
