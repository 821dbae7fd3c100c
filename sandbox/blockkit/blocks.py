"""Block Kit's blocks, and which of them a message, a modal and a Home tab may hold.

docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.elements import BUTTON, IMAGE, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.blockkit.objects import ID, SLACK_FILE, URL, plain, text
from sandbox.blockkit.rich_text import RICH_TEXT
from sandbox.blockkit.rules import (
    Fault,
    Fields,
    Rule,
    array,
    boolean,
    by_type,
    choice,
    integer,
    mapping,
    not_together,
    nullable,
    number,
    one_of,
    shape,
    some_of,
    string,
)

NAMED: Fields = {"block_id": ID}
PICTURE = by_type(image=IMAGE)
TEXT_CELL = shape({"text": string()}, {})
NUMBER_CELL = shape({"value": number}, {"text": string()})
CELL = by_type(raw_text=TEXT_CELL, raw_number=NUMBER_CELL, rich_text=RICH_TEXT)
HEADING_CELL = by_type(raw_text=TEXT_CELL, raw_number=NUMBER_CELL)
COLUMN = nullable(shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean}))
SOURCE = by_type(url=shape({"url": URL, "text": string()}, {}))
TASK = shape(
    {"task_id": string(), "title": string()},
    NAMED
    | {
        "details": by_type(rich_text=RICH_TEXT),
        "output": by_type(rich_text=RICH_TEXT),
        "sources": array(SOURCE, least=0),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
)
# docs.slack.dev/reference/block-kit/blocks/data-visualization-block
POINT = shape({"label": string(20), "value": number}, {})
PLOT = shape(
    {
        "series": array(shape({"name": string(), "data": array(POINT)}, {}), 6),
        "axis_config": shape({"categories": array(string(20))}, {"x_label": string(50), "y_label": string(50)}),
    },
    {},
)
CHART = by_type(pie=shape({"segments": array(POINT, 6)}, {}), bar=PLOT, area=PLOT, line=PLOT)
CARD = shape(
    {},
    NAMED
    | {
        "hero_image": PICTURE,
        "icon": PICTURE,
        "slack_icon": mapping,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": array(by_type(button=BUTTON), 3),
    },
    some_of("hero_image", "title", "actions", "body"),
    not_together("icon", "slack_icon"),
)


def _rectangular(table: dict[str, Any], at: str) -> Iterator[Fault]:
    """All rows of a data table are as long as its first, whose cells are no rich text.

    docs.slack.dev/reference/block-kit/blocks/data-table-block
    """
    rows = table.get("rows")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        return
    for index, cell in enumerate(rows[0]):
        yield from HEADING_CELL(cell, f"{at}/rows/0/{index}")
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield Fault(f"{at}/rows/{index}", "all rows must have the same number of cells")


EVERYWHERE: dict[str, Rule] = {
    "section": shape(
        {},
        NAMED
        | {"text": text(3000), "fields": array(text(2000), 10), "accessory": by_type(**IN_SECTION), "expand": boolean},
        some_of("text", "fields"),
    ),
    "header": shape({"text": plain(150)}, NAMED),
    "divider": shape({}, NAMED),
    "context": shape({"elements": array(by_type(image=IMAGE, plain_text=text(2000), mrkdwn=text(2000)), 10)}, NAMED),
    "actions": shape({"elements": array(by_type(**IN_ACTIONS), 25)}, NAMED),
    "image": shape(
        {"alt_text": string(2000, least=0)},
        NAMED | {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        one_of("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "card": CARD,
    "input": shape(
        {"label": plain(2000), "element": by_type(**IN_INPUT)},
        NAMED | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "video": shape(
        {"alt_text": string(2000), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
        NAMED
        | {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(),
            "title_url": URL,
        },
    ),
}
WITHIN_CONTAINERS = ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
TABLE = shape({"rows": array(array(CELL, 20), 100)}, NAMED | {"column_settings": array(COLUMN, 20)})
# Which surface takes which block is at the head of each block's page.
IN_HOMES: dict[str, Rule] = EVERYWHERE | {
    "carousel": shape({"elements": array(by_type(card=CARD), 10)}, NAMED),
    "container": shape(
        {"child_blocks": array(by_type(table=TABLE, **{name: EVERYWHERE[name] for name in WITHIN_CONTAINERS}), 10)},
        NAMED
        | {
            "title": plain(150),
            "rich_text_title": by_type(rich_text=RICH_TEXT),
            "subtitle": text(150),
            "width": choice("narrow", "standard", "wide", "full"),
            "icon": PICTURE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        some_of("title", "rich_text_title"),
        not_together("has_header_divider", "is_collapsible"),
    ),
    "data_table": shape(
        {"rows": array(array(CELL, 20), 201, least=2), "caption": string()},
        NAMED | {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        _rectangular,
    ),
    "data_visualization": shape({"title": string(50), "chart": CHART}, NAMED),
    "table": TABLE,
}
IN_MODALS: dict[str, Rule] = EVERYWHERE | {
    "alert": shape({"text": text(200)}, NAMED | {"level": choice("default", "info", "warning", "error", "success")}),
}
IN_MESSAGES: dict[str, Rule] = IN_HOMES | {
    "context_actions": shape({"elements": array(by_type(**IN_CONTEXT_ACTIONS), 5)}, NAMED),
    "file": shape({"external_id": string(), "source": choice("remote")}, NAMED),
    "markdown": shape({"text": string(12_000)}, NAMED),
    "plan": shape({"title": string()}, NAMED | {"tasks": array(TASK, 50)}),
    "task_card": TASK,
}


HOLDING = {"container": "child_blocks", "carousel": "elements"}
"""The blocks that hold others, and in which field."""


def check_blocks(blocks: Any, at: str, kinds: dict[str, Rule], most: int) -> Iterator[Fault]:
    """Every fault of a list of blocks; `at` is the list's JSON pointer, `most` how many it may have."""
    yield from array(by_type(**kinds), most, least=0)(blocks, at)
    if isinstance(blocks, list):
        yield from _repeated([block for block in blocks if isinstance(block, dict)], at)


def _repeated(blocks: list[dict[str, Any]], at: str) -> Iterator[Fault]:
    """`block_id` is unique within the surface, `action_id` within its block."""
    seen: set[str] = set()
    for block in flat(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                yield Fault(at, f"`block_id` field is invalid: {block_id} already exists")
            seen.add(block_id)
        actions: set[str] = set()
        for element in elements(block):
            action_id = element.get("action_id")
            if isinstance(action_id, str) and action_id in actions:
                yield Fault(at, f"`action_id` {action_id} already exists for `block_id` {block_id}")
            actions.add(str(action_id))


def flat(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The blocks, and those within containers and carousels."""
    for block in blocks:
        yield block
        yield from flat(within(block))


def within(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks that a block holds."""
    return _objects(block.get(HOLDING.get(str(block.get("type")), "")))


def elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    """What a block of an app holds that one can press, choose from or write in, and the pictures beside it."""
    kind = block.get("type")
    listed = block.get("elements") if kind in ("actions", "context_actions") else block.get("actions")
    return _objects([block.get("element"), block.get("accessory")]) + _objects(listed)


def _objects(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
