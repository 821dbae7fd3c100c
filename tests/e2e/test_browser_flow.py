"""An incident from `/incident declare` to Resolved as people see it: the real bot, two windows, mouse and keys."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from incidents.consequences import Pace
from tests.e2e.workspace import Workplace
from tests.window import Window, window

pytestmark = pytest.mark.browser

TITLE = "Checkout fails for card payments"
CHANNEL = "inc-1-checkout-fails-for-card-payments"


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """What is seen in the browser does not depend on the database."""
    return sqlite_address


@pytest.fixture
def pace() -> Pace:
    """With time to press *Undo*."""
    return Pace(undo=timedelta(seconds=4), notice=timedelta(seconds=0.2), topic=timedelta(seconds=0.3))


def card(window: Window) -> Locator:
    """The pinned incident card."""
    return window.message("Pinned by tocsin")


async def choose(form: Locator, menu: str, text: str) -> None:
    """Search in a menu of a form, and take what is found first."""
    await form.get_by_label(menu).fill(text)
    await form.get_by_role("option").filter(has_text=re.compile(text, re.IGNORECASE)).click()


async def declare(ana: Window, screenshots: Path) -> None:
    await expect(ana.page.get_by_text("Type /incident declare below and press Enter.")).to_be_visible()
    await ana.page.screenshot(path=screenshots / "flow-01-first-screen.png")
    await ana.send("/incident declare")
    form = ana.dialog("Declare an incident")
    await expect(form.get_by_label("Title")).to_be_focused()
    await ana.page.keyboard.type(TITLE)
    await form.get_by_label("Severity").select_option(label="🟠 SEV2 high: significant impact, urgent")
    await choose(form, "Affected services", "check")
    await form.get_by_label("Impact on Checkout").select_option(label="partial outage")
    await choose(form, "Page now", "dan")
    await form.get_by_label("Summary").fill("Card payments return 502 since the 03:05 deploy. Wallets work.")
    await ana.page.screenshot(path=screenshots / "flow-02-form.png")
    await form.get_by_role("button", name="Declare").click()

    declared = ana.dialog("INC-1 declared")
    await expect(declared.get_by_role("link", name=f"#{CHANNEL}")).to_be_visible()
    await ana.page.screenshot(path=screenshots / "flow-03-declared.png")
    await declared.get_by_role("button", name="Go to the channel").click()
    await expect(declared).to_be_hidden()


async def see_the_channel(ana: Window) -> None:
    header = ana.page.locator("#header")
    await expect(header.get_by_role("heading", name=CHANNEL)).to_be_visible()
    await expect(header).to_contain_text("🟠 SEV2 · Declared · No commander yet")
    await expect(header.get_by_role("link", name="INC-1 card")).to_be_visible()
    await expect(card(ana).get_by_role("heading", name=f"🟠 SEV2 {TITLE}")).to_be_visible()
    await expect(card(ana)).to_contain_text("Affected Checkout: partial outage")
    await expect(card(ana)).to_contain_text("@ana joined · @dan paged")
    await expect(ana.message("@ana paged @dan.")).to_be_visible()


async def join_from_the_announcement(ben: Window, screenshots: Path) -> None:
    await ben.go_to("incidents")
    announced = ben.message(TITLE)
    await expect(announced).to_contain_text("Declared, 1 responding")
    await announced.get_by_role("button", name="Join").click()
    await expect(announced).to_contain_text("Declared, 2 responding")
    await ben.page.screenshot(path=screenshots / "flow-04-announcement.png")
    await announced.get_by_role("link", name=f"#{CHANNEL}").click()
    await expect(card(ben)).to_contain_text("@ana @ben joined")


async def talk(ana: Window, ben: Window) -> None:
    await ana.send("The connection pool is exhausted since the deploy, see https://graphs.example.com/pool")
    await ben.send("Rolling back now, about 4 minutes.")
    await ana.message("Rolling back").hover()
    await ana.message("Rolling back").get_by_role("button", name="Reply in thread").first.click()
    await ana.page.get_by_role("textbox", name="Reply in thread").fill("Thanks. I tell support.")
    await ana.page.keyboard.press("Enter")
    await ana.page.get_by_role("button", name="Close thread").click()
    await expect(ben.message("Rolling back").get_by_role("button", name="1 reply")).to_be_visible()

    await ben.message("connection pool").hover()
    await ben.message("connection pool").get_by_role("button", name="Add a reaction").first.click()
    await ben.page.get_by_role("dialog", name="Add a reaction").get_by_role("button", name="pushpin").click()
    await expect(ana.message("connection pool").get_by_role("button", name="pushpin, 1")).to_be_visible()

    await ana.send("A slip of the finger")
    await ana.menu("A slip", "Edit message")
    await ana.page.get_by_role("textbox", name="Text").fill("A slip of the tongue")
    await ana.page.get_by_role("button", name="Save").click()
    await expect(ben.message("A slip of the tongue")).to_contain_text("(edited)")
    await ana.menu("A slip", "Delete message")
    await ana.dialog("Delete message").get_by_role("button", name="Delete").click()
    await expect(ben.message("A slip")).to_have_count(0)


async def change(ana: Window, ben: Window, screenshots: Path) -> None:
    await ana.send("/incident severity 5")
    slip = ana.message("INC-1 is now ⚪ SEV5; it was SEV2.")
    await expect(slip).to_contain_text("Only visible to you")
    await slip.get_by_role("button", name="Undo").click()
    await expect(ana.message("Taken back.")).to_be_visible()
    await expect(card(ana).get_by_role("heading", name=f"🟠 SEV2 {TITLE}")).to_be_visible()

    await ana.send("/incident severity 1")
    await expect(ben.message("to SEV1.")).to_contain_text("@ana raised the severity")
    await card(ben).get_by_role("button", name="Take command").click()
    await expect(card(ana)).to_contain_text("Commander @ben")
    await card(ben).get_by_label("Status").select_option(label="Investigating")
    await expect(ana.message("took command")).to_contain_text("@ben")
    await expect(ana.message("set the status to Investigating")).to_contain_text("@ben")
    await expect(card(ben).get_by_label("Severity")).to_have_value("1")
    await expect(ben.page.locator("#header")).to_contain_text("🔴 SEV1 · Investigating · Commander: ben")
    await ben.message("Rolling back").hover()
    await ben.page.screenshot(path=screenshots / "flow-05-at-work.png")


async def use_the_panel(ben: Window, screenshots: Path) -> None:
    await ben.send("/incident")
    panel = ben.dialog("INC-1")
    await expect(panel.get_by_role("heading", name=f"🔴 SEV1 {TITLE}")).to_be_visible()
    await ben.page.screenshot(path=screenshots / "flow-06-panel.png")
    await panel.get_by_role("button", name="Note").click()
    note = ben.page.get_by_role("dialog").filter(has=ben.page.get_by_role("textbox"))
    await note.get_by_role("textbox").fill("Told the payment provider, ticket 4711.")
    await note.locator("[type=submit]").click()
    await panel.get_by_role("button", name="Close").first.click()
    await expect(panel).to_be_hidden()
    await expect(ben.message("noted: Told the payment provider, ticket 4711.")).to_be_visible()


async def read_the_timeline(ana: Window, screenshots: Path) -> None:
    await ana.send("/incident timeline all")
    timeline = ana.message("Timeline of INC-1")
    for said in [
        "@ana declared the incident as SEV2",
        "@ana paged @dan",
        "@ben joined",
        "(in a thread): Thanks. I tell support.",
        "📌 @ben",
        "@ana edited a message: A slip of the tongue",
        "@ana deleted a message.",
        "@ben took command",
        "@ben: Told the payment provider, ticket 4711.",
    ]:
        await expect(timeline).to_contain_text(said)
    await ana.page.screenshot(path=screenshots / "flow-07-timeline.png")


async def resolve_and_reopen(ana: Window, ben: Window, screenshots: Path) -> None:
    await card(ben).get_by_role("button", name="Resolve").click()
    question = ben.dialog("Resolve INC-1?")
    await ben.page.screenshot(path=screenshots / "flow-08-confirm.png")
    await question.get_by_role("button", name="Cancel").click()
    await expect(card(ben)).to_contain_text("Investigating")
    await card(ben).get_by_role("button", name="Resolve").click()
    await question.get_by_role("button", name="Resolve").click()
    await expect(card(ana).get_by_role("heading", name=f"✅ Resolved {TITLE}")).to_be_visible()

    await card(ana).get_by_role("button", name="Reopen").click()
    why = ana.dialog("Reopen the incident")
    await why.get_by_label("Why?").fill("Errors are back")
    await why.get_by_role("button", name="Reopen").click()
    await expect(ben.message("@ana reopened the incident: “Errors are back”.")).to_be_visible()
    await ana.send("/incident resolve")
    await expect(card(ben).get_by_role("heading", name=f"✅ Resolved {TITLE}")).to_be_visible()
    await ben.page.screenshot(path=screenshots / "flow-09-resolved.png")
    await ben.go_to("incidents")
    await expect(ben.message(f"✅ Resolved INC-1 {TITLE}")).to_contain_text("was SEV1")


async def test_two_people_carry_an_incident_from_declaring_it_to_resolved(
    browser: Browser, workplace: Workplace, screenshots: Path
) -> None:
    async with window(browser, workplace.sandbox, "U0ANA") as ana, window(browser, workplace.sandbox, "U0BEN") as ben:
        await declare(ana, screenshots)
        await see_the_channel(ana)
        await join_from_the_announcement(ben, screenshots)
        await talk(ana, ben)
        await change(ana, ben, screenshots)
        await use_the_panel(ben, screenshots)
        await read_the_timeline(ana, screenshots)
        await resolve_and_reopen(ana, ben, screenshots)
