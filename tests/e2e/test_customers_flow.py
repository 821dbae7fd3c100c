"""From a sample alert to what customers read, and to Resolved: the demo, two windows, a reader and their mail."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.demo import EXAMPLE, offer_samples, sandbox_settings
from bot.main import running_bot
from bot.manifest import MANIFEST
from bot.organisation_file.applying import apply_text, read_text
from bot.organisation_file.names import asking
from incidents.consequences import Pace
from sandbox.deliveries.transport import Timing
from sandbox.server import Sandbox, running_sandbox
from tests.e2e.workspace import eventually
from tests.mail_server import MailServer, link_in, running_mail_server
from tests.web.status.test_page_browser import STANDARD
from tests.window import Window, window

pytestmark = pytest.mark.browser

ADDRESS = "kim@example.com"
MESSAGE = "Some **card payments** fail. Wallets work.\n\n- Orders that were paid are safe."
OVER = "All payments work again. We are **sorry** for the trouble."


@dataclass(frozen=True)
class Company:
    """The demo's workspace, with the bot in it, and where its customers look."""

    sandbox: Sandbox
    url: str
    mail: MailServer


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


@pytest.fixture
async def company(sqlite_address: str, pace: Pace, mail: MailServer) -> AsyncIterator[Company]:
    patient = Timing(acknowledge=30, trigger=30)  # three windows on a busy machine
    async with running_sandbox(MANIFEST, timing=patient) as sandbox:
        post = {"tocsin_smtp_url": f"smtp://127.0.0.1:{mail.port}", "tocsin_mail_from": "status@acme.example"}
        settings = sandbox_settings(sandbox, sqlite_address).model_copy(update=post)
        async with running_bot(settings, pace) as running:
            await apply_text(running.bot.core, read_text(EXAMPLE), asking(running.bot.slack))
            await offer_samples(sandbox, running)
            yield Company(sandbox, f"{running.bot.url}/status/status", mail)


@asynccontextmanager
async def reader(browser: Browser, company: Company) -> AsyncIterator[Page]:
    """The status page as a customer has it open."""
    page = await browser.new_page(viewport={"width": 1100, "height": 900})
    await page.goto(company.url)
    yield page
    await page.close()


async def readable_by_everybody(page: Page) -> None:
    found = await Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, found.generate_report()


async def subscribe(page: Page, company: Company, screenshots: Path) -> None:
    await expect(page.get_by_role("heading", name="All services are operational")).to_be_visible()
    await page.get_by_role("link", name="Subscribe").first.click()
    await page.screenshot(path=screenshots / "customers-00-subscribe.png", full_page=True)
    await readable_by_everybody(page)
    await page.get_by_label("Your e-mail address").fill(ADDRESS)
    await page.get_by_role("button", name="Subscribe").click()
    await page.goto(link_in(await mail_about(company, "Confirm"), "confirm"))
    await readable_by_everybody(page)
    await page.get_by_role("button").click()
    await expect(page.get_by_role("heading", name="You are subscribed")).to_be_visible()


async def mail_about(company: Company, subject: str) -> EmailMessage:
    async def taken() -> EmailMessage | None:
        return next((mail for mail in company.mail.to(ADDRESS) if mail["Subject"].startswith(subject)), None)

    return await eventually(taken)


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def declare_from_the_alert(ana: Window) -> None:
    await ana.page.locator("#header").get_by_role("button", name="Try it").click()
    await ana.page.get_by_role("button", name="Checkout fails").click()
    await ana.page.get_by_role("complementary", name="Try it").get_by_role("button", name="Close").click()
    await ana.go_to("incidents")
    form = ana.dialog("Declare an incident")
    await ana.message("checkout 5xx").get_by_role("button", name="Declare incident").click()
    await expect(form.get_by_label("Title")).to_have_value("HighErrorRate — checkout 5xx at 12 % (was 0.1 %)")
    await form.get_by_role("button", name="Declare").click()
    await ana.dialog("INC-1 declared").get_by_role("button", name="Go to the channel").click()


async def take_command(ben: Window) -> None:
    await ben.go_to("incidents")
    announced = ben.message("INC-1").filter(has=ben.page.get_by_role("button", name="Join"))
    await announced.get_by_role("button", name="Join").click()
    await ben.go_to("inc-1")
    await ben.message("Pinned by tocsin").get_by_role("button", name="Take command").click()
    await expect(ben.message("Pinned by tocsin")).to_contain_text("Commander @ben")


async def draft(ana: Window, screenshots: Path) -> None:
    await ana.message("Pinned by tocsin").get_by_role("button", name="Status update").click()
    form = ana.dialog("Status update")
    await form.get_by_label("Public title").fill("Problems with payments")
    await form.get_by_label("Message").fill(MESSAGE)
    await start_from_a_template(ana)
    await form.get_by_label("Message").fill(MESSAGE)
    await form.get_by_label("Next update").select_option(label="Within 30 minutes")
    await ana.page.screenshot(path=screenshots / "customers-01-form.png")
    await form.get_by_role("button", name="Preview").click()
    preview = ana.dialog("As customers read it")
    await expect(preview).to_contain_text("Some card payments fail.")
    await ana.page.screenshot(path=screenshots / "customers-02-preview.png")
    await preview.get_by_role("button", name="Close").last.click()
    await form.get_by_role("button", name="Ask for approval").click()
    await expect(ana.message("waits for approval").first).to_be_visible()


async def start_from_a_template(ana: Window) -> None:
    """It takes the place of what is written where that is confirmed, and else of nothing."""
    form, question = ana.dialog("Status update"), ana.dialog("Replace the message?")
    templates = form.locator("select", has_text="Start from a template")
    for answer, text in (("Cancel", MESSAGE), ("Replace", re.compile("^We have found the cause"))):
        await templates.select_option(label="Identified")
        await question.get_by_role("button", name=answer).click()
        await expect(form.get_by_label("Message")).to_have_value(text)


async def approve(ben: Window, screenshots: Path, picture: str) -> None:
    card = ben.message("waits for approval").last
    await expect(card).to_contain_text("Reaches: 1 page (Acme status) · 1 subscriber")
    await card.scroll_into_view_if_needed()
    await ben.page.screenshot(path=screenshots / f"customers-{picture}.png")
    await card.get_by_role("button", name="Approve and publish").click()
    question = ben.dialog("Approve and publish?")
    await expect(question).to_contain_text("1 subscriber")
    await question.get_by_role("button", name="Approve and publish").click()
    await expect(ben.message("is published, approved by @ben").last).to_be_visible()


async def look(page: Page, screenshots: Path, moment: str) -> None:
    """The page in light, in the dark, and on a phone."""
    sizes = {"light": (1100, 900), "dark": (1100, 900), "phone": (390, 844)}
    for name, (width, height) in sizes.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="dark" if name == "dark" else "light")
        await page.screenshot(path=screenshots / f"customers-{moment}-{name}.png", full_page=True)
    await page.set_viewport_size({"width": 1100, "height": 900})
    await page.emulate_media(color_scheme="light")


async def read_of_it(page: Page, company: Company, screenshots: Path) -> None:
    await until_shown(page, company, "Problems with payments")
    event = page.get_by_role("article").filter(has_text="Problems with payments")
    await expect(event).to_contain_text("Investigating")
    await expect(event.locator("strong", has_text="card payments")).to_be_visible()
    await expect(event).to_contain_text("Next update by")
    await look(page, screenshots, "04-open")
    assert "Some card payments fail." in plain(await mail_about(company, "Investigating: Problems with payments"))


async def until_shown(page: Page, company: Company, text: str) -> None:
    """Once a reader who reloads the page reads ``text`` on it."""
    await page.goto(company.url)

    async def shown() -> bool:
        await page.reload()
        return await page.get_by_text(text).count() > 0

    await eventually(shown)


async def resolve(ana: Window, ben: Window, screenshots: Path) -> None:
    await ben.message("Pinned by tocsin").get_by_role("button", name="Resolve").click()
    await ben.dialog("Resolve INC-1?").get_by_role("button", name="Resolve").click()
    await ana.message("Pinned by tocsin").get_by_role("button", name="Final status update").click()
    form = ana.dialog("Status update")
    await expect(form.get_by_label("Public title")).to_have_value("Problems with payments")
    await expect(form.get_by_label("Public status")).to_have_value("resolved")
    await expect(form.get_by_label("Message")).not_to_be_empty()
    await form.get_by_label("Message").fill(OVER)
    await form.get_by_role("button", name="Ask for approval").click()
    await approve(ben, screenshots, "05-final")


async def read_that_it_is_over(page: Page, company: Company, screenshots: Path) -> None:
    await until_shown(page, company, "All services are operational")
    await expect(page.get_by_role("article").filter(has_text="Problems with payments")).to_contain_text("Resolved")
    await look(page, screenshots, "06-over")
    await page.get_by_role("link", name="Problems with payments").click()
    await expect(page.get_by_text("Wallets work.")).to_be_visible()
    await page.screenshot(path=screenshots / "customers-07-event.png", full_page=True)
    assert "All payments work again." in plain(await mail_about(company, "Resolved: Problems with payments"))
    assert len(company.mail.to(ADDRESS)) == 3


async def test_from_an_alert_to_the_customers_page_and_mail_and_to_resolved(
    browser: Browser, company: Company, screenshots: Path
) -> None:
    async with (
        window(browser, company.sandbox, "U0ANA") as ana,
        window(browser, company.sandbox, "U0BEN") as ben,
        reader(browser, company) as page,
    ):
        await subscribe(page, company, screenshots)
        await declare_from_the_alert(ana)
        await take_command(ben)
        await draft(ana, screenshots)
        await approve(ben, screenshots, "03-approval")
        await read_of_it(page, company, screenshots)
        await resolve(ana, ben, screenshots)
        await read_that_it_is_over(page, company, screenshots)
