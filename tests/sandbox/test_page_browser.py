"""A person in a browser: types a command, fills the form, presses what the app posts, and sees it all live.
The app is a small Bolt app over Socket Mode; the browser is headless Chromium."""

import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import until
from tests.window import Window, window

pytestmark = pytest.mark.browser

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Lost and Found"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "lost"},
        "slash_commands": [
            {"command": "/lost", "description": "Report a thing", "usage_hint": "[what]", "should_escape": True}
        ],
        "shortcuts": [
            {"name": "Report a thing", "type": "global", "callback_id": "report", "description": "Open the form"},
            {"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keep the message"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "chat:write.public",
                "channels:manage",
                "channels:read",
                "channels:history",
                "im:write",
                "im:history",
                "users:read",
                "pins:write",
                "bookmarks:write",
                "reactions:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.channels"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str) -> dict[str, Any]:
    return {"value": value, "text": plain(text)}


def form(title: str = "") -> dict[str, Any]:
    what = {"type": "plain_text_input", "action_id": "text", "initial_value": title, "focus_on_load": True}
    sizes = [option("s", "Small"), option("l", "Large")]
    return {
        "type": "modal",
        "callback_id": "thing",
        "title": plain("Report a thing"),
        "submit": plain("Report"),
        "blocks": [
            {"type": "input", "block_id": "what", "label": plain("What"), "hint": plain("In a word"), "element": what},
            {
                "type": "input",
                "block_id": "size",
                "label": plain("Size"),
                "element": {
                    "type": "static_select",
                    "action_id": "menu",
                    "options": sizes,
                    "initial_option": sizes[0],
                },
            },
            {
                "type": "input",
                "block_id": "who",
                "optional": True,
                "label": plain("Tell"),
                "element": {"type": "multi_users_select", "action_id": "users"},
            },
            {
                "type": "actions",
                "block_id": "aside",
                "elements": [{"type": "button", "action_id": "help", "text": plain("What counts?")}],
            },
            {
                "type": "input",
                "block_id": "place",
                "optional": True,
                "label": plain("Place"),
                "element": {"type": "external_select", "action_id": "places", "min_query_length": 1},
            },
        ],
    }


def card(text: str) -> list[dict[str, Any]]:
    return [
        {"type": "header", "block_id": "title", "text": plain(text)},
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {"type": "button", "action_id": "found", "text": plain("Found it"), "style": "primary"},
                {
                    "type": "button",
                    "action_id": "give_up",
                    "text": plain("Give up"),
                    "style": "danger",
                    "confirm": {
                        "title": plain("Give up?"),
                        "text": plain("It stays lost."),
                        "confirm": plain("Give up"),
                        "deny": plain("Keep looking"),
                    },
                },
            ],
        },
    ]


def lost_and_found(sandbox: Sandbox) -> AsyncApp:
    """The app under the browser: a command that opens a form, which opens a channel with a card."""
    app = AsyncApp(client=AsyncWebClient(sandbox.app.bot_token, sandbox.api_url))

    @app.command("/lost")
    async def lost(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form(body["text"]))

    @app.shortcut("report")
    async def report(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.shortcut("keep")
    async def keep(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postEphemeral(
            channel=body["channel"]["id"], user=body["user"]["id"], text=f"Kept: {body['message']['text']}"
        )

    @app.options("places")
    async def places(ack: Any, body: dict[str, Any]) -> None:
        found = [name for name in ("Platform 1", "Platform 2", "Hall") if body["value"].lower() in name.lower()]
        await ack(options=[option(name, name) for name in found])

    @app.view("thing")
    async def thing(ack: Any, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        what = values["what"]["text"]["value"]
        if len(what) < 3:
            await ack(response_action="errors", errors={"what": "Say a little more."})
            return
        await ack()
        size = values["size"]["menu"]["selected_option"]["text"]["text"]
        place = (values["place"]["places"]["selected_option"] or {"value": "somewhere"})["value"]
        made = await client.conversations_create(name="lost-1")
        channel = made["channel"]["id"]
        people = [body["user"]["id"], *values["who"]["users"]["selected_users"]]
        posted = await client.chat_postMessage(channel=channel, text=what, blocks=card(f"{size}: {what} at {place}"))
        await client.pins_add(channel=channel, timestamp=posted["ts"])
        await client.conversations_setTopic(channel=channel, topic="Looking for it")
        await client.conversations_invite(channel=channel, users=people)

    @app.action("help")
    async def explain(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        blocks = [{"type": "section", "text": plain("Anything with an owner.")}]
        view = {"type": "modal", "title": plain("What counts"), "blocks": blocks}
        await client.views_push(trigger_id=body["trigger_id"], view=view)

    @app.action("found")
    async def found(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        text = f"Found by <@{body['user']['id']}>"
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text=text,
            blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
        )

    @app.action("give_up")
    async def give_up(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text="Nobody gives up here.", response_type="ephemeral", replace_original=False)

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [{"type": "header", "text": plain("Nothing is lost")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.event("message")
    async def heard(ack: Any) -> None:
        await ack()

    return app


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A workspace with the app installed and connected."""
    async with running_sandbox(MANIFEST) as running:
        handler = AsyncSocketModeHandler(lost_and_found(running), running.app.app_token)
        await handler.connect_async()
        yield running
        await handler.close_async()


async def faults(window: Window) -> list[Any]:
    """What axe finds wrong for people who do not see, or not well."""
    found = (await Axe().run(window.page)).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]


def report(window: Window) -> Locator:
    """The app's form."""
    return window.dialog("Report a thing")


async def test_a_command_opens_a_form_and_its_submission_a_channel_with_a_card_to_press(
    browser: Browser, sandbox: Sandbox, screenshots: Path
) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        await expect(ana.page.get_by_text("Type /lost below and press Enter.")).to_be_visible()
        await ana.page.screenshot(path=screenshots / "page-first-screen.png")
        await ana.type("/lo")
        await expect(ana.page.get_by_role("option").filter(has_text="/lost")).to_contain_text("Report a thing")
        await ana.page.keyboard.press("Tab")
        await ana.page.keyboard.type("me")
        await ana.page.keyboard.press("Enter")

        await expect(report(ana).get_by_label("What")).to_be_focused()
        await expect(report(ana).get_by_label("What")).to_have_value("me")
        await report(ana).get_by_role("button", name="Report").click()
        await expect(report(ana).get_by_text("Say a little more.")).to_be_visible()
        await ana.page.screenshot(path=screenshots / "page-form-error.png")
        await report(ana).get_by_label("What").fill("Red <b>umbrella</b>")
        await report(ana).get_by_label("Size").select_option(label="Large")
        await report(ana).get_by_label("Tell").fill("ben")
        await ana.page.keyboard.press("Enter")
        await report(ana).get_by_label("Place").fill("plat")
        await report(ana).get_by_role("option", name="Platform 2").click()
        await report(ana).get_by_role("button", name="Report").click()
        await expect(report(ana)).to_be_hidden()

        await expect(ana.page.get_by_role("link", name="You were added to #lost-1")).to_be_visible()
        channel = ana.sidebar.get_by_role("link", name=re.compile("lost-1"))
        await expect(channel).to_have_accessible_name(re.compile("unread"))
        await channel.click()
        await expect(ana.page.get_by_role("heading", name="Large: Red <b>umbrella</b> at Platform 2")).to_be_visible()
        await expect(ana.page.get_by_role("button", name="1 pinned")).to_be_visible()
        await expect(ana.page.locator("#header")).to_contain_text("Looking for it")
        await ana.page.screenshot(path=screenshots / "page-card.png")

        async with window(browser, sandbox, "U0BEN", "&channel=C0GENERAL") as ben:
            await ben.sidebar.get_by_role("link", name=re.compile("lost-1")).click()
            await ben.page.get_by_role("button", name="Give up").click()
            question = ben.page.get_by_role("alertdialog", name="Give up?")
            await question.get_by_role("button", name="Give up").click()
            await expect(ben.message("Nobody gives up here.")).to_contain_text("Only visible to you")
            await ben.page.get_by_role("button", name="Found it").click()
        await expect(ana.message("Found by @ben")).to_be_visible()
        await expect(ana.message("Nobody gives up here.")).to_have_count(0)


async def test_two_people_talk_live_and_what_one_is_typing_stays(
    browser: Browser, sandbox: Sandbox, screenshots: Path
) -> None:
    async with window(browser, sandbox, "U0ANA") as ana, window(browser, sandbox, "U0BEN") as ben:
        await ana.type("half a sen")
        await ben.send("<script>alert(1)</script> @ana @here see https://x.test/a?b=1&c=2 and *this*")
        said = ana.message("alert(1)")
        await expect(said).to_contain_text("<script>alert(1)</script> @ana @here see https://x.test/a?b=1&c=2 and this")
        texts = [message.text for message in sandbox.workspace.channels["C0GENERAL"].messages.values()]
        assert "<@U0ANA> <!here> see" in texts[-1]
        await expect(said.get_by_role("link")).to_have_attribute("href", "https://x.test/a?b=1&c=2")
        await expect(ana.box).to_have_value("half a sen")
        await expect(ana.box).to_be_focused()
        await ana.page.keyboard.type("tence")
        await ana.page.keyboard.press("Enter")
        await expect(ben.message("half a sentence")).to_be_visible()

        await ben.message("half a sentence").hover()
        await ben.message("half a sentence").get_by_role("button", name="Add a reaction").first.click()
        await ben.page.get_by_role("dialog", name="Add a reaction").get_by_role("button", name="tada").click()
        await expect(ana.message("half a sentence").get_by_role("button", name="tada, 1")).to_be_visible()
        await ben.message("half a sentence").hover()
        await ben.message("half a sentence").get_by_role("button", name="Add a reaction").first.click()
        await ben.page.get_by_label("Emoji name").fill("lobs")
        await expect(ben.page.get_by_role("button", name="lobster")).to_be_visible()
        await ben.page.screenshot(path=screenshots / "page-picker.png")
        await ben.page.keyboard.press("Enter")
        await expect(ana.message("half a sentence").get_by_role("button", name="lobster, 1")).to_be_visible()

        await ana.menu("half a sentence", "Edit message")
        await ana.page.get_by_role("textbox", name="Text").fill("a whole sentence")
        await ana.page.get_by_role("button", name="Save").click()
        await expect(ben.message("a whole sentence")).to_contain_text("(edited)")

        await ben.message("a whole sentence").hover()
        await ben.message("a whole sentence").get_by_role("button", name="Reply in thread").first.click()
        await ben.page.get_by_role("textbox", name="Reply in thread").fill("well said")
        await ben.page.keyboard.press("Enter")
        await expect(ben.page.get_by_role("complementary", name="Thread")).to_contain_text("well said")
        await expect(ana.message("a whole sentence").get_by_role("button", name="1 reply")).to_be_visible()
        await ben.page.screenshot(path=screenshots / "page-thread.png")

        await ana.menu("a whole sentence", "Pin to channel")
        await expect(ben.message("a whole sentence")).to_contain_text("Pinned by Ana Duarte")
        await ben.menu("a whole sentence", "Keep this")
        await expect(ben.message("Kept: a whole sentence")).to_contain_text("Only visible to you")
        await ben.message("Kept: a whole sentence").get_by_role("button", name="Dismiss").click()
        await expect(ben.message("Kept: a whole sentence")).to_have_count(0)
        await ana.menu("a whole sentence", "Delete message")
        await ana.page.get_by_role("button", name="Delete", exact=True).click()
        await expect(ana.message("a whole sentence")).to_have_count(0)


async def test_two_windows_of_one_browser_are_two_people(browser: Browser, sandbox: Sandbox) -> None:
    """As one has them open beside each other: what is done in one is read in the other, and is not done to it."""
    context = await browser.new_context()
    async with window(context, sandbox, "U0ANA") as one, window(context, sandbox, "U0BEN") as other:
        await other.type("half a sen")
        await one.send("Ana here")
        await expect(other.message("Ana here")).to_be_visible()
        await one.page.get_by_role("button", name="You are Ana Duarte").click()
        await one.page.get_by_role("menuitem", name="Cleo").click()
        await expect(one.page.get_by_role("button", name=re.compile("You are Cleo"))).to_be_visible()
        await one.page.locator("body[data-live]").wait_for()
        await expect(other.page.get_by_role("button", name=re.compile("You are Ben"))).to_be_visible()
        await expect(other.box).to_have_value("half a sen")
        await one.send("and now Cleo")
        await expect(other.message("and now Cleo").get_by_text("Cleo", exact=False).first).to_be_visible()
        await other.page.keyboard.type("tence")
        await other.page.keyboard.press("Enter")
        await expect(one.message("half a sentence")).to_be_visible()
    said = [message.user for message in sandbox.workspace.channels["C0GENERAL"].messages.values()][-3:]
    assert said == ["U0ANA", "U0CLEO", "U0BEN"]
    await context.close()


async def test_a_form_opened_over_another_leaves_it_as_it_was(browser: Browser, sandbox: Sandbox) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        await ana.send("/lost")
        await report(ana).get_by_label("What").fill("half a title")
        await report(ana).get_by_role("button", name="What counts?").click()
        above = ana.page.get_by_role("dialog", name="What counts")
        await expect(above.get_by_text("Anything with an owner.")).to_be_visible()
        await expect(report(ana)).to_be_hidden()
        await above.get_by_role("button", name="Back").click()
        await expect(report(ana).get_by_label("What")).to_have_value("half a title")
        await report(ana).get_by_role("button", name="Close").click()
        await expect(report(ana)).to_be_hidden()


async def test_people_write_to_each_other_and_are_told(browser: Browser, sandbox: Sandbox) -> None:
    async with window(browser, sandbox, "U0ANA") as ana, window(browser, sandbox, "U0BEN") as ben:
        await ana.page.get_by_role("button", name="Write to somebody").click()
        await ana.page.get_by_role("menuitem", name="Ben Okafor").click()
        await expect(ana.page.get_by_role("heading", name="Ben Okafor")).to_be_visible()
        await ana.send("are you there?")
        await ben.page.get_by_role("link", name="Ana Duarte: are you there?").click()
        await expect(ben.message("are you there?")).to_be_visible()
        await ben.page.get_by_role("button", name="You are Ben Okafor. Switch person").click()
        await ben.page.get_by_role("menuitem", name="Cleo Marchetti").click()
        await expect(ben.page.get_by_role("button", name="You are Cleo Marchetti. Switch person")).to_be_visible()
        await expect(ben.message("are you there?")).to_have_count(0)


async def test_a_form_keeps_the_keyboard_and_escape_closes_it(browser: Browser, sandbox: Sandbox) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        await ana.page.get_by_role("button", name="Shortcuts").click()
        await ana.page.get_by_role("menuitem", name="Report a thing Open the form").click()
        await expect(report(ana).get_by_label("What")).to_be_focused()
        assert await faults(ana) == []
        await ana.page.keyboard.press("Enter")
        await expect(report(ana).get_by_text("Please complete this required field.")).to_be_visible()
        await ana.page.keyboard.press("Escape")
        await expect(report(ana)).to_be_hidden()
        assert await sandbox.person("ana").views() == []


def opened(sandbox: Sandbox) -> list[str]:
    """The tabs of the app's conversation that the app was told of."""
    return [call.arguments["event"]["tab"] for call in sandbox.workspace.calls if call.name == "app_home_opened"]


async def test_home_the_apps_messages_and_a_channel_to_join(browser: Browser, sandbox: Sandbox) -> None:
    async with window(browser, sandbox, "U0BEN") as ben:
        await ben.sidebar.get_by_role("button", name="lost").click()
        await ben.page.get_by_role("tab", name="Home").click()
        await expect(ben.page.get_by_role("heading", name="Nothing is lost")).to_be_visible()
        await ben.page.get_by_role("tab", name="Messages").click()
        await expect(ben.box).to_be_visible()
        await until(lambda: opened(sandbox) == ["messages", "home", "messages"])
        await ben.page.get_by_role("button", name="Browse channels").click()
        await ben.page.get_by_role("button", name="Join payments").click()
        await expect(ben.page.get_by_role("heading", name="payments")).to_be_visible()
        await ben.send("/nothing")
        await expect(ben.message("is not a valid command")).to_be_visible()
        await ben.page.go_back()
        await expect(ben.page.get_by_role("tab", name="Messages")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("dark", (1280, 800), "dark"), ("phone", (390, 844), "light"), ("phone-dark", (390, 844), "dark")],
)
async def test_the_page_fits_a_phone_and_the_night(
    browser: Browser, sandbox: Sandbox, screenshots: Path, name: str, size: tuple[int, int], scheme: str
) -> None:
    async with window(browser, sandbox, "U0ANA", size=size, scheme=scheme) as ana:
        await ana.send("/lost umbrella")
        await report(ana).get_by_role("button", name="Report").click()
        await ana.page.get_by_role("link", name="You were added to #lost-1").click()
        await expect(ana.page.get_by_role("heading", name="Small: umbrella")).to_be_visible()
        await ana.page.screenshot(path=screenshots / f"page-{name}.png")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await ana.page.evaluate(overflow) == 0
        assert await faults(ana) == []
        if size[0] < 760:
            await expect(ana.sidebar).to_be_hidden()
            await ana.page.get_by_role("button", name="Show channels").click()
            await expect(ana.sidebar.get_by_role("link", name=re.compile("general"))).to_be_visible()
            await ana.page.screenshot(path=screenshots / f"page-{name}-drawer.png", animations="disabled")
            await ana.page.keyboard.press("Escape")
            await expect(ana.sidebar).to_be_hidden()


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR42mNk+M+AFzDik2SgQBoAJ/0CD2mrfpMAAAAASUVORK5CYII="
)


async def test_files_are_shown_as_far_as_they_do_no_harm(browser: Browser, sandbox: Sandbox, screenshots: Path) -> None:
    """A picture, the beginning of a text, and of whatever else its name; each leads to the whole."""
    workspace, harm = sandbox.workspace, "<script>document.title = 'harmed'</script>"
    ana = sandbox.person("ana")
    given = [
        {"name": "graph.png", "content": "", "mimetype": "image/png"},
        {"name": "app.txt", "content": "\n".join(f"line {number} {harm}" for number in range(9))},
        {"name": "page.html", "content": harm, "mimetype": "text/html"},
        {"name": "drawing.svg", "content": "<svg xmlns='http://www.w3.org/2000/svg'/>", "mimetype": "image/svg+xml"},
    ]
    await ana.say("C0GENERAL", "what I see", files=given)
    next(file for file in workspace.files.values() if file.name == "graph.png").content = PNG
    async with window(browser, sandbox, "U0BEN") as ben:
        said = ben.message("what I see")
        picture = said.get_by_role("img", name="graph.png")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("image => image.naturalWidth") == 10
        await expect(said).to_contain_text("line 4 <script>")
        await expect(said).not_to_contain_text("line 5")
        assert await said.get_by_role("img").count() == 1
        await ben.page.screenshot(path=screenshots / "sandbox-files.png")
        async with ben.page.expect_popup() as opened:
            await said.get_by_role("link", name="page.html").click()
        page = await opened.value
        await page.wait_for_load_state()
        assert await page.title() != "harmed"


async def test_channels_are_made_filled_named_and_put_away_in_the_page(browser: Browser, sandbox: Sandbox) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        await ana.page.get_by_role("button", name="Browse channels").click()
        await ana.page.get_by_label("Name of a new channel").fill("picnic")
        await ana.page.get_by_role("button", name="Create").click()
        await expect(ana.page.get_by_role("heading", name="picnic")).to_be_visible()
        await ana.page.get_by_role("button", name="1 member").click()
        await ana.page.get_by_role("list", name="Invite").get_by_role("button", name="Ben Okafor").click()
        await expect(ana.page.get_by_role("button", name="2 members")).to_be_visible()
        await ana.page.get_by_role("heading", name="picnic").get_by_role("button").click()
        await ana.page.get_by_role("menuitem", name="Add a bookmark").click()
        await ana.page.get_by_role("textbox", name="Title").fill("The lake")
        await ana.page.get_by_role("textbox", name="Link").fill("https://lake.test")
        await ana.page.get_by_role("button", name="Save").click()
        await expect(ana.page.get_by_role("link", name="The lake")).to_have_attribute("href", "https://lake.test")
        await ana.page.get_by_role("button", name="Remove the bookmark The lake").click()
        await expect(ana.page.get_by_role("link", name="The lake")).to_have_count(0)
        for item, text in (
            ("Set the topic", "Sunday, at the lake"),
            ("Set the description", "Who brings what"),
            ("Rename channel", "picnic-2026"),
        ):
            await ana.page.get_by_role("heading", name="picnic").get_by_role("button").click()
            await ana.page.get_by_role("menuitem", name=item).click()
            await ana.page.get_by_role("dialog", name=item).get_by_label("Text").fill(text)
            await ana.page.get_by_role("button", name="Save").click()
        await expect(ana.page.get_by_role("heading", name="picnic-2026")).to_be_visible()
        await expect(ana.page.locator(".topic")).to_have_text("Sunday, at the lake")
        await expect(ana.message("set the channel description: Who brings what")).to_be_visible()
        await ana.page.get_by_role("heading", name="picnic").get_by_role("button").click()
        await ana.page.get_by_role("menuitem", name="Archive channel").click()
        await expect(ana.page.get_by_text("This channel is archived.")).to_be_visible()


async def test_one_sees_what_is_new_and_can_read_back_to_the_first_message(browser: Browser, sandbox: Sandbox) -> None:
    ana = sandbox.person("ana")
    said = [await ana.say("C0GENERAL", f"message {number}.") for number in range(230)]
    async with window(browser, sandbox, "U0BEN") as ben:
        new = ben.page.get_by_text("New", exact=True)
        await expect(ben.message("message 229.")).to_be_in_viewport()
        await expect(ben.message("message 29.")).to_have_count(0)
        await ben.page.get_by_role("button", name="Show earlier messages").click()
        await expect(ben.message("message 0.")).to_be_visible()
        await expect(ben.page.get_by_role("button", name="Show earlier messages")).to_have_count(0)
        await ben.go_to("incidents")
        await expect(ben.page.get_by_role("heading", name="incidents")).to_be_visible()
        await ana.say("C0GENERAL", "while Ben was elsewhere")
        await ben.go_to("general")
        await expect(new).to_have_count(1)
        await expect(ben.log.get_by_role("article").filter(has=new)).to_contain_text("while Ben was elsewhere")
        await ben.go_to("incidents")
        await ben.go_to("general")
        await expect(ben.message("while Ben was elsewhere")).to_be_in_viewport()
        await expect(new).to_have_count(0)
        await ben.page.goto(f"{sandbox.url}/archives/C0GENERAL/p{said[99].replace('.', '')}")
        await expect(ben.message("message 99.")).to_be_in_viewport()


async def test_files_go_with_a_message_and_a_reply_to_the_channel_too(browser: Browser, sandbox: Sandbox) -> None:
    async with window(browser, sandbox, "U0ANA") as ana:
        graph: Any = {"name": "graph.png", "mimeType": "image/png", "buffer": PNG}
        await ana.page.get_by_label("Attach files").set_input_files(graph)
        await expect(ana.page.get_by_text("📎 graph.png")).to_be_visible()
        await ana.send("it looks so")
        said = ana.message("it looks so")
        await expect(said.get_by_role("img", name="graph.png")).to_be_visible()
        assert [file.content for file in sandbox.workspace.files.values()] == [PNG]
        await expect(ana.page.get_by_text("📎 graph.png")).to_be_hidden()
        await said.hover()
        await said.get_by_role("button", name="Reply in thread").click()
        thread = ana.page.get_by_role("complementary", name="Thread")
        await thread.get_by_label("Also send to #general").check()
        await thread.get_by_label("Attach files").set_input_files(graph | {"name": "after.png"})
        reply = thread.get_by_role("textbox", name="Reply in thread")
        await reply.press_sequentially("it is mended, @cl")
        await expect(thread.get_by_role("option", selected=True)).to_contain_text("Cleo Marchetti")
        await expect(reply).to_have_attribute("aria-activedescendant", "thread-hints-0")
        await ana.page.keyboard.press("Enter")
        await expect(reply).to_have_value("it is mended, @cleo ")
        await expect(reply).not_to_have_attribute("aria-activedescendant", re.compile(""))
        await ana.page.keyboard.press("Enter")
        await expect(thread.get_by_role("img", name="after.png")).to_be_visible()
        await expect(ana.message("it is mended, @cleo")).to_contain_text("replied to a thread: it looks so")
        await expect(ana.page.get_by_label("Also send to #general")).not_to_be_checked()
        await reply.fill("half a rep")
        await sandbox.person("ben").say("C0GENERAL", "something else")
        await ana.message("something else").hover()
        await expect(reply).to_have_value("half a rep")
        await ana.message("something else").get_by_role("button", name="Reply in thread").click()
        await expect(thread).to_contain_text("something else")
        await expect(reply).to_have_value("")
