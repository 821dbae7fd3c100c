"""The status pages in Chromium: nothing that axe finds fault with, in light and dark, wide and on a phone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize

from incidents.public.page import Snapshot
from incidents.public.words import Impact, PublicStatus
from tests.web.status.pages import BUSY, CALM, NOW, STATUS, Served, Shelf, ago, served, update

pytestmark = pytest.mark.browser

STANDARD = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
"""https://www.deque.com/axe/core-documentation/api-documentation/#axecore-tags"""
WIDE, PHONE = (1280, 900), (360, 740)

GERMAN = Snapshot(replace(STATUS, id="german", name="Status von Acme", language="de", colour="#e4572e"), BUSY.events)
EVERYTHING = Snapshot(
    replace(STATUS, id="everything", colour="#ffd400"),
    (
        *BUSY.events,
        replace(
            BUSY.events[-1],
            id="each",
            title="Each service does another thing",
            updates=(
                update(
                    "each-1",
                    PublicStatus.INVESTIGATING,
                    "> quoted\n\n1. one\n2. two\n\n```\ncode that goes on until it is wider than any phone\n```",
                    ago(minutes=5),
                    dict(zip(STATUS.services, reversed(Impact), strict=True)),
                    edited_at=NOW,
                ),
            ),
        ),
    ),
)
CALM_PAGE = Snapshot(replace(STATUS, id="calm"), CALM.events)


@pytest.fixture
async def site() -> AsyncIterator[Served]:
    async with served(Shelf([BUSY, GERMAN, EVERYTHING, CALM_PAGE])) as running:
        yield running


async def opened(browser: Browser, address: str, size: tuple[int, int], scheme: Any) -> Page:
    """The page at ``address``; it may ask nothing of any other machine, and no rule of its own may stop it."""
    page = await browser.new_page(viewport=ViewportSize(width=size[0], height=size[1]), color_scheme=scheme)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on(
        "request", lambda request: None if request.url.startswith("http://127.0.0.1") else faults.append(request.url)
    )
    await page.goto(address)
    assert faults == []
    return page


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"])
async def test_everybody_can_read_them(
    browser: Browser, site: Served, size: tuple[int, int], scheme: str, screenshots: Path
) -> None:
    for path in (
        "acme",
        "calm",
        "german",
        "everything",
        "acme/history/2026-11",
        "acme/incidents/cards",
        "acme/incidents/upgrade",
    ):
        page = await opened(browser, f"{site.url}/status/{path}", size, scheme)
        found = await Axe().run(page, options=STANDARD)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        name = f"status-{path.replace('/', '-')}-{scheme}-{'wide' if size == WIDE else 'phone'}.png"
        await page.screenshot(path=screenshots / name, full_page=True)
        await page.close()


@pytest.mark.parametrize(
    ("scheme", "size", "locale", "heading"),
    [("light", WIDE, "en-GB", "Nothing is here"), ("dark", PHONE, "de-AT", "Hier ist nichts")],
)
async def test_who_is_sent_away_can_read_why(
    browser: Browser, site: Served, scheme: Any, size: tuple[int, int], locale: str, heading: str, screenshots: Path
) -> None:
    viewport = ViewportSize(width=size[0], height=size[1])
    page = await browser.new_page(viewport=viewport, color_scheme=scheme, locale=locale)
    await page.goto(f"{site.url}/status/none")
    assert await page.get_by_role("heading", level=1).inner_text() == heading
    assert await page.evaluate("getComputedStyle(document.body).borderTopWidth") == "4px"  # its style may be used
    found = await Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, found.generate_report()
    await page.screenshot(path=screenshots / f"status-none-{scheme}.png")


async def test_the_keyboard_skips_to_the_content(browser: Browser, site: Served) -> None:
    page = await opened(browser, f"{site.url}/status/acme", WIDE, "light")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert page.url.endswith("/status/acme#main")


async def test_what_one_presses_leads_there_and_back(browser: Browser, site: Served) -> None:
    page = await opened(browser, f"{site.url}/status/acme", WIDE, "light")
    await page.get_by_role("link", name="Older incidents").click()
    await page.get_by_role("link", name="October 2026").click()
    await page.get_by_role("link", name="Wallet top-ups delayed").click()
    assert await page.get_by_role("heading", level=1).inner_text() == "Wallet top-ups delayed"
    await page.get_by_role("link", name="How things stand now").click()
    assert page.url == f"{site.url}/status/acme"
