"""Block Kit's blocks, and which of them a message, a modal and a Home tab may hold.

docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.blockkit.objects import ID, SLACK_FILE, URL, plain, text
from sandbox.blockkit.rules import (
    Fault,
    Fields,
    Rule,
    array,
    boolean,
    by_type,
    choice,
    mapping,
    one_of,
    shape,
    some_of,
    string,
)

NAMED: Fields = {"block_id": ID}
RICH_TEXT = by_type(
    rich_text_section=mapping, rich_text_list=mapping, rich_text_preformatted=mapping, rich_text_quote=mapping
)
CELL = by_type(raw_text=mapping, rich_text=mapping, raw_number=mapping)

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
    "rich_text": shape({"elements": array(RICH_TEXT, 1000, least=0)}, NAMED),
    "input": shape(
        {"label": plain(2000), "element": by_type(**IN_INPUT)},
        NAMED | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "video": shape(
        {"alt_text": string(), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
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
IN_MESSAGES: dict[str, Rule] = EVERYWHERE | {
    "markdown": shape({"text": string(12_000)}, NAMED),
    "table": shape({"rows": array(array(CELL, 20), 100)}, NAMED | {"column_settings": array(mapping, 20)}),
    "file": shape({"external_id": string(), "source": choice("remote")}, NAMED),
}


def check_blocks(blocks: Any, at: str, kinds: dict[str, Rule], most: int) -> Iterator[Fault]:
    """Every fault of a list of blocks; `at` is the list's JSON pointer, `most` how many it may have."""
    yield from array(by_type(**kinds), most, least=0)(blocks, at)
    if isinstance(blocks, list):
        yield from _repeated([block for block in blocks if isinstance(block, dict)], at)


def _repeated(blocks: list[dict[str, Any]], at: str) -> Iterator[Fault]:
    """`block_id` is unique within the surface, `action_id` within its block."""
    seen: set[str] = set()
    for block in blocks:
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                yield Fault(at, f"`block_id` field is invalid: {block_id} already exists")
            seen.add(block_id)
        actions: set[str] = set()
        for action_id in _action_ids(block):
            if action_id in actions:
                yield Fault(at, f"`action_id` {action_id} already exists for `block_id` {block_id}")
            actions.add(action_id)


def _action_ids(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") if block.get("type") == "actions" else []
    found = [e.get("action_id") for e in elements if isinstance(e, dict)] if isinstance(elements, list) else []
    return [action_id for action_id in found if isinstance(action_id, str)]
