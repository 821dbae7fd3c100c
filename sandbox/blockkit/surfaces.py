"""The surfaces blocks are shown on: messages, modals and Home tabs, each with its own limits.

A refusal carries Slack's `response_metadata.messages`, one line a fault with its JSON pointer.
"""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.blocks import IN_HOMES, IN_MESSAGES, IN_MODALS, check_blocks, flat
from sandbox.blockkit.objects import OPTION, OPTION_GROUP, plain
from sandbox.blockkit.rules import Fault, Rule, anything, array, boolean, by_type, mapping, nullable, shape, string
from sandbox.refusals import RefusedError
from sandbox.things import Json

MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_MARKDOWN = 12_000
MAX_DATA_TABLES = 20_000
MAX_CHARTS = 2
MAX_ATTACHMENTS = 100
MAX_VIEW_BYTES = 250_000

OFFERED = array(OPTION, 100, least=0)
OFFERED_GROUPS = array(OPTION_GROUP, 100, least=0)
FIELDS = nullable(array(mapping, least=0))
"""Of an attachment: docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments."""
_ABOUT: dict[str, Rule] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_MODAL = shape(
    {"title": plain(24), "blocks": anything},
    _ABOUT
    | {
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"blocks": anything}, _ABOUT)


def check_message(blocks: Any, attachments: Any = None) -> None:
    """Check what a message is made of, as chat.postMessage does.

    Raises RefusedError `invalid_blocks`, `msg_blocks_too_long`, `invalid_attachments`, `too_many_attachments`.
    """
    faults = list(check_blocks(blocks or [], "/blocks", IN_MESSAGES, MAX_MESSAGE_BLOCKS))
    if not isinstance(attachments or [], list) or not all(isinstance(a, dict) for a in attachments or []):
        raise RefusedError("invalid_attachments")
    if len(attachments or []) > MAX_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    for index, attachment in enumerate(attachments or []):
        if list(FIELDS(attachment.get("fields"), "/fields")):
            raise RefusedError("invalid_attachments")
        inner = attachment.get("blocks", [])
        faults += check_blocks(inner, f"/attachments/{index}/blocks", IN_MESSAGES, MAX_MESSAGE_BLOCKS)
    if not faults:
        attached = (block for attachment in attachments or [] for block in attachment.get("blocks") or [])
        faults += _message_totals(list(flat([*(blocks or []), *attached])))
    if faults:
        raise RefusedError("invalid_blocks", errors=[str(fault) for fault in faults], **_metadata(faults))


def check_view(view: Any, kind: str) -> None:
    """Check a view that should be a `kind` ("modal" or "home"): docs.slack.dev/reference/views.

    Raises RefusedError `invalid_arguments`, `view_too_large`.
    """
    if len(json.dumps(view)) > MAX_VIEW_BYTES:
        raise RefusedError("view_too_large")
    faults = list(by_type(**{kind: _MODAL if kind == "modal" else _HOME})(view, "/view"))
    if isinstance(view, dict) and view.get("blocks") is not None:
        kinds = IN_MODALS if kind == "modal" else IN_HOMES
        faults += check_blocks(view["blocks"], "/view/blocks", kinds, MAX_VIEW_BLOCKS)
        faults += _submit(view, kind)
    if faults:
        raise RefusedError("invalid_arguments", **_metadata(faults))


def check_options(options: Any, groups: Any) -> None:
    """Check what an app offers for an external menu. Raises RefusedError `invalid_options`.

    docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
    """
    faults = [*OFFERED(options, "/options"), *OFFERED_GROUPS(groups, "/option_groups")]
    if faults:
        raise RefusedError("invalid_options", **_metadata(faults))


def _submit(view: Json, kind: str) -> Iterator[Fault]:
    """A modal with an input block has a submit button (docs.slack.dev/reference/views/modal-views)."""
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if kind == "modal" and has_input and not view.get("submit"):
        yield Fault("/view", "missing required field: submit")


def _message_totals(blocks: list[Json]) -> Iterator[Fault]:
    """What all blocks of a message may hold together.

    The limits are on the pages of the markdown, table, data table and data visualization blocks; that too much markdown
    is `msg_blocks_too_long` is said in github.com/slackapi/bolt-js/issues/2509. Raises RefusedError so.
    """
    kinds = [block["type"] for block in blocks]
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MAX_MARKDOWN:
        raise RefusedError("msg_blocks_too_long")
    if kinds.count("table") > 1:
        yield Fault("/blocks", "only_one_table_allowed")
    if sum(_length(block["rows"]) for block in blocks if block["type"] == "data_table") > MAX_DATA_TABLES:
        yield Fault("/blocks", f"data tables must be less than {MAX_DATA_TABLES + 1} characters together")
    if kinds.count("data_visualization") > MAX_CHARTS:
        yield Fault("/blocks", f"no more than {MAX_CHARTS} data_visualization blocks allowed")


def _length(value: Any) -> int:
    """How many characters the texts within have."""
    if isinstance(value, dict):
        return sum(len(one or "") if name == "text" else _length(one) for name, one in value.items())
    return sum(map(_length, value)) if isinstance(value, list) else 0


def _metadata(faults: list[Fault]) -> Json:
    return {"response_metadata": {"messages": [f"[ERROR] {fault}" for fault in faults]}}
