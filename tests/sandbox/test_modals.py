"""Triggers and modals: what opens, stays, is refused and closes; menus that ask the app; the Home tab."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, PAYMENTS, refused, until


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def entry(block_id: str, element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An input block whose element's action is `value`."""
    inner = {"action_id": "value"} | (element or {"type": "plain_text_input"})
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": inner} | more


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    shown = list(blocks) or [entry("title")]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": shown,
    } | more


class App:
    """An app that keeps trigger ids and submissions, and acknowledges submissions as told."""

    def __init__(self, bolt: AsyncApp) -> None:
        self.triggers: list[str] = []
        self.submitted: list[dict[str, Any]] = []
        self.closed: list[dict[str, Any]] = []
        self.pressed: list[dict[str, Any]] = []
        self.acknowledgement: dict[str, Any] = {}
        bolt.command("/trial")(self.command)
        bolt.view("form")(self.submission)
        bolt.view_closed("form")(self.closing)
        bolt.action("value")(self.action)

    async def command(self, ack: Any, body: dict[str, Any]) -> None:
        self.triggers.append(body["trigger_id"])
        await ack()

    async def submission(self, ack: Any, body: dict[str, Any]) -> None:
        self.submitted.append(body)
        await ack(**self.acknowledgement)

    async def closing(self, ack: Any, body: dict[str, Any]) -> None:
        self.closed.append(body)
        await ack()

    async def action(self, ack: Any, body: dict[str, Any]) -> None:
        self.pressed.append(body)
        await ack()


@pytest.fixture
def app(bolt: AsyncApp) -> App:
    return App(bolt)


async def trigger(sandbox: Sandbox, app: App, name: str = "ana") -> str:
    await sandbox.person(name).command(GENERAL, "/trial")
    return app.triggers[-1]


async def open_form(sandbox: Sandbox, app: App, web: AsyncWebClient, view: dict[str, Any]) -> str:
    return str((await web.views_open(trigger_id=await trigger(sandbox, app), view=view))["view"]["id"])


async def test_a_trigger_serves_once_and_three_seconds(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    used = await trigger(sandbox, app)
    await web.views_open(trigger_id=used, view=modal())
    with refused("exchanged_trigger_id"):
        await web.views_open(trigger_id=used, view=modal())
    late = await trigger(sandbox, app)
    await asyncio.sleep(0.45)
    with refused("expired_trigger_id"):
        await web.views_open(trigger_id=late, view=modal())
    with refused("invalid_trigger_id"):
        await web.views_open(trigger_id="1.2.nonsense", view=modal())


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        (modal(title=plain("t" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=None), "missing required field: submit [json-pointer:/view]"),
        (modal(private_metadata="m" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(entry("x"), entry("x")), "`block_id` field is invalid: x already exists [json-pointer:/view/blocks]"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        (modal(entry("x", {"type": "button"})), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
        ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
    ],
)
async def test_a_view_over_slacks_limits_is_refused_with_its_path(
    sandbox: Sandbox, app: App, web: AsyncWebClient, view: dict[str, Any], fault: str
) -> None:
    with refused("invalid_arguments") as caught:
        await web.views_open(trigger_id=await trigger(sandbox, app), view=view)
    assert f"[ERROR] {fault}" in caught.value.response["response_metadata"]["messages"]


async def test_a_submission_carries_the_state_and_closes_the_form(
    sandbox: Sandbox, app: App, web: AsyncWebClient
) -> None:
    severity = {"type": "static_select", "options": [{"text": plain("SEV1"), "value": "1"}]}
    form = modal(entry("title"), entry("severity", severity), entry("note", optional=True), private_metadata="kept")
    view_id = await open_form(sandbox, app, web, form)
    ana = sandbox.person("ana")
    required = "Please complete this required field."
    assert await ana.submit(view_id, {}) == {"title": required, "severity": required}
    assert await ana.submit(view_id, {"title": {"value": "Down"}, "severity": {"value": "1"}}) == {}
    [body] = app.submitted
    assert body["view"]["private_metadata"] == "kept"
    assert body["view"]["state"]["values"] == {
        "title": {"value": {"type": "plain_text_input", "value": "Down"}},
        "severity": {"value": {"type": "static_select", "selected_option": severity["options"][0]}},  # type: ignore[index]
        "note": {"value": {"type": "plain_text_input", "value": None}},
    }
    assert await ana.views() == []
    with pytest.raises(RefusedError, match="view_not_found"):
        await ana.submit(view_id, {})


async def test_the_apps_errors_stand_beside_their_inputs(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    view_id = await open_form(sandbox, app, web, modal())
    app.acknowledgement = {"response_action": "errors", "errors": {"title": "Too vague."}}
    ana = sandbox.person("ana")
    assert await ana.submit(view_id, {"title": {"value": "x"}}) == {"title": "Too vague."}
    assert (await ana.views())[0]["errors"] == {"title": "Too vague."}
    app.acknowledgement = {"response_action": "errors", "errors": {"elsewhere": "?"}}
    with pytest.raises(RefusedError, match="invalid_response_errors"):
        await ana.submit(view_id, {})


async def test_a_submission_may_update_push_or_clear(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    view_id = await open_form(sandbox, app, web, modal())
    ana = sandbox.person("ana")
    app.acknowledgement = {"response_action": "update", "view": modal(entry("second"))}
    await ana.submit(view_id, {"title": {"value": "x"}})
    [updated] = await ana.views()
    assert (updated["id"], updated["blocks"][0]["block_id"]) == (view_id, "second")
    app.acknowledgement = {"response_action": "push", "view": modal(entry("third"))}
    await ana.submit(view_id, {"second": {"value": "x"}})
    [_, pushed] = await ana.views()
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (view_id, view_id)
    app.acknowledgement = {"response_action": "clear"}
    await ana.submit(pushed["id"], {"third": {"value": "x"}})
    assert await ana.views() == []


async def test_three_views_are_a_full_stack(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    await open_form(sandbox, app, web, modal())
    for _ in range(2):
        await web.views_push(trigger_id=await trigger(sandbox, app), view=modal())
    with refused("push_limit_reached"):
        await web.views_push(trigger_id=await trigger(sandbox, app), view=modal())
    with refused("not_found"):
        await web.views_push(trigger_id=await trigger(sandbox, app, "ben"), view=modal())


async def test_an_update_keeps_what_was_typed_and_guards_by_hash(
    sandbox: Sandbox, app: App, web: AsyncWebClient
) -> None:
    opened = await web.views_open(trigger_id=await trigger(sandbox, app), view=modal(external_id="form-1"))
    view = opened["view"]
    button = {"type": "button", "action_id": "value", "text": plain("More")}
    with_button = modal(entry("title"), {"type": "actions", "block_id": "b", "elements": [button]})
    await web.views_update(view_id=view["id"], hash=view["hash"], view=with_button)
    with refused("hash_conflict"):
        await web.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    ana = sandbox.person("ana")
    await ana.press("value", "b", view_id=view["id"], values={"title": {"value": "typed"}})
    [pressed] = app.pressed
    assert pressed["view"]["state"]["values"]["title"]["value"]["value"] == "typed"
    assert pressed["container"] == {"type": "view", "view_id": view["id"]}
    await web.views_update(view_id=view["id"], view=modal(entry("title"), external_id="form-2"))
    await web.views_update(external_id="form-2", view=modal(entry("title"), entry("new")))
    [now] = await ana.views()
    assert now["state"]["values"]["title"]["value"]["value"] == "typed"
    with refused("not_found"):
        await web.views_update(view_id="V404", view=modal())


async def test_an_external_id_is_one_views(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    await open_form(sandbox, app, web, modal(external_id="only"))
    with refused("duplicate_external_id"):
        await web.views_open(trigger_id=await trigger(sandbox, app, "ben"), view=modal(external_id="only"))


async def test_closing_is_told_when_asked_for(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    await ana.close_view(await open_form(sandbox, app, web, modal()))
    await ana.close_view(await open_form(sandbox, app, web, modal(notify_on_close=True)))
    await until(lambda: app.closed)
    [told] = app.closed
    assert (told["type"], told["is_cleared"]) == ("view_closed", False)


async def test_a_submission_unanswered_leaves_the_form_open(
    sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient, app: App
) -> None:
    view_id = await open_form(sandbox, app, web, modal(callback_id="nobody's"))
    ana = sandbox.person("ana")
    with pytest.raises(RefusedError, match="operation_timeout"):
        await ana.submit(view_id, {"title": {"value": "x"}})
    assert [view["id"] for view in await ana.views()] == [view_id]


async def test_a_menu_asks_the_app_as_one_types(
    sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient, app: App
) -> None:
    @bolt.options("value")
    async def offer(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[{"text": plain(payload["value"].title()), "value": payload["value"]}])

    view_id = await open_form(sandbox, app, web, modal(entry("service", {"type": "external_select"})))
    ana = sandbox.person("ana")
    [offered] = await ana.options("value", "service", "checkout", view_id=view_id)
    assert offered["text"]["text"] == "Checkout"
    with pytest.raises(RefusedError, match="option_not_found"):
        await ana.submit(view_id, {"service": {"value": "never offered"}})
    assert await ana.submit(view_id, {"service": {"value": "checkout"}}) == {}
    chosen = app.submitted[0]["view"]["state"]["values"]["service"]["value"]
    assert chosen == {"type": "external_select", "selected_option": offered}


async def test_a_form_that_asks_where_to_answer_gets_addresses_for_it(
    sandbox: Sandbox, app: App, bolt: AsyncApp, web: AsyncWebClient
) -> None:
    @bolt.view("asking")
    async def answer(ack: Any, body: dict[str, Any], respond: Any) -> None:
        app.submitted.append(body)
        await ack()
        await respond(text="Noted", response_type="in_channel")

    asking = {"type": "conversations_select", "response_url_enabled": True}
    blocks = [
        entry("where", asking),
        entry("else", asking, optional=True),
        entry("plain", asking | {"response_url_enabled": False}),
    ]
    view_id = await open_form(sandbox, app, web, modal(*blocks, callback_id="asking"))
    await sandbox.person("ana").submit(view_id, {"where": {"value": PAYMENTS}, "plain": {"value": GENERAL}})
    [address] = app.submitted[0]["response_urls"]
    assert (address["block_id"], address["action_id"], address["channel_id"]) == ("where", "value", PAYMENTS)
    said = sandbox.workspace.channels[PAYMENTS].messages.values()
    await until(lambda: any(message.text == "Noted" for message in said))


async def test_a_number_may_be_typed_as_one_and_what_is_no_text_is_refused(
    sandbox: Sandbox, app: App, web: AsyncWebClient
) -> None:
    count = entry("count", {"type": "number_input", "is_decimal_allowed": False})
    view_id = await open_form(sandbox, app, web, modal(count))
    ana = sandbox.person("ana")
    with pytest.raises(RefusedError, match="invalid_value"):
        await ana.submit(view_id, {"count": {"value": ["5"]}})
    assert await ana.submit(view_id, {"count": {"value": 5}}) == {}
    assert app.submitted[0]["view"]["state"]["values"]["count"]["value"]["value"] == "5"


async def test_a_menu_begins_with_the_conversation_before_the_person_where_its_filter_lets_it(
    sandbox: Sandbox, app: App, web: AsyncWebClient
) -> None:
    here = {"type": "conversations_select", "default_to_current_conversation": True}
    only_private = here | {"filter": {"include": ["private"]}}
    blocks = [
        entry("one", here),
        entry("some", here | {"type": "multi_conversations_select"}),
        entry("none", only_private),
    ]
    await open_form(sandbox, app, web, modal(*blocks))
    [form] = await sandbox.person("ana").views()
    values = form["state"]["values"]
    assert values["one"]["value"]["selected_conversation"] == GENERAL
    assert values["some"]["value"]["selected_conversations"] == [GENERAL]
    assert values["none"]["value"]["selected_conversation"] is None


async def test_menus_on_messages_send_what_was_chosen(sandbox: Sandbox, app: App, web: AsyncWebClient) -> None:
    option = {"text": plain("Identified"), "value": "identified"}
    menu = {"type": "static_select", "action_id": "value", "options": [option]}
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu]}]
    ts = (await web.chat_postMessage(channel=GENERAL, text="card", blocks=blocks))["ts"]
    await sandbox.person("ana").press("value", "b", channel=GENERAL, ts=ts, selected_option="identified")
    [body] = app.pressed
    assert body["actions"][0]["selected_option"] == option
    assert body["message"]["ts"] == ts
    assert body["container"]["channel_id"] == GENERAL
    with pytest.raises(RefusedError, match="element_not_found"):
        await sandbox.person("ana").press("other", "b", channel=GENERAL, ts=ts)


async def test_shortcuts_everywhere_and_on_a_message(sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient) -> None:
    bodies: list[dict[str, Any]] = []

    async def taken(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    bolt.shortcut("everywhere")(taken)
    bolt.shortcut("on_this")(taken)
    ana = sandbox.person("ana")
    ts = await sandbox.person("ben").say(GENERAL, "it is down")
    await ana.shortcut("everywhere")
    await ana.shortcut("on_this", channel=GENERAL, ts=ts)
    assert [body["type"] for body in bodies] == ["shortcut", "message_action"]
    assert (bodies[1]["message"]["user"], bodies[1]["message_ts"]) == ("U0BEN", ts)
    with pytest.raises(RefusedError, match="unknown_shortcut"):
        await ana.shortcut("on_this")
    whispered = await web.chat_postEphemeral(channel=GENERAL, user="U0ANA", text="for you alone")
    with pytest.raises(RefusedError, match="message_not_found"):
        await ana.shortcut("on_this", channel=GENERAL, ts=whispered["message_ts"])


async def test_a_home_tab_for_each_person(sandbox: Sandbox, web: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("Open incidents")}]}
    first = (await web.views_publish(user_id="U0ANA", view=home))["view"]
    second = (await web.views_publish(user_id="U0ANA", view=home, hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    with refused("hash_conflict"):
        await web.views_publish(user_id="U0ANA", view=home, hash=first["hash"])
    assert (await sandbox.person("ana").home()) is not None
    assert (await sandbox.person("ben").home()) is None
