"""Blocks as HTML: what each is for a person, how a browser test finds it, and that all text is escaped."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.forms import rich_text
from sandbox.page.drawing import draw_blocks, environment, on_this_machine
from sandbox.page.names import Choice

EVIL = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"


class Names:
    """A workspace whose names are hostile."""

    def user(self, user_id: str) -> str | None:
        return EVIL

    def channel(self, channel_id: str) -> str | None:
        return EVIL

    def usergroup(self, usergroup_id: str) -> str | None:
        return EVIL

    def user_choices(self) -> list[Choice]:
        return [Choice("U1", EVIL)]

    def channel_choices(self) -> list[Choice]:
        return [Choice("C1", EVIL)]

    def conversation_choices(self, wanted: Mapping[str, Any]) -> list[Choice]:
        return [Choice("C1", EVIL)]


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str | None = None) -> dict[str, Any]:
    return {"value": value, "text": plain(text or value)}


def html(*blocks: dict[str, Any]) -> str:
    return str(draw_blocks(environment(Names()), blocks, "V1"))


def in_input(element: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": "b", "label": plain("Title"), "element": element, **fields}


def in_actions(element: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "b", "elements": [element]}


CONFIRM = {"title": plain(EVIL), "text": {"type": "mrkdwn", "text": EVIL}, "confirm": plain(EVIL), "deny": plain(EVIL)}
CARD = {
    "type": "card",
    "icon": {"type": "image", "image_url": EVIL, "alt_text": EVIL},
    "title": plain(EVIL),
    "body": {"type": "mrkdwn", "text": EVIL},
    "actions": [{"type": "button", "action_id": "a", "text": plain(EVIL)}],
}
TASK = {"task_id": EVIL, "title": EVIL, "status": "error", "sources": [{"type": "url", "url": EVIL, "text": EVIL}]}
THUMBS = {
    "type": "feedback_buttons",
    "action_id": "a",
    "positive_button": {"text": plain(EVIL), "value": EVIL},
    "negative_button": {"text": plain(EVIL), "value": EVIL},
}
POINT = {"label": EVIL, "value": 1}
LINES = {
    "type": "line",
    "series": [{"name": EVIL, "data": [POINT]}, {"name": "Other", "data": [POINT]}],
    "axis_config": {"categories": [EVIL], "x_label": EVIL},
}
LOADS = {"web": {"Mon": 1, "Tue": 2.5}, "api": {"Mon": 0, "Tue": 4}}
EVERY_BLOCK: list[dict[str, Any]] = [
    {"type": "header", "text": plain(EVIL)},
    {"type": "section", "text": {"type": "mrkdwn", "text": EVIL}, "fields": [plain(EVIL)]},
    {"type": "section", "text": plain(EVIL), "accessory": {"type": "image", "image_url": EVIL, "alt_text": EVIL}},
    {"type": "context", "elements": [plain(EVIL), {"type": "image", "image_url": EVIL, "alt_text": EVIL}]},
    {"type": "image", "image_url": f"https://x.test/{EVIL}", "alt_text": EVIL, "title": plain(EVIL)},
    {"type": "markdown", "text": f"# {EVIL}\n\n{EVIL}\n\n[x](javascript:alert(1))"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": EVIL}]]},
    {
        "type": "data_table",
        "caption": EVIL,
        "rows": [[{"type": "raw_text", "text": EVIL}], [{"type": "raw_number", "value": 1}]],
    },
    {"type": "data_visualization", "title": EVIL, "chart": {"type": "pie", "segments": [POINT]}},
    {"type": "data_visualization", "title": "Loads", "chart": LINES},
    {"type": "file", "external_id": EVIL, "source": "remote"},
    {"type": "alert", "text": plain(EVIL), "level": "warning"},
    {"type": "carousel", "elements": [CARD, CARD]},
    {"type": "container", "title": plain(EVIL), "is_collapsible": True, "child_blocks": [CARD]},
    {"type": "plan", "title": EVIL, "tasks": [TASK]},
    {"type": "context_actions", "elements": [THUMBS, {"type": "icon_button", "icon": "trash", "text": plain(EVIL)}]},
    {
        "type": "video",
        "title": plain(EVIL),
        "video_url": "javascript:alert(1)",
        "thumbnail_url": EVIL,
        "alt_text": EVIL,
    },
    {"type": EVIL},
    in_actions({"type": "workflow_button", "text": plain(EVIL)}),
    in_actions({"type": "button", "action_id": EVIL, "text": plain(EVIL), "value": EVIL, "confirm": CONFIRM}),
    in_actions({"type": "static_select", "action_id": "a", "placeholder": plain(EVIL), "options": [option(EVIL)]}),
    in_actions({"type": "overflow", "action_id": "a", "options": [option(EVIL)]}),
    in_actions({"type": "users_select", "action_id": "a", "initial_user": "U1"}),
    in_actions({"type": "conversations_select", "action_id": "a"}),
    in_actions({"type": "multi_external_select", "action_id": "a", "initial_options": [option(EVIL)]}),
    in_actions({"type": "checkboxes", "action_id": "a", "options": [option(EVIL)]}),
    in_actions({"type": "radio_buttons", "action_id": "a", "options": [option(EVIL)]}),
    in_actions({"type": "datepicker", "action_id": "a", "initial_date": EVIL}),
    in_actions({"type": EVIL, "action_id": "a"}),
    in_input({"type": "plain_text_input", "action_id": "a", "initial_value": EVIL}, hint=plain(EVIL)),
    in_input({"type": "plain_text_input", "action_id": "a", "initial_value": f"</textarea>{EVIL}", "multiline": True}),
    in_input(
        {"type": "rich_text_input", "action_id": "a", "initial_value": rich_text([{"type": "text", "text": EVIL}])}
    ),
    in_input({"type": "file_input", "action_id": "a", "filetypes": [f'"><script>{EVIL}']}),
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": EVIL, "style": {"bold": True}},
                    {"type": "link", "url": "javascript:alert(1)", "text": EVIL},
                    {"type": "user", "user_id": "U1"},
                    {"type": "emoji", "name": EVIL},
                ],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": EVIL}]},
        ],
    },
]


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda block: str(block["type"])[:20])
def test_hostile_text_in_any_block_is_shown_and_never_run(block: dict[str, Any]) -> None:
    shown = html(block)
    assert "script" in shown
    assert "<script" not in shown
    assert "</textarea><" not in shown
    assert 'href="javascript' not in shown


def test_a_chart_is_read_by_its_numbers() -> None:
    data = {name: [{"label": day, "value": value} for day, value in days.items()] for name, days in LOADS.items()}
    chart = {
        "type": "bar",
        "series": [{"name": name, "data": points} for name, points in data.items()],
        "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day"},
    }
    shown = html({"type": "data_visualization", "title": "Loads", "chart": chart})
    rows = [re.findall(r"<t[hd]>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", shown, re.DOTALL)]
    assert rows == [["Day", "web", "api"], ["Mon", "1", "0"], ["Tue", "2.5", "4"]]


def test_a_header_and_a_section_read_as_text() -> None:
    shown = html(
        {"type": "header", "text": plain("All *quiet*")}, {"type": "section", "text": {"type": "mrkdwn", "text": "*x*"}}
    )
    assert '<h2 class="b-header">All *quiet*</h2>' in shown
    assert '<div class="text-run"><b>x</b></div>' in shown


def test_a_button_carries_what_a_press_needs_and_its_style() -> None:
    shown = html(
        in_actions({"type": "button", "action_id": "go", "value": "7", "style": "danger", "text": plain("Resolve")})
    )
    assert 'class="btn danger"' in shown
    assert 'data-block-id="b" data-action-id="go"' in shown
    assert 'data-value="7"' in shown
    assert ">Resolve</button>" in shown


def test_an_input_has_a_label_and_a_hint() -> None:
    shown = html(
        in_input({"type": "plain_text_input", "action_id": "t", "max_length": 5}, hint=plain("What is broken?"))
    )
    assert '<label class="b-label" id="V1-b-label" for="V1-b">Title</label>' in shown
    assert 'id="V1-b" aria-describedby="V1-b-error V1-b-hint"' in shown
    assert 'maxlength="5"' in shown
    assert "What is broken?" in shown


def test_the_error_of_an_input_stands_at_its_field_and_marks_it() -> None:
    block = in_input({"type": "plain_text_input", "action_id": "t"})
    shown = str(draw_blocks(environment(Names()), [block], "V1", {"b": f"Too short {EVIL}"}))
    assert f'id="V1-b-error" role="alert">Too short {ESCAPED}</p>' in shown
    assert 'aria-invalid="true"' in shown


def test_an_optional_input_says_so() -> None:
    shown = html(in_input({"type": "plain_text_input", "action_id": "t"}, optional=True))
    assert "(optional)" in shown


def test_a_static_select_has_its_options_groups_and_initial_choice() -> None:
    groups = [{"label": plain("Open"), "options": [option("1", "SEV1"), option("2", "SEV2")]}]
    shown = html(
        in_input({"type": "static_select", "action_id": "s", "option_groups": groups, "initial_option": option("2")})
    )
    assert '<optgroup label="Open">' in shown
    assert '<option value="1"' in shown
    chosen = shown.split('<option value="2"')[1].split(">")[0]
    assert "selected" in chosen


def test_ticked_boxes_and_the_chosen_radio_are_checked() -> None:
    options = [option("a"), option("b")]
    boxes = html(
        in_input({"type": "checkboxes", "action_id": "c", "options": options, "initial_options": [options[1]]})
    )
    radio = html(
        in_input({"type": "radio_buttons", "action_id": "r", "options": options, "initial_option": options[0]})
    )
    assert [" checked" in part for part in boxes.split("<input")[1:]] == [False, True]
    assert [" checked" in part for part in radio.split("<input")[1:]] == [True, False]
    assert 'role="group" aria-labelledby="V1-b-label"' in boxes


def test_a_users_select_offers_everybody() -> None:
    shown = html(in_input({"type": "multi_users_select", "action_id": "u"}))
    assert "data-multiple" in shown
    assert f'data-value="U1"\n    aria-selected="false">{ESCAPED}</li>' in shown


def test_rich_text_keeps_styles_lists_and_quotes() -> None:
    bold = {"type": "text", "text": "now", "style": {"bold": True, "italic": True}}
    lines = [{"type": "rich_text_section", "elements": [{"type": "text", "text": line}]} for line in ("one", "two")]
    shown = html(
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [bold]},
                {"type": "rich_text_list", "style": "ordered", "elements": lines},
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
            ],
        }
    )
    assert "<b><i>now</i></b>" in shown
    assert '<ol class="indent-0"><li>one</li><li>two</li></ol>' in shown
    assert "<blockquote>said</blockquote>" in shown


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://127.0.0.1:8080/a.png", True),
        ("http://localhost/a.png", True),
        ("data:image/png;base64,AAAA", True),
        ("https://pictures.test/a.png", False),
        ("http://127.0.0.1.pictures.test/a.png", False),
        ("javascript:alert(1)", False),
        (None, False),
    ],
)
def test_only_pictures_of_this_machine_are_fetched(url: str | None, is_here: bool) -> None:
    assert on_this_machine(url) is is_here
