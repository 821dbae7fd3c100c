"""The state of interactive elements: what they hold at first, what a person puts in, what is missing.

docs.slack.dev/reference/views ("state") and docs.slack.dev/reference/block-kit/block-elements.
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit import blocks as kit
from sandbox.refusals import RefusedError
from sandbox.things import Json

# For each element that has a state: the field its value is in, and the field of its initial value.
HOLDS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
GIVEN = re.compile(r"b0SB\d+")
"""The name of a block that the sandbox gave it, since the app did not."""
REQUIRED = "Please complete this required field."
# How a picker's value is written: docs.slack.dev/reference/block-kit/block-elements (date, time and datetime picker).
WRITTEN = {
    "datepicker": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "timepicker": re.compile(r"\d{2}:\d{2}"),
    "datetimepicker": re.compile(r"\d{10}"),
}


def elements(block: Json) -> Iterator[Json]:
    """The interactive elements of a block."""
    yield from (element for element in kit.elements(block) if "action_id" in element)


def find_element(blocks: list[Json], block_id: str, action_id: str) -> Json:
    """Raises RefusedError `element_not_found` when the person could not have touched it."""
    for block in kit.flat(blocks):
        if block.get("block_id") == block_id:
            for element in elements(block):
                if element["action_id"] == action_id:
                    return element
    raise RefusedError("element_not_found")


def present_block_id(blocks: list[Json], block_id: str, action_id: str) -> str:
    """The block in which an element is now that was in `block_id` when it was drawn.

    An app that gives its blocks no names has them named anew at each update, and knows its elements by `action_id`.
    """
    if not GIVEN.fullmatch(block_id) or any(block["block_id"] == block_id for block in kit.flat(blocks)):
        return block_id
    here = (block for block in kit.flat(blocks) if GIVEN.fullmatch(block["block_id"]))
    found = (block["block_id"] for block in here for element in elements(block) if element["action_id"] == action_id)
    return next(found, block_id)


def is_told(blocks: list[Json], block_id: str) -> bool:
    """Whether a change in this block is told to the app at once: in an input block only by its `dispatch_action`.

    docs.slack.dev/reference/block-kit/blocks/input-block
    """
    block = next(block for block in kit.flat(blocks) if block.get("block_id") == block_id)
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def initial_values(blocks: list[Json], kept: Json | None = None) -> Json:
    """`state.values` as the app set it; `kept` holds on where block, action and type are as before."""
    values: Json = {}
    for block in kit.flat(blocks):
        for element in elements(block):
            if element["type"] not in HOLDS:
                continue
            state = _initial(element)
            before = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
            if before and before["type"] == element["type"]:
                state = before
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def fill(blocks: list[Json], state: Json, given: Json, offered: list[Json]) -> Json:
    """`state` with what a person put in: short values or whole states, by block and action.

    `offered` are options the app suggested for external menus; what is chosen already may stay.
    What was put into blocks that were named anew meanwhile is gone. Raises RefusedError `element_not_found`, or as
    `element_state`.
    """
    filled = {block_id: dict(actions) for block_id, actions in state.items()}
    names = {block["block_id"] for block in kit.flat(blocks)}
    for block_id, actions in given.items():
        if block_id not in names and GIVEN.fullmatch(block_id):
            continue
        for action_id, value in actions.items():
            element = find_element(blocks, block_id, action_id)
            held = _chosen(state.get(block_id, {}).get(action_id, {}))
            filled.setdefault(block_id, {})[action_id] = element_state(element, value, [*offered, *held])
    return filled


def element_state(element: Json, value: Any, offered: list[Json]) -> Json:
    """The state of one element when `value` is put in: a short value, or Slack's whole state of the element.

    Raises RefusedError `option_not_found`, `too_many_selected`, `invalid_value`: Slack's client lets nobody choose so.
    """
    kind = element["type"]
    field = HOLDS[kind][0]
    if isinstance(value, dict) and value.get("type") not in (None, "rich_text"):
        value = value.get(field)
    if kind == "rich_text_input" and isinstance(value, str):
        value = _rich(element, value)
    _check_kind(field, value)
    if field == "selected_option":
        value = None if value in (None, "") else _option(element, value, offered)
    elif field == "selected_options":
        value = [_option(element, one, offered) for one in value or []]
    elif value == "":
        value = None
    elif isinstance(value, int | float):
        value = str(value)
    _check(element, value)
    if kind == "datetimepicker" and value is not None:
        value = int(value)
    return {"type": kind, field: value}


def _check_kind(field: str, value: Any) -> None:
    """Raises RefusedError `invalid_value` where Slack's client would hold something else."""
    kinds: Any = str | int | float
    if field in ("selected_option", "rich_text_value"):
        kinds = str | dict
    elif field.endswith("s"):
        kinds = list
    if value not in (None, "") and (isinstance(value, bool) or not isinstance(value, kinds)):
        raise RefusedError("invalid_value")


def _rich(element: Json, text: str) -> Json | None:
    """Plain text as Slack's client sends it from a rich text input; what was there first, where it stays as it was."""
    initial: Json | None = element.get("initial_value")
    if initial and text == as_text(initial):
        return initial
    pieces = [{"type": "text", "text": text}]
    return rich_text(pieces) if text else None


def rich_text(pieces: list[Json]) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": pieces}]}


def as_text(rich: Json) -> str:
    """What rich text says, without its styles."""
    if "elements" in rich:
        between = "\n" if rich["type"] in ("rich_text", "rich_text_list") else ""
        return between.join(as_text(inner) for inner in rich["elements"])
    return str(rich.get("text") or rich.get("url") or rich.get("name") or "")


def _check(element: Json, value: Any) -> None:
    most = element.get("max_files", 10) if element["type"] == "file_input" else element.get("max_selected_items")
    if isinstance(value, list) and most and len(value) > most:
        raise RefusedError("too_many_selected")
    written = WRITTEN.get(element["type"])
    if written and value is not None and not written.fullmatch(str(value)):
        raise RefusedError("invalid_value")


def complaints(blocks: list[Json], state: Json) -> dict[str, str]:
    """What Slack's client says, by block id, before it would send the form at all."""
    found = {}
    for block in kit.flat(blocks):
        if block["type"] == "input":
            element = block["element"]
            held = state.get(block["block_id"], {}).get(element["action_id"], {})
            problem = _complaint(element, held.get(HOLDS[element["type"]][0]), bool(block.get("optional")))
            if problem:
                found[block["block_id"]] = problem
    return found


def _complaint(element: Json, value: Any, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else REQUIRED
    kind = element["type"]
    if kind == "plain_text_input":
        return _length(value, element.get("min_length", 0), element.get("max_length", 3000))
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"https?://", value):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number(element, value)
    return None


def _length(value: str, least: int, most: int) -> str | None:
    if len(value) < least:
        return f"Must be at least {least} characters."
    if len(value) > most:
        return f"Must be at most {most} characters."
    return None


def _number(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Must be at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Must be at most {element['max_value']}."
    return None


def _initial(element: Json) -> Json:
    field, source = HOLDS[element["type"]]
    empty: Any = [] if element["type"] != "file_input" and field.endswith("s") else None
    return {"type": element["type"], field: element.get(source, empty)}


def _chosen(state: Json) -> list[Json]:
    """The options that a state holds."""
    single = [state["selected_option"]] if state.get("selected_option") else []
    return [*state.get("selected_options", []), *single]


def _option(element: Json, wanted: Any, offered: list[Json]) -> Json:
    groups = element.get("option_groups") or []
    options = [*element.get("options", []), *(o for group in groups for o in group["options"]), *offered]
    options += [element[name] for name in ("initial_option",) if element.get(name)] + element.get("initial_options", [])
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    for option in options:
        if option["value"] == value:
            return dict(option)
    raise RefusedError("option_not_found")
