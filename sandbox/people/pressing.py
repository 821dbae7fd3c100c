"""People press buttons, choose from menus, and search in them: on messages, in modals, in the Home tab.

docs.slack.dev/reference/interaction-payloads/block_actions-payload and block_suggestion-payload
"""

from itertools import chain
from typing import Any

from pydantic import Field

from sandbox import forms
from sandbox.blockkit.blocks import flat
from sandbox.blockkit.surfaces import check_options
from sandbox.deliveries.payloads import in_attachment, in_message, in_view, interaction
from sandbox.people.asking import answerable, ask, triggered
from sandbox.people.commands import action_ts
from sandbox.people.desk import Act, channel_of, message_seen, verb
from sandbox.refusals import RefusedError
from sandbox.shapes import view_json
from sandbox.slack import Slack
from sandbox.things import Json, User, View

DEFAULT_MIN_QUERY_LENGTH = 3
# What `actions` repeats of an element, besides its value, as far as the app set it.
REPEATED = ("text", "style", "url", "placeholder", "confirm", "min_query_length")


class Touch(Act):
    """Something touched: `block_id` and `action_id`, on the message at `channel` and `ts` or in the view `view_id`."""

    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    block_id: str
    action_id: str


class Press(Touch):
    value: str | None = None
    selected_option: Any = None
    selected_options: list[Any] | None = None
    selected_user: str | None = None
    selected_users: list[str] | None = None
    selected_channel: str | None = None
    selected_channels: list[str] | None = None
    selected_conversation: str | None = None
    selected_conversations: list[str] | None = None
    selected_date: str | None = None
    selected_time: str | None = None
    selected_date_time: int | None = None
    values: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Options(Touch):
    query: str = ""


@verb("press", Press)
async def press(slack: Slack, person: User, act: Press) -> Json:
    """Touch an element. What stands in an input block is told only if its `dispatch_action` asks for it.

    When the app is told, once for each item chosen and with null when one is deselected:
    docs.slack.dev/reference/interaction-payloads/block_actions-payload ("Timing of payload dispatch")
    """
    blocks, surface, payload = _surface(slack, person, act, "block_actions")
    act.block_id = forms.present_block_id(blocks, act.block_id, act.action_id)
    element = forms.find_element(blocks, act.block_id, act.action_id)
    offered = slack.offered(surface)
    action = _action(element, act, offered)
    view = own_view(slack, person, act.view_id) if act.view_id else None
    chosen = {act.block_id: {act.action_id: _chosen(element, act)}} if element["type"] in forms.HOLDS else {}
    typed = forms.fill(blocks, view.values if view else forms.initial_values(blocks), act.values, offered)
    values = forms.fill(blocks, typed, chosen, offered)
    if view:
        view.values = values
        payload |= {"view": view_json(view)}
    else:
        payload |= {"state": {"values": values}}
    if forms.is_told(blocks, act.block_id):
        await ask(slack, "interactive", payload | triggered(slack, person, act.channel) | {"actions": [action]})
    return {}


@verb("options", Options)
async def options(slack: Slack, person: User, act: Options) -> Json:
    """What an external menu offers for what was typed.

    Slack's client asks from `min_query_length` characters on, three unless the app says otherwise
    (docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select); an app has three seconds
    to answer with `options` or `option_groups`, a hundred at most, and is asked once
    (docs.slack.dev/reference/interaction-payloads/block_suggestion-payload).
    When it does not, the client shows "Nothing could be found" (github.com/slackapi/java-slack-sdk/issues/1204).
    Raises RefusedError `query_too_short`, `operation_timeout`, `invalid_options` for an answer that is no offer.
    """
    blocks, surface, payload = _surface(slack, person, act, "block_suggestion")
    act.block_id = forms.present_block_id(blocks, act.block_id, act.action_id)
    element = forms.find_element(blocks, act.block_id, act.action_id)
    if element["type"] not in {"external_select", "multi_external_select"}:
        raise RefusedError("not_external")
    if len(act.query) < element.get("min_query_length", DEFAULT_MIN_QUERY_LENGTH):
        raise RefusedError("query_too_short")
    payload.pop("response_url", None)
    payload |= {"action_id": act.action_id, "block_id": act.block_id, "value": act.query}
    said = await ask(slack, "interactive", payload)
    found = said if isinstance(said, dict) else {}
    plain, groups = found.get("options") or [], found.get("option_groups") or []
    check_options(plain, groups)
    slack.offer(surface, [*plain, *(option for group in groups for option in group["options"])])
    return {"options": plain, "option_groups": groups}


def own_view(slack: Slack, person: User, view_id: str) -> View:
    """A view this person has before them. Raises RefusedError `view_not_found`."""
    view = slack.workspace.find_view(view_id)
    if view is None or view.user != person.id:
        raise RefusedError("view_not_found")
    return view


def _surface(slack: Slack, person: User, act: Touch, kind: str) -> tuple[list[Json], str, Json]:
    """The blocks touched, a name for where they are, and the payload so far."""
    payload = interaction(slack.workspace, kind, person)
    if act.view_id:
        view = own_view(slack, person, act.view_id)
        return view.blocks, view.id, payload | in_view(view)
    channel = channel_of(slack, person, act.channel or "")
    message = message_seen(person, channel, act.ts or "")
    if message.app_id != slack.workspace.app.id:
        raise RefusedError("element_not_found")
    payload |= in_message(slack.workspace, channel, message) | answerable(slack, person, channel, message.ts)
    attached = {attachment["id"]: attachment.get("blocks") or [] for attachment in message.attachments or []}
    for attachment_id, blocks in attached.items():
        if any(block["block_id"] == act.block_id for block in flat(blocks)):
            payload["container"] |= in_attachment(attachment_id)
    return [*(message.blocks or []), *chain.from_iterable(attached.values())], message.ts, payload


def _chosen(element: Json, act: Press) -> Any:
    """What was put in: the field of this element's kind, or `value` for short."""
    field = forms.HOLDS[element["type"]][0]
    given = getattr(act, field, None)
    return act.value if given is None else given


def _action(element: Json, act: Press, offered: list[Json]) -> Json:
    """One entry of `actions`."""
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": act.action_id,
        "block_id": act.block_id,
        "action_ts": action_ts(),
    }
    action |= {name: element[name] for name in REPEATED if name in element}
    action |= {name: value for name, value in element.items() if name.startswith("initial_")}
    if kind in ("button", "icon_button"):
        return action | ({"value": element["value"]} if "value" in element else {})
    if kind == "feedback_buttons":
        return action | _feedback(element, act.value)
    if kind == "overflow":
        wanted = act.value if act.selected_option is None else act.selected_option
        state = forms.element_state({**element, "type": "static_select"}, wanted, offered)
        return action | {"selected_option": state["selected_option"]}
    if kind not in forms.HOLDS:
        return action
    return action | forms.element_state(element, _chosen(element, act), offered)


def _feedback(element: Json, value: str | None) -> Json:
    """What the one pressed of two feedback buttons says.

    docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element. Raises RefusedError `option_not_found`.
    """
    pressed = [
        button for button in (element["positive_button"], element["negative_button"]) if button["value"] == value
    ]
    if not pressed:
        raise RefusedError("option_not_found")
    return {"text": pressed[0]["text"], "value": value}
