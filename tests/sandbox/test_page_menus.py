"""Searching in menus with external data, confirming, direct messages and threads, as a person does in a browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.forms import rich_text
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import INCIDENTS, manifest, until
from tests.sandbox.test_menus import accessory, actions, menu, option, targets
from tests.sandbox.test_modals import entry, modal, plain
from tests.window import Window, window

pytestmark = pytest.mark.browser


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """With Slack's own waits: a browser is slower than the tests of the API."""
    async with running_sandbox(manifest()) as running:
        yield running


class Pager:
    """An app that opens a form to page with, offers targets, and keeps what it was asked and told."""

    def __init__(self, bolt: AsyncApp) -> None:
        self.queries: list[str] = []
        self.chosen: list[list[str]] = []
        self.sent: dict[str, Any] = {}
        bolt.command("/trial")(self.open)
        bolt.options("value")(self.offer)
        bolt.action("value")(self.choose)
        bolt.view("form")(self.take)

    async def open(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        who = menu("multi_external_select", min_query_length=2, max_selected_items=2, focus_on_load=True)
        await client.views_open(trigger_id=body["trigger_id"], view=modal(entry("Who", who)))

    async def offer(self, ack: Any, body: dict[str, Any]) -> None:
        self.queries.append(body["value"])
        if body["value"] != "slow":
            await ack(**targets(body["value"]))

    async def choose(self, ack: Any, payload: dict[str, Any]) -> None:
        await ack()
        options = payload.get("selected_options") or [payload["selected_option"]]
        self.chosen.append([one["value"] for one in options])

    async def take(self, ack: Any, view: dict[str, Any]) -> None:
        await ack()
        self.sent = view["state"]["values"]


@pytest.fixture
def pager(bolt: AsyncApp) -> Pager:
    return Pager(bolt)


TYPE_QUICKLY = """(box, texts) => {
  for (box.value of texts) box.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def offers(at: Locator) -> Locator:
    return at.get_by_role("option")


async def test_several_are_searched_and_chosen_with_the_keyboard(
    browser: Browser, sandbox: Sandbox, pager: Pager
) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        await ana.send("/trial")
        form = ana.dialog("Form")
        box = form.get_by_role("combobox", name="Who")
        await expect(box).to_be_focused()
        await box.fill("p")
        await expect(form.get_by_text("Type 1 more character to search")).to_be_visible()
        await box.fill("pa")
        await expect(form.get_by_role("group", name="Teams").get_by_role("option")).to_have_text(["Payments"])
        await expect(form.get_by_role("group", name="People").get_by_role("option")).to_have_text(["Paula Reyes"])
        await ana.page.keyboard.press("ArrowDown")
        await expect(form.locator("[data-marked]")).to_have_text("Paula Reyes")
        await ana.page.keyboard.press("Enter")
        await expect(form.get_by_role("button", name="Remove Paula Reyes")).to_be_visible()
        await box.evaluate(TYPE_QUICKLY, ["b", "be", "ben"])
        await expect(offers(form)).to_have_text(["Ben Okafor"])
        assert pager.queries == ["pa", "ben"]
        await ana.page.keyboard.press("Enter")
        await expect(form.get_by_role("button", name="Remove Ben Okafor")).to_be_visible()
        await box.fill("pay")
        await expect(offers(form)).to_have_text(["Payments"])
        await ana.page.keyboard.press("Enter")
        await expect(form.get_by_role("button", name="Remove")).to_have_count(2)
        await form.get_by_role("button", name="Remove Paula Reyes").click()
        await expect(form.get_by_role("button", name="Remove")).to_have_count(1)
        await expect(box).to_be_focused()
        await form.get_by_role("button", name="Send").click()
        await expect(form).to_be_hidden()
    assert pager.sent["Who"]["value"]["selected_options"] == [option("Ben Okafor")]
    assert pager.chosen == []


async def test_nothing_found_says_why_it_may_be(browser: Browser, sandbox: Sandbox, pager: Pager) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        await ana.send("/trial")
        form = ana.dialog("Form")
        await form.get_by_role("combobox", name="Who").fill("nobody")
        await expect(form.get_by_text("Nothing could be found")).to_be_visible()
        await form.get_by_role("combobox", name="Who").fill("slow")
        await expect(form.get_by_text("The app did not answer within three seconds.")).to_be_visible()


async def card(web: AsyncWebClient, *blocks: dict[str, Any]) -> str:
    posted = await web.chat_postMessage(channel=INCIDENTS, text="An alert", blocks=list(blocks))
    return str(posted["ts"])


async def look(ana: Window) -> None:
    await ana.go_to("incidents")
    await expect(ana.page.get_by_role("heading", name="incidents")).to_be_visible()


async def test_a_menu_of_a_message_tells_each_choice_and_asks_whether_one_is_sure(
    browser: Browser, sandbox: Sandbox, web: AsyncWebClient, pager: Pager
) -> None:
    confirm = {"title": plain("Page them?"), "text": plain("Now."), "confirm": plain("Page"), "deny": plain("No")}
    first = [option("Payments", "Cards")]
    people = menu("multi_external_select", min_query_length=1, initial_options=first, placeholder=plain("More people"))
    one = menu("external_select", min_query_length=0, confirm=confirm, placeholder=plain("Instead"))
    static = menu("static_select", action_id="static", options=[option("A"), option("B")], confirm=confirm)
    await card(web, accessory(people), actions(one, static) | {"block_id": "c"})
    async with window(browser, sandbox, "U0ANA") as ana:
        await look(ana)
        await ana.log.get_by_placeholder("More people").fill("ben")
        await offers(ana.log).filter(has_text="Ben Okafor").click()
        await until(lambda: pager.chosen == [["payments", "ben okafor"]])
        await ana.page.keyboard.press("Escape")
        await ana.log.get_by_role("button", name="Remove Payments").click()
        await until(lambda: pager.chosen[1:] == [["ben okafor"]])

        await ana.log.get_by_placeholder("Instead").click()
        await ana.page.get_by_role("option", name="Platform").click()
        await ana.dialog("Page them?").get_by_role("button", name="No").click()
        await expect(ana.log.get_by_placeholder("Instead")).to_have_value("")
        await ana.log.locator("select").select_option("b")
        await ana.dialog("Page them?").get_by_role("button", name="No").click()
        await expect(ana.log.locator("select")).to_have_value("")
        await ana.log.get_by_placeholder("Instead").click()
        await ana.page.get_by_role("option", name="Platform").click()
        await ana.dialog("Page them?").get_by_role("button", name="Page", exact=True).click()
        await until(lambda: pager.chosen[2:] == [["platform"]])
        await expect(ana.log.get_by_placeholder("Instead")).to_have_value("Platform")


async def test_a_static_menu_of_many_options_is_searched(
    browser: Browser, sandbox: Sandbox, web: AsyncWebClient, pager: Pager
) -> None:
    many = [option(f"Region {number} of the cloud") for number in range(13)]
    long, short = [menu("static_select", options=options, placeholder=plain("Where")) for options in (many, many[1:])]
    await card(web, actions(long), actions(short) | {"block_id": "few"})
    async with window(browser, sandbox, "U0ANA") as ana:
        await look(ana)
        await expect(ana.log.locator("select")).to_have_count(1)
        await ana.log.get_by_placeholder("Where").fill("12 of")
        await expect(offers(ana.log.get_by_role("listbox"))).to_have_text(["Region 12 of the cloud"])
        await ana.page.keyboard.press("Enter")
        await until(lambda: pager.chosen == [["region 12 of the cloud"]])
        await expect(ana.log.get_by_placeholder("Where")).to_have_value("Region 12 of the cloud")


async def test_rich_text_and_files_are_put_into_a_form_and_typing_is_told(
    browser: Browser, sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient
) -> None:
    sent: list[dict[str, Any]] = []
    typed: list[str] = []
    typing = {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    first = rich_text([{"type": "text", "text": "as it was", "style": {"bold": True}}])

    @bolt.command("/trial")
    async def show(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        inputs = [
            entry("Notes", {"type": "rich_text_input", "action_id": "value"}),
            entry("Before", {"type": "rich_text_input", "action_id": "value", "initial_value": first}),
            entry("Log", {"type": "file_input", "action_id": "value", "filetypes": ["txt"], "max_files": 1}),
            entry("Find", typing, dispatch_action=True, optional=True),
        ]
        await web.views_open(trigger_id=body["trigger_id"], view=modal(*inputs))

    @bolt.action("value")
    async def hear(ack: Any, payload: dict[str, Any]) -> None:
        await ack()
        typed.append(payload["value"])

    @bolt.view("form")
    async def take(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        sent.append(view["state"]["values"])

    async with window(browser, sandbox, "U0ANA") as ana:
        await ana.send("/trial")
        form = ana.dialog("Form")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_text("Please complete this required field.")).to_have_count(2)
        await form.get_by_label("Find").press_sequentially("check")
        await until(lambda: typed[-1:] == ["check"])
        await form.get_by_label("Notes").fill("one\ntwo")
        await expect(form.get_by_label("Before")).to_have_value("as it was")
        given: Any = {"name": "log.txt", "mimeType": "text/plain", "buffer": b"boom"}
        await form.get_by_label("Log").set_input_files(given)
        await form.get_by_role("button", name="Send").click()
        await expect(form).to_be_hidden()
    [values] = sent
    assert values["Notes"]["value"]["rich_text_value"] == rich_text([{"type": "text", "text": "one\ntwo"}])
    assert values["Before"]["value"]["rich_text_value"] == first
    [file] = values["Log"]["value"]["files"]
    assert (await web.files_info(file=file["id"]))["file"]["name"] == "log.txt"
    assert sandbox.workspace.files[file["id"]].content == b"boom"


async def test_a_page_in_ones_direct_messages_is_unread_and_answered_there_and_in_its_thread(
    browser: Browser, sandbox: Sandbox, web: AsyncWebClient, bolt: AsyncApp
) -> None:
    @bolt.action("join")
    async def join(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text="You joined", blocks=[])

    button = {"type": "button", "action_id": "join", "text": plain("Join")}
    async with window(browser, sandbox, "U0ANA") as ana:
        posted = await web.chat_postMessage(channel="U0ANA", text="You are paged", blocks=[actions(button)])
        channel = posted["channel"]
        app = ana.sidebar.get_by_role("link", name="trial")
        await expect(app).to_have_accessible_name("trial unread 1 mentions")
        await expect(ana.page.get_by_role("link", name="trial: You are paged")).to_be_visible()
        await app.click()
        await ana.log.get_by_role("button", name="Join").click()
        await expect(ana.message("You joined")).to_be_visible()
        await expect(app).to_have_accessible_name("trial")

        await web.chat_postMessage(channel=channel, text="it goes on", thread_ts=posted["ts"], blocks=[actions(button)])
        last = await web.chat_postMessage(
            channel=channel, text="It is over", thread_ts=posted["ts"], reply_broadcast=True
        )
        assert last["message"]["subtype"] == "thread_broadcast"
        await expect(ana.message("It is over")).to_contain_text("replied to a thread: You joined")
        await ana.message("You joined").get_by_role("button", name="2 replies").click()
        thread = ana.page.get_by_role("complementary", name="Thread")
        await thread.get_by_role("button", name="Join").click()
        await expect(thread.get_by_role("article").filter(has_text="You joined")).to_have_count(2)


async def test_an_alert_of_another_bot_is_drawn_with_all_it_says(browser: Browser, sandbox: Sandbox) -> None:
    fields = [{"title": "severity", "value": "*critical*", "short": True}, {"title": "<b>", "value": "<b>"}]
    alert = {"color": "danger", "title": "HighErrorRate", "title_link": "https://alerts.example/1", "fields": fields}
    extra = {"pretext": "On call:", "author_name": "Alertmanager", "footer": "prod", "ts": 1_700_000_000}
    async with window(browser, sandbox, "U0ANA") as ana:
        await look(ana)
        await sandbox.person("ana").bot_message(INCIDENTS, "", attachments=[alert | extra])
        shown = ana.message("HighErrorRate")
        await expect(shown.get_by_role("link", name="HighErrorRate")).to_have_attribute(
            "href", "https://alerts.example/1"
        )
        for words in ("On call:", "Alertmanager", "severity", "critical", "<b>", "prod Nov 14, 2023"):
            await expect(shown).to_contain_text(words)
