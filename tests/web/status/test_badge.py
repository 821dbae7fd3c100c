"""The badge and the banner, within a page of somebody else's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from incidents.public.page import Snapshot
from tests.web.status.pages import BUSY, CALM, NOW, STATUS, Served, Shelf, served
from web.server import serving, take_address
from web.status.surface import Reading
from web.status.surfaces import SURFACES

SVG = "{http://www.w3.org/2000/svg}"


def badge(snapshot: Snapshot) -> ElementTree.Element:
    return ElementTree.fromstring(SURFACES["badge.svg"](Reading(snapshot, "https://x.example/status/acme", NOW)).body)


def test_the_badge_says_the_worst_there_is() -> None:
    assert badge(BUSY).findtext(f"{SVG}title") == "Acme Status: Partial outage"
    assert badge(CALM).attrib["aria-label"] == "Acme Status: Operational"
    german = Snapshot(replace(STATUS, language="de"), ())
    assert [text.text for text in badge(german).iter(f"{SVG}text")] == ["Acme Status", "Funktioniert"]


def test_a_longer_name_makes_it_wider_and_a_hostile_one_does_no_harm() -> None:
    hostile = badge(Snapshot(replace(STATUS, name='"><script>alert(1)</script>'), ()))
    assert hostile.findtext(f"{SVG}title") == '"><script>alert(1)</script>: Operational'
    assert not list(hostile.iter(f"{SVG}script"))
    assert int(hostile.attrib["width"]) > int(badge(CALM).attrib["width"])


@pytest.fixture
async def site() -> AsyncIterator[Served]:
    async with served(Shelf([BUSY, Snapshot(replace(STATUS, id="calm"), CALM.events)])) as running:
        yield running


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_another_site_shows_both(browser: Browser, site: Served, scheme: Any, screenshots: Path) -> None:
    shown = "".join(
        f'<p><a href="{site.url}/status/{page}"><img src="{site.url}/status/{page}/badge.svg" alt="Status"></a></p>'
        f'<iframe src="{site.url}/status/{page}/banner" title="Status" width="400" height="48"></iframe>'
        for page in ("acme", "calm")
    )
    head = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Elsewhere</title>'
    whole = f"{head}<main><h1>Elsewhere</h1>{shown}</main>"
    address = take_address("127.0.0.1", 0)

    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(text=whole, content_type="text/html")

    async with serving(address, [web.get("/", elsewhere)]):
        page = await browser.new_page(color_scheme=scheme)
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        await page.goto(f"http://localhost:{address.getsockname()[1]}/")
        banner = page.frame_locator("iframe").first.get_by_role("link")
        assert (await banner.inner_text()).strip() == "Checkout has a partial outage"
        assert await page.evaluate("[...document.images].every(image => image.naturalWidth > 50)")
        await page.screenshot(path=screenshots / f"status-elsewhere-{scheme}.png")
        async with page.expect_popup() as opened:
            await banner.click()
        assert (await opened.value).url == f"{site.url}/status/acme"
        assert faults == []
        alone = await browser.new_page(color_scheme=scheme)
        await alone.goto(f"{site.url}/status/acme/banner")
        found = await Axe().run(alone, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
        assert found.violations_count == 0, found.generate_report()
