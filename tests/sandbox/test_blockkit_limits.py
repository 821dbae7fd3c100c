"""The sandbox's limits of Block Kit are those that Slack's own SDK knows, so that neither table stands alone."""

from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View

from sandbox.blockkit.surfaces import check_message, check_view
from sandbox.refusals import RefusedError

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}


DIVIDER = {"type": "divider"}
CARD = {"type": "card", "title": {"type": "plain_text", "text": "x"}}
ICON = {"type": "icon_button", "icon": "trash", "text": {"type": "plain_text", "text": "Delete"}}


def words(length: int, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "text": "x" * length}


def with_confirm(**changed: dict[str, str]) -> list[dict[str, Any]]:
    texts = {part: words(1) for part in ("title", "text", "confirm", "deny")} | changed
    return [{"type": "actions", "elements": [BUTTON | {"confirm": texts}]}]


def container(**changed: Any) -> dict[str, Any]:
    return {"type": "container", "title": words(1), "child_blocks": [DIVIDER], **changed}


def modal(**changed: Any) -> dict[str, Any]:
    return {"type": "modal", "title": words(1), "blocks": [], **changed}


MESSAGES: dict[str, tuple[int, Any]] = {
    "header": (sdk.HeaderBlock.text_max_length, lambda n: [{"type": "header", "text": words(n)}]),
    "section": (sdk.SectionBlock.text_max_length, lambda n: [{"type": "section", "text": words(n, "mrkdwn")}]),
    "fields": (sdk.SectionBlock.fields_max_length, lambda n: [{"type": "section", "fields": [words(1)] * n}]),
    "context": (sdk.ContextBlock.elements_max_length, lambda n: [{"type": "context", "elements": [words(1)] * n}]),
    "actions": (sdk.ActionsBlock.elements_max_length, lambda n: [{"type": "actions", "elements": [BUTTON] * n}]),
    "markdown": (sdk.MarkdownBlock.text_max_length, lambda n: [{"type": "markdown", "text": "x" * n}]),
    "card title": (sdk.CardBlock.title_max_length, lambda n: [CARD | {"title": words(n)}]),
    "card subtitle": (sdk.CardBlock.subtitle_max_length, lambda n: [CARD | {"subtitle": words(n)}]),
    "card body": (sdk.CardBlock.body_max_length, lambda n: [CARD | {"body": words(n)}]),
    "carousel": (sdk.CarouselBlock.elements_max_length, lambda n: [{"type": "carousel", "elements": [CARD] * n}]),
    "container": (sdk.ContainerBlock.child_blocks_max_length, lambda n: [container(child_blocks=[DIVIDER] * n)]),
    "container title": (sdk.ContainerBlock.title_max_length, lambda n: [container(title=words(n))]),
    "context actions": (
        sdk.ContextActionsBlock.elements_max_length,
        lambda n: [{"type": "context_actions", "elements": [ICON] * n}],
    ),
    "block_id": (sdk.Block.block_id_max_length, lambda n: [{"type": "divider", "block_id": "x" * n}]),
    "confirm title": (sdk.ConfirmObject.title_max_length, lambda n: with_confirm(title=words(n))),
    "confirm text": (sdk.ConfirmObject.text_max_length, lambda n: with_confirm(text=words(n))),
    "confirm button": (sdk.ConfirmObject.confirm_max_length, lambda n: with_confirm(confirm=words(n))),
    "button text": (
        sdk.ButtonElement.text_max_length,
        lambda n: [{"type": "actions", "elements": [BUTTON | {"text": words(n)}]}],
    ),
    "button value": (
        sdk.ButtonElement.value_max_length,
        lambda n: [{"type": "actions", "elements": [BUTTON | {"value": "x" * n}]}],
    ),
}
VIEWS: dict[str, tuple[int, Any]] = {
    "title": (View.title_max_length, lambda n: modal(title=words(n))),
    "submit": (View.submit_max_length, lambda n: modal(submit=words(n))),
    "close": (View.close_max_length, lambda n: modal(close=words(n))),
    "blocks": (View.blocks_max_length, lambda n: modal(blocks=[{"type": "divider"}] * n)),
    "private_metadata": (View.private_metadata_max_length, lambda n: modal(private_metadata="x" * n)),
    "callback_id": (View.callback_id_max_length, lambda n: modal(callback_id="x" * n)),
}


@pytest.mark.parametrize("what", MESSAGES)
def test_a_message_may_have_what_slacks_sdk_allows_and_no_more(what: str) -> None:
    most, build = MESSAGES[what]
    check_message(build(most))
    with pytest.raises(RefusedError, match="invalid_blocks"):
        check_message(build(most + 1))


@pytest.mark.parametrize("what", VIEWS)
def test_a_modal_may_have_what_slacks_sdk_allows_and_no_more(what: str) -> None:
    most, build = VIEWS[what]
    check_view(build(most), "modal")
    with pytest.raises(RefusedError, match="invalid_arguments"):
        check_view(build(most + 1), "modal")
