"""A browser window of one person on the sandbox's page, for the tests of the page and of the bot in it.
It finds things as a person does: by role and name."""

import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from sandbox.server import Sandbox

PATIENCE = 10_000
"""Milliseconds until something that should be seen, or be there to press, is given up."""
expect.set_options(timeout=PATIENCE)


class Window:
    """The page as one person sees and uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sidebar = page.get_by_role("navigation", name="Channels and direct messages")
        self.log = page.get_by_role("log", name="Messages")
        self.box = page.get_by_role("textbox", name=re.compile("^Message "))

    async def type(self, text: str) -> None:
        await self.box.click()
        await self.page.keyboard.type(text)

    async def send(self, text: str) -> None:
        await self.type(text)
        await self.page.keyboard.press("Enter")

    async def go_to(self, channel: str) -> None:
        """Open the channel whose name begins so."""
        await self.sidebar.get_by_role("link", name=re.compile(f"^[#🔒]? ?{channel}")).click()

    def message(self, text: str) -> Locator:
        return self.log.get_by_role("article").filter(has_text=text)

    def dialog(self, title: str) -> Locator:
        """The app's form, or the page's own question, under this title."""
        return self.page.get_by_role("dialog", name=title).or_(self.page.get_by_role("alertdialog", name=title))

    async def menu(self, text: str, item: str) -> None:
        """Choose from a message's menu."""
        await self.message(text).hover()
        await self.message(text).get_by_role("button", name="More message actions").click()
        await self.page.get_by_role("menuitem", name=item).click()


@contextlib.asynccontextmanager
async def window(
    browser: Browser | BrowserContext,
    sandbox: Sandbox,
    person: str,
    place: str = "",
    size: tuple[int, int] = (1280, 800),
    scheme: Any = "light",
) -> AsyncIterator[Window]:
    """The page as `person`, live, in a browser of its own or in one that is open; no script may fail."""
    page = (
        await browser.new_page()
        if isinstance(browser, BrowserContext)
        else await browser.new_page(viewport=ViewportSize(width=size[0], height=size[1]), color_scheme=scheme)
    )
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{sandbox.url}/?as={person}{place}")
    await page.locator("body[data-live]").wait_for()
    yield Window(page)
    await page.close()
    assert faults == []
