"""Menus and pickers: what the app is asked for and what it is told, in messages and forms, by socket and over HTTP."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web as http
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.deliveries.transport import Timing
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, manifest
from tests.sandbox.test_http_delivery import Endpoint, endpoint
from tests.sandbox.test_modals import App, app, entry, modal, open_form, plain

__all__ = ["app", "endpoint"]

TEAMS = ["Payments", "Platform"]
PEOPLE = ["Ana Duarte", "Ben Okafor", "Paula Reyes"]
Show = Callable[..., Awaitable[dict[str, str]]]


def option(text: str, description: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"text": plain(text), "value": text.lower()}
    return made | ({"description": plain(description)} if description else {})


def targets(query: str) -> dict[str, Any]:
    """What can be paged and reads like `query`, in two groups."""
    groups = {"Teams": TEAMS, "People": PEOPLE}
    found = {label: [name for name in names if query.lower() in name.lower()] for label, names in groups.items()}
    return {"option_groups": [group(label, names) for label, names in found.items() if names]}


def group(label: str, names: list[str]) -> dict[str, Any]:
    return {"label": plain(label), "options": [option(name) for name in names]}


class Asked(list[dict[str, Any]]):
    """The queries an app was asked, answered with `targets`."""

    async def __call__(self, ack: Any, body: dict[str, Any]) -> None:
        self.append(body)
        await ack(**targets(body["value"]))


@pytest.fixture
def asked(bolt: AsyncApp, app: App) -> Asked:
    asked = Asked()
    bolt.options("value")(asked)
    return asked


@pytest.fixture
def show(web: AsyncWebClient) -> Show:
    """Post blocks; gives where they are, for a person's acts."""

    async def post(*blocks: dict[str, Any], **more: Any) -> dict[str, str]:
        posted = await web.chat_postMessage(channel=GENERAL, text="card", blocks=list(blocks) or None, **more)
        return {"channel": GENERAL, "ts": posted["ts"]}

    return post


def menu(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "value"} | more


def accessory(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "section", "block_id": "b", "text": plain("Page"), "accessory": element}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "b", "elements": list(elements)}


async def test_suggestions_come_in_groups_and_several_are_chosen(
    sandbox: Sandbox, app: App, asked: Asked, web: AsyncWebClient
) -> None:
    element = menu("multi_external_select", min_query_length=1, max_selected_items=2)
    where = {"view_id": await open_form(sandbox, app, web, modal(entry("who", element)))}
    ana = sandbox.person("ana")
    assert await ana.suggestions("value", "who", "pa", **where) == {"options": []} | targets("pa")
    assert [o["value"] for o in await ana.options("value", "who", "pa", **where)] == ["payments", "paula reyes"]
    chosen = await ana.choose("value", "who", "Payments", "ben okafor", query="a", **where)
    assert await ana.submit(where["view_id"], {}) == {}
    assert app.submitted[0]["view"]["state"]["values"]["who"]["value"]["selected_options"] == chosen
    assert [o["text"]["text"] for o in chosen] == ["Payments", "Ben Okafor"]


async def test_a_suggestion_is_asked_as_slack_asks(
    sandbox: Sandbox, app: App, asked: Asked, web: AsyncWebClient, show: Show
) -> None:
    ana = sandbox.person("ana")
    view_id = await open_form(sandbox, app, web, modal(entry("who", menu("external_select"))))
    await ana.options("value", "who", "ben", view_id=view_id)
    message = await show(accessory(menu("external_select", min_query_length=0)))
    await ana.options("value", "b", **message)
    in_view, in_message = asked
    common = {"type", "user", "team", "api_app_id", "token", "container", "action_id", "block_id", "value"}
    common |= {"enterprise", "is_enterprise_install"}
    assert set(in_view) == common | {"view"}
    assert set(in_message) == common | {"channel", "message"}
    assert (in_view["container"], in_view["value"]) == ({"type": "view", "view_id": view_id}, "ben")
    assert (in_message["container"]["type"], in_message["value"]) == ("message", "")
    assert in_message["message"]["ts"] == message["ts"]


async def test_no_more_is_chosen_than_a_menu_takes(
    sandbox: Sandbox, app: App, asked: Asked, web: AsyncWebClient
) -> None:
    element = menu("multi_external_select", min_query_length=0, max_selected_items=1)
    where = {"view_id": await open_form(sandbox, app, web, modal(entry("who", element)))}
    ana = sandbox.person("ana")
    with pytest.raises(RefusedError, match="too_many_selected"):
        await ana.choose("value", "who", "Payments", "Platform", **where)
    both = {"type": "multi_external_select", "selected_options": [option("Payments"), option("Platform")]}
    with pytest.raises(RefusedError, match="too_many_selected"):
        await ana.submit(where["view_id"], {"who": {"value": both}})
    with pytest.raises(RefusedError, match="option_not_found"):
        await ana.choose("value", "who", "Nobody", **where)


async def test_a_short_query_is_not_sent(sandbox: Sandbox, app: App, asked: Asked, show: Show) -> None:
    three, one = menu("external_select"), menu("external_select", action_id="one", min_query_length=1)
    where = await show(actions(three, one))
    ana = sandbox.person("ana")
    for action_id, query in (("value", "pa"), ("one", "")):
        with pytest.raises(RefusedError, match="query_too_short"):
            await ana.options(action_id, "b", query, **where)
    assert asked == []
    assert await ana.options("value", "b", "pay", **where) == [option("Payments")]


async def test_what_is_chosen_at_first_may_stay_and_go(
    sandbox: Sandbox, app: App, asked: Asked, web: AsyncWebClient
) -> None:
    first = option("Payments", "Cards and wallets")
    element = menu("multi_external_select", initial_options=[first], min_query_length=0)
    single = menu("external_select", initial_option=option("Kept"), min_query_length=0)
    view_id = await open_form(sandbox, app, web, modal(entry("who", element), entry("one", single)))
    ana = sandbox.person("ana")
    await web.views_update(
        view_id=view_id, view=modal(entry("who", menu("multi_external_select")), entry("one", single))
    )
    await ana.submit(view_id, {"who": {"value": ["payments"]}})
    values = app.submitted[0]["view"]["state"]["values"]
    assert values["who"]["value"]["selected_options"] == [first]
    assert values["one"]["value"]["selected_option"] == option("Kept")


async def test_each_choice_on_a_message_is_told_at_once(sandbox: Sandbox, app: App, asked: Asked, show: Show) -> None:
    element = menu("multi_external_select", min_query_length=0, initial_options=[option("Ana Duarte")])
    where = await show(accessory(element))
    await sandbox.person("ben").choose("value", "b", "Payments", "Ana Duarte", query="", **where)
    [body] = app.pressed
    [told] = body["actions"]
    assert told["selected_options"] == [option("Payments"), option("Ana Duarte")]
    assert (told["initial_options"], told["min_query_length"]) == ([option("Ana Duarte")], 0)
    assert body["state"]["values"]["b"]["value"]["selected_options"] == told["selected_options"]


@pytest.mark.parametrize("answer", [{}, {"options": []}])
async def test_nothing_offered_is_nothing_found(
    sandbox: Sandbox, bolt: AsyncApp, show: Show, answer: dict[str, Any]
) -> None:
    @bolt.options("value")
    async def nothing(ack: Any) -> None:
        await ack(**answer)

    where = await show(accessory(menu("external_select")))
    assert await sandbox.person("ana").options("value", "b", "pay", **where) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [option("x" * 76)]},
        {"options": [option(str(number)) for number in range(101)]},
        {"option_groups": [group("x" * 76, TEAMS)]},
        {"option_groups": [group("Teams", [str(number) for number in range(101)])]},
    ],
)
async def test_an_offer_over_slacks_limits_is_refused(
    sandbox: Sandbox, bolt: AsyncApp, show: Show, answer: dict[str, Any]
) -> None:
    @bolt.options("value")
    async def offer(ack: Any) -> None:
        await ack(**answer)

    where = await show(accessory(menu("external_select")))
    with pytest.raises(RefusedError, match="invalid_options"):
        await sandbox.person("ana").options("value", "b", "pay", **where)


async def test_an_app_that_does_not_answer_in_time_is_not_asked_again(
    sandbox: Sandbox, bolt: AsyncApp, show: Show
) -> None:
    where = await show(accessory(menu("external_select")))
    with pytest.raises(RefusedError, match="operation_timeout"):
        await sandbox.person("ana").options("value", "b", "pay", **where)
    asked = [call for call in sandbox.workspace.calls if call.name == "block_suggestion"]
    assert [call.answer for call in asked] == [{"unanswered": "timeout"}]


async def test_over_http_suggestions_go_to_the_options_url(endpoint: Endpoint, timing: Timing) -> None:
    about = manifest(socket_mode=False)
    about["settings"]["interactivity"]["request_url"] = "http://127.0.0.1:1/slack"
    about["settings"]["interactivity"]["message_menu_options_url"] = endpoint.url
    endpoint.answer = lambda: http.json_response(targets("pay"))
    async with running_sandbox(about, timing=timing) as sandbox:
        client = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        blocks = [accessory(menu("external_select"))]
        ts = (await client.chat_postMessage(channel=GENERAL, text="card", blocks=blocks))["ts"]
        where = {"channel": GENERAL, "ts": ts}
        assert await sandbox.person("ana").options("value", "b", "pay", **where) == [option("Payments")]
        endpoint.delay = 0.6
        with pytest.raises(RefusedError, match="operation_timeout"):
            await sandbox.person("ana").options("value", "b", "pay", **where)
    headers, body = endpoint.got[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "block_suggestion" in body
    assert len(endpoint.got) == 2


async def test_an_input_is_told_of_only_when_it_dispatches(
    sandbox: Sandbox, app: App, asked: Asked, web: AsyncWebClient
) -> None:
    quiet, loud = entry("quiet", menu("users_select")), entry("loud", menu("users_select"), dispatch_action=True)
    view_id = await open_form(sandbox, app, web, modal(quiet, loud))
    ana = sandbox.person("ana")
    await ana.press("value", "quiet", view_id=view_id, selected_user="U0BEN")
    await ana.press("value", "loud", view_id=view_id, selected_user="U0DAN")
    [body] = app.pressed
    assert body["actions"][0]["block_id"] == "loud"
    assert body["view"]["state"]["values"]["quiet"]["value"]["selected_user"] == "U0BEN"


@pytest.mark.parametrize(
    ("element", "chosen"),
    [
        (menu("users_select", initial_user="U0ANA"), {"selected_user": "U0BEN"}),
        (menu("multi_users_select"), {"selected_users": ["U0BEN", "U0DAN"]}),
        (menu("conversations_select"), {"selected_conversation": GENERAL}),
        (menu("channels_select"), {"selected_channel": GENERAL}),
        (menu("datepicker", initial_date="2025-01-01"), {"selected_date": "2025-02-03"}),
        (menu("timepicker", initial_time="08:00"), {"selected_time": "23:59"}),
        (menu("datetimepicker", initial_date_time=1_700_000_000), {"selected_date_time": 1_800_000_000}),
        (menu("radio_buttons", options=[option("One")]), {"selected_option": option("One")}),
        (menu("checkboxes", options=[option("One")]), {"selected_options": [option("One")]}),
        (menu("overflow", options=[option("One"), option("Two")]), {"selected_option": option("Two")}),
    ],
    ids=lambda part: part.get("type", ""),
)
async def test_what_is_chosen_on_a_message_is_told_with_what_was_there_first(
    sandbox: Sandbox, app: App, show: Show, element: dict[str, Any], chosen: dict[str, Any]
) -> None:
    confirm = {"title": plain("Sure?"), "text": plain("Really."), "confirm": plain("Yes"), "deny": plain("No")}
    where = await show(actions(element | {"confirm": confirm}))
    await sandbox.person("ana").press("value", "b", **chosen, **where)
    [told] = app.pressed[0]["actions"]
    first = {name: value for name, value in element.items() if name.startswith("initial_")}
    assert told == {
        "type": element["type"],
        "action_id": "value",
        "block_id": "b",
        "action_ts": told["action_ts"],
        "confirm": confirm,
        **first,
        **chosen,
    }


async def test_what_is_deselected_is_told_as_nothing(sandbox: Sandbox, app: App, show: Show) -> None:
    where = await show(actions(menu("static_select", options=[option("One")], initial_option=option("One"))))
    await sandbox.person("ana").press("value", "b", selected_option="", **where)
    assert app.pressed[0]["actions"][0]["selected_option"] is None


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("datepicker", {"selected_date": "3 February"}),
        ("timepicker", {"selected_time": "9:00"}),
        ("datetimepicker", {"selected_date_time": 12}),
    ],
)
async def test_a_moment_is_written_as_slack_writes_it(
    sandbox: Sandbox, app: App, show: Show, kind: str, chosen: dict[str, Any]
) -> None:
    where = await show(actions(menu(kind)))
    with pytest.raises(RefusedError, match="invalid_value"):
        await sandbox.person("ana").press("value", "b", **chosen, **where)


async def test_numbers_and_addresses_are_checked_before_a_form_is_sent(
    sandbox: Sandbox, app: App, web: AsyncWebClient
) -> None:
    minutes = entry(
        "minutes", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}
    )
    link = entry("link", {"type": "url_text_input"})
    view_id = await open_form(sandbox, app, web, modal(minutes, link))
    ana = sandbox.person("ana")
    wrong = await ana.submit(view_id, {"minutes": {"value": "1.5"}, "link": {"value": "example.com"}})
    assert set(wrong) == {"minutes", "link"}
    assert set(await ana.submit(view_id, {"minutes": {"value": "10"}, "link": {"value": "https://x.example"}})) == {
        "minutes"
    }
    assert await ana.submit(view_id, {"minutes": {"value": "9"}}) == {}
    values = app.submitted[0]["view"]["state"]["values"]
    assert values["minutes"]["value"] == {"type": "number_input", "value": "9"}
    assert values["link"]["value"] == {"type": "url_text_input", "value": "https://x.example"}


async def test_a_button_in_an_attachment_says_where_it_is(sandbox: Sandbox, app: App, show: Show) -> None:
    button = {"type": "button", "action_id": "value", "text": plain("Accept"), "value": "7", "style": "primary"}
    where = await show(attachments=[{"text": "first"}, {"color": "danger", "blocks": [actions(button)]}])
    await sandbox.person("ana").press("value", "b", **where)
    [body] = app.pressed
    assert body["container"] == {
        "type": "message_attachment",
        "message_ts": where["ts"],
        "attachment_id": 2,
        "channel_id": GENERAL,
        "is_ephemeral": False,
        "is_app_unfurl": False,
    }
    assert json.dumps(body["message"]["attachments"][1]["blocks"][0]["elements"][0]) == json.dumps(button)
    assert (body["actions"][0]["value"], body["actions"][0]["style"]) == ("7", "primary")
