"""What stands deep in blocks is checked as what stands at their surface: rich text, tables, cards, and all together."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.blockkit.surfaces import check_message, check_view
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL
from tests.sandbox.test_modals import modal, plain

STYLED = {"type": "text", "text": "x", "style": {"bold": True, "italic": True, "strike": True, "code": True}}
USER = {"type": "user", "user_id": "U1", "style": {"highlight": True, "client_highlight": False, "unlink": True}}
DATE = {
    "type": "date",
    "timestamp": 1720710212,
    "format": "{date_num} at {time}",
    "fallback": "then",
    "url": "https://x",
}
PIECES = [
    STYLED,
    USER,
    DATE,
    {"type": "link", "url": "https://x", "text": "x", "unsafe": False},
    {"type": "emoji", "name": "wave", "unicode": "1f44b", "skin_tone": 2},
    {"type": "channel", "channel_id": "C1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "team", "team_id": "T1"},
    {"type": "broadcast", "range": "here"},
    {"type": "color", "value": "#F405B3"},
]
SECTION = {"type": "rich_text_section", "elements": PIECES}
TEXT = {"type": "text", "text": "x"}


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


def of(kind: str, *pieces: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": f"rich_text_{kind}", "elements": list(pieces), **more}


def listed(**more: Any) -> dict[str, Any]:
    return of("list", of("section", TEXT), **{"style": "bullet"} | more)


def cell(text: str = "x") -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def button(name: str) -> dict[str, Any]:
    return {"type": "button", "action_id": name, "text": plain(name)}


def chart(**about: Any) -> dict[str, Any]:
    return {"type": "data_visualization", "title": "x", "chart": about}


POINT = {"label": "x", "value": 1.5}
BARS = chart(type="bar", series=[{"name": "x", "data": [POINT]}], axis_config={"categories": ["x"], "y_label": "x"})
CARD = {"type": "card", "title": plain("x"), "actions": [button("go")]}
THUMBS = {
    "type": "feedback_buttons",
    "action_id": "thumbs",
    "positive_button": {"text": plain("Good"), "value": "good"},
    "negative_button": {"text": plain("Bad"), "value": "bad"},
}
TABLE = {
    "type": "table",
    "rows": [[cell(), {"type": "raw_number", "value": 1.5}], [rich(of("section", USER)), cell()]],
    "column_settings": [None, {"align": "right", "is_wrapped": True}],
}
DATA_TABLE = {"type": "data_table", "caption": "x", "rows": [[cell(), cell()], [cell(), rich()]], "page_size": 100}
CONTAINER = {"type": "container", "title": plain("x"), "child_blocks": [{"type": "divider"}, TABLE], "width": "wide"}
ALERT = {"type": "alert", "text": plain("x"), "level": "success"}
TASK = {"type": "task_card", "task_id": "1", "title": "x", "status": "complete", "output": rich(of("section", TEXT))}
EVERYWHERE = [
    rich(
        SECTION, listed(indent=8, offset=3, border=1), of("quote", TEXT, border=0), of("preformatted", TEXT, border=1)
    ),
    CARD,
]
IN_HOMES = [
    {"type": "carousel", "elements": [CARD] * 10},
    CONTAINER,
    DATA_TABLE,
    BARS,
    chart(type="pie", segments=[POINT]),
]
IN_MESSAGES = [{"type": "context_actions", "elements": [THUMBS]}, TASK, {"type": "plan", "title": "x", "tasks": [TASK]}]


def faults(*blocks: dict[str, Any]) -> list[str]:
    with pytest.raises(RefusedError, match="invalid_blocks") as refused:
        check_message(list(blocks))
    found: list[str] = refused.value.details["errors"]
    return found


def test_what_slack_publishes_is_taken_where_slack_takes_it() -> None:
    check_message([*EVERYWHERE, *IN_HOMES, *IN_MESSAGES])
    check_view({"type": "home", "blocks": [*EVERYWHERE, *IN_HOMES]}, "home")
    check_view(modal(*EVERYWHERE, ALERT), "modal")


@pytest.mark.parametrize("block", [ALERT, {"type": "chart"}], ids=str)
def test_what_a_message_cannot_hold_is_refused(block: dict[str, Any]) -> None:
    assert faults(block) == [f"unsupported type: {block['type']} [json-pointer:/blocks/0/type]"]


@pytest.mark.parametrize("kind", ["modal", "home"])
@pytest.mark.parametrize("block", IN_MESSAGES, ids=lambda block: str(block["type"]))
def test_what_only_a_message_can_hold_is_refused_elsewhere(kind: str, block: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="invalid_arguments"):
        check_view({"type": kind, "title": plain("x"), "blocks": [block]}, kind)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    (rich(TEXT), "unsupported type: text", "/type"),
    (rich(of("section", {"type": "text", "text": ""})), "must be more than 0 characters", "/elements/0/text"),
    (rich(of("section", TEXT | {"style": {"big": True}})), "invalid additional property: big", "/elements/0/style"),
    (rich(of("section", TEXT | {"style": {"bold": 1}})), "must provide a boolean", "/elements/0/style/bold"),
    (
        rich(of("section", TEXT | {"style": {"unlink": True}})),
        "invalid additional property: unlink",
        "/elements/0/style",
    ),
    (rich(of("section", {"type": "link"})), "missing required field: url", "/elements/0"),
    (rich(of("section", {"type": "nobody"})), "unsupported type: nobody", "/elements/0/type"),
    (
        rich(of("section", {"type": "broadcast", "range": "all"})),
        "must be one of: here, channel, everyone",
        "/elements/0/range",
    ),
    (
        rich(of("section", {"type": "date", "timestamp": "1", "format": "x"})),
        "must provide a number",
        "/elements/0/timestamp",
    ),
    (rich(listed(style="roman")), "must be one of: bullet, ordered", "/style"),
    (rich(listed(indent=9)), "must be between 0 and 8", "/indent"),
    (rich(listed(border=2)), "must be between 0 and 1", "/border"),
    (rich(of("list", TEXT, style="bullet")), "unsupported type: text", "/elements/0/type"),
    (rich(of("quote", TEXT, indent=1)), "invalid additional property: indent", ""),
]


@pytest.mark.parametrize(("block", "message", "where"), WRONG, ids=[f"{one[1]} {one[2]}" for one in WRONG])
def test_a_fault_deep_in_rich_text_is_named_where_it_is(block: dict[str, Any], message: str, where: str) -> None:
    assert faults(block) == [f"{message} [json-pointer:/blocks/0/elements/0{where}]"]


TOO_MUCH: list[tuple[list[dict[str, Any]], str]] = [
    ([{"type": "table", "rows": [[cell()]] * 101}], "no more than 100 items allowed"),
    ([{"type": "table", "rows": [[cell()] * 21]}], "no more than 20 items allowed"),
    ([{"type": "table", "rows": [[cell("")]]}], "must be more than 0 characters"),
    ([{"type": "table", "rows": [[plain("x")]]}], "unsupported type: plain_text"),
    ([TABLE | {"column_settings": [{"align": "middle"}]}], "must be one of: left, center, right"),
    ([TABLE, CONTAINER], "only_one_table_allowed"),
    ([DATA_TABLE | {"rows": [[cell(), cell()], [cell()]]}], "all rows must have the same number of cells"),
    ([DATA_TABLE | {"rows": [[rich()], [cell()]]}], "unsupported type: rich_text"),
    (
        [DATA_TABLE | {"rows": [[cell()], [cell("x" * 20_000)]]}],
        "data tables must be less than 20001 characters together",
    ),
    ([chart(type="pie", segments=[POINT] * 7)], "no more than 6 items allowed"),
    ([chart(type="pie", segments=[POINT | {"label": "x" * 21}])], "must be less than 21 characters"),
    ([chart(type="donut", segments=[POINT])], "unsupported type: donut"),
    ([chart(type="line", series=[{"name": "x", "data": [POINT]}])], "missing required field: axis_config"),
    ([CARD | {"actions": [button(name) for name in "abcd"]}], "no more than 3 items allowed"),
    ([CARD | {"actions": [button("a"), button("a")]}], "`action_id` a already exists for `block_id` None"),
    ([{"type": "card", "subtitle": plain("x")}], "missing required field: hero_image"),
    ([{"type": "carousel", "elements": []}], "no fewer than 1 items allowed"),
    ([CONTAINER | {"child_blocks": [CONTAINER]}], "unsupported type: container"),
    (
        [CONTAINER | {"is_collapsible": True, "has_header_divider": True}],
        "has_header_divider is not allowed with is_collapsible",
    ),
    (
        [CONTAINER | {"block_id": "x"}, {"type": "divider", "block_id": "x"}],
        "`block_id` field is invalid: x already exists",
    ),
    ([TASK | {"status": "done"}], "must be one of: pending, in_progress, complete, error"),
]


@pytest.mark.parametrize(("blocks", "message"), TOO_MUCH, ids=[one[1] for one in TOO_MUCH])
def test_tables_cards_and_tasks_keep_their_limits(blocks: list[dict[str, Any]], message: str) -> None:
    assert message in "\n".join(faults(*blocks))


def test_all_markdown_of_a_message_together_has_a_limit() -> None:
    markdown = {"type": "markdown", "text": "x" * 6000}
    check_message([markdown], [{"blocks": [markdown]}])
    with pytest.raises(RefusedError, match="msg_blocks_too_long"):
        check_message([markdown], [{"blocks": [markdown, {"type": "markdown", "text": "x"}]}])


async def test_a_card_in_a_carousel_and_feedback_are_pressed_as_buttons_are(
    sandbox: Sandbox, bolt: AsyncApp, web: AsyncWebClient
) -> None:
    pressed: list[dict[str, Any]] = []

    async def hear(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        pressed.append(action)

    bolt.action("go")(hear)
    bolt.action("thumbs")(hear)
    blocks = [{"type": "carousel", "elements": [CARD]}, {"type": "context_actions", "elements": [THUMBS]}]
    ts = (await web.chat_postMessage(channel=GENERAL, text="x", blocks=blocks))["ts"]
    carousel, context = sandbox.workspace.channels[GENERAL].messages[ts].blocks or []
    ana = sandbox.person("ana")
    await ana.press("go", carousel["elements"][0]["block_id"], channel=GENERAL, ts=ts)
    await ana.press("thumbs", context["block_id"], channel=GENERAL, ts=ts, value="bad")
    assert [action["type"] for action in pressed] == ["button", "feedback_buttons"]
    assert pressed[1] | {"value": "bad", "text": plain("Bad")} == pressed[1]
    with pytest.raises(RefusedError, match="option_not_found"):
        await ana.press("thumbs", context["block_id"], channel=GENERAL, ts=ts, value="neither")
