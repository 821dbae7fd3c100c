"""An incident's channel at a glance: on a desk by day and by night, and on a phone; and what guests and outsiders see.
The picture in the README is one of these screenshots."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from sandbox.client import Person
from tests.e2e.workspace import Workplace
from tests.window import Window, window

pytestmark = pytest.mark.browser

TITLE = "Checkout fails for card payments"
SUMMARY = "Card payments return 502 since the 03:05 deploy. Wallets work."
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """What is seen in the browser does not depend on the database."""
    return sqlite_address


@pytest.fixture
async def channel(workplace: Workplace, ana: Person, ben: Person) -> str:
    """The channel of an incident at which ana and ben are at work, dan is wanted, and things were said."""
    channel = await workplace.declare(ana, TITLE, severity="SEV1", summary=SUMMARY, page=["U0BEN", "U0DAN"])
    await ben.command(channel, "/incident join")
    for change in ["services checkout=partial_outage api=degraded", "lead", "status investigating"]:
        await ana.command(channel, f"/incident {change}")
    await workplace.settle()
    found = await ben.say(channel, "The new release leaks connections: the pool is full after two minutes.")
    await ben.react(channel, found, "pushpin")
    asked = await ana.say(channel, "Then roll it back, please. <@U0DAN>, can the replicas take the wallets meanwhile?")
    await ben.say(channel, "Yes, they are at 30 %.", thread_ts=asked)
    await ben.say(channel, "Rolling back now, about 4 minutes.")
    await workplace.settle()
    return channel


async def sees_it_all(dan: Window) -> None:
    card = dan.message("Pinned by tocsin")
    await expect(card.get_by_role("heading", name=f"🔴 SEV1 {TITLE}")).to_be_visible()
    for said in [SUMMARY, "Checkout: partial outage", "Commander @ana", "@ana @ben joined · @dan paged"]:
        await expect(card).to_contain_text(said)
    await expect(card.get_by_role("button", name="Resolve")).to_be_visible()
    await expect(dan.message("then roll it back").get_by_role("button", name="1 reply")).to_be_visible()
    await expect(dan.message("Rolling back now")).to_be_in_viewport()
    assert await dan.page.evaluate(FITS)


async def test_the_channel_reads_at_a_glance_on_a_desk_by_night_and_on_a_phone(
    browser: Browser, workplace: Workplace, channel: str, screenshots: Path
) -> None:
    async def look(name: str, size: tuple[int, int], scheme: str) -> None:
        async with window(browser, workplace.sandbox, "U0DAN", f"&channel={channel}", size, scheme) as dan:
            await sees_it_all(dan)
            await dan.page.screenshot(path=screenshots / f"{name}.png")
            await dan.page.get_by_role("button", name="More actions").click()
            await expect(dan.page.get_by_role("menuitem", name="Change the affected")).to_be_in_viewport(ratio=1)

    await asyncio.gather(
        look("incident-channel", (1280, 900), "light"),
        look("incident-channel-dark", (1280, 900), "dark"),
        look("incident-channel-phone", (390, 844), "light"),
    )


async def test_home_lists_what_is_open_and_declares(
    browser: Browser, workplace: Workplace, channel: str, screenshots: Path
) -> None:
    async with window(browser, workplace.sandbox, "U0EVE") as eve:
        await eve.sidebar.get_by_role("button", name="tocsin").click()
        await eve.page.get_by_role("tab", name="Home").click()
        home = eve.page.get_by_role("region", name="Home of tocsin")
        await expect(home.get_by_role("heading", name="Open incidents (1)")).to_be_visible()
        await expect(home).to_contain_text(f"🔴 SEV1 INC-1 {TITLE}")
        await eve.page.screenshot(path=screenshots / "looks-home.png")
        await home.get_by_role("button", name="Declare an incident").click()
        form = eve.dialog("Declare an incident")
        await form.get_by_label("Title").fill("Strange sign-ins")
        await form.get_by_role("checkbox", name="Private").check()
        await form.get_by_role("button", name="Declare").click()
        await eve.dialog("INC-2 declared").get_by_role("link", name="#inc-2-strange-sign-ins").click()
        await expect(eve.message("Pinned by tocsin")).to_contain_text("🔒 private")
        await eve.page.screenshot(path=screenshots / "looks-private.png")

    async with window(browser, workplace.sandbox, "U0CLEO") as cleo:
        await cleo.send("/incident list")
        await expect(cleo.message("Open incidents (1)")).to_contain_text(TITLE)
        await cleo.send("/incident join INC-2")
        await expect(cleo.message("There is no INC-2.")).to_be_visible()
        await expect(cleo.page.get_by_text("Strange sign-ins")).to_have_count(0)


async def test_a_guest_is_told_why_not_and_who_can(browser: Browser, workplace: Workplace, screenshots: Path) -> None:
    async with window(browser, workplace.sandbox, "U0GUS") as gus:
        await gus.send("/incident declare The coffee machine is broken")
        await expect(gus.message("Ask somebody of this workspace to do it.")).to_contain_text("Only visible to you")
        await expect(gus.dialog("Declare an incident")).to_have_count(0)
        await gus.page.screenshot(path=screenshots / "looks-guest.png")


async def test_a_message_becomes_an_incident_from_its_menu(
    browser: Browser, workplace: Workplace, screenshots: Path
) -> None:
    async with window(browser, workplace.sandbox, "U0DAN", f"&channel={workplace.channel('payments')}") as dan:
        await dan.send("The card gateway answers with 502")
        await dan.menu("The card gateway answers", "Declare from message")
        form = dan.dialog("Declare an incident")
        await expect(form.get_by_label("Title")).to_have_value("The card gateway answers with 502")
        await form.get_by_role("button", name="Declare").click()
        await dan.dialog("INC-1 declared").get_by_role("button", name="Go to the channel").click()
        await dan.send("/incident timeline")
        timeline = dan.message("Timeline of INC-1")
        await expect(timeline).to_contain_text("@dan: The card gateway answers with 502")
        await dan.page.screenshot(path=screenshots / "looks-timeline.png")
        await timeline.get_by_role("link").first.click()
        await expect(dan.page.get_by_role("heading", name="payments")).to_be_visible()
        await expect(dan.message("The card gateway answers with 502")).to_be_in_viewport()
