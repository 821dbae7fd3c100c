"""Whatever an app sends as blocks or a view is either taken or refused by Slack's names, never a crash."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.blockkit.blocks import IN_MESSAGES
from sandbox.blockkit.elements import IN_INPUT, IN_SECTION
from sandbox.blockkit.surfaces import check_message, check_view
from sandbox.refusals import RefusedError

NAMES = ["type", "text", "elements", "element", "accessory", "fields", "options", "option_groups", "label", "blocks"]
IDS = ["block_id", "action_id"]
KINDS = [*IN_MESSAGES, *IN_SECTION, *IN_INPUT, "plain_text", "mrkdwn", "modal", "home"]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(KINDS)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(NAMES + IDS), inner, max_size=6) | st.lists(inner, max_size=4)


JSON = st.recursive(SCALARS, objects, max_leaves=25)


def refusal(check: Callable[..., None], *given: Any) -> str | None:
    try:
        check(*given)
    except RefusedError as refused:
        return refused.name
    return None


@given(JSON, JSON)
def test_any_blocks_are_taken_or_refused(blocks: Any, attachments: Any) -> None:
    assert refusal(check_message, blocks, attachments) in {None, "invalid_blocks", "invalid_attachments"}


@given(JSON, st.sampled_from(["modal", "home"]))
def test_any_view_is_taken_or_refused(view: Any, kind: str) -> None:
    assert refusal(check_view, view, kind) in {None, "invalid_arguments"}
