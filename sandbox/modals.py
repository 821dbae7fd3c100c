"""Modals and Home tabs: opening, pushing, updating, publishing and closing views.

docs.slack.dev/reference/methods (views.*) and docs.slack.dev/surfaces/modals; three views are the most a stack holds.
"""

import secrets
from typing import Any

from sandbox import channels, forms
from sandbox.blockkit import blocks as kit
from sandbox.blockkit.surfaces import check_view
from sandbox.messages import name_blocks
from sandbox.refusals import RefusedError
from sandbox.things import Channel, Json, View
from sandbox.workspace import Workspace

MAX_STACK = 3


def open_modal(workspace: Workspace, user: str, content: Any, channel: str | None = None) -> View:
    """Open a new stack for `user`, who looks at `channel`, in place of what is open.

    Raises RefusedError as `check_view`.
    """
    view = _new(workspace, user, content, "modal")
    if channel in workspace.channels:
        _begin_with(workspace, view, workspace.channels[channel])
    for closed in workspace.open_views(user):
        workspace.publish("view_closed", user=user, view=closed)
    workspace.views[user] = [view]
    workspace.publish("view_opened", user=user, view=view)
    return view


def push(workspace: Workspace, user: str, content: Any) -> View:
    """Put a view on top of the person's stack.

    Raises RefusedError `not_found`, `push_limit_reached`, or as `check_view`.
    """
    stack = workspace.open_views(user)
    if not stack:
        raise RefusedError("not_found")
    if len(stack) >= MAX_STACK:
        raise RefusedError("push_limit_reached")
    view = _new(workspace, user, content, "modal")
    view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
    stack.append(view)
    workspace.publish("view_opened", user=user, view=view)
    return view


def update(workspace: Workspace, view: View, content: Any, expected_hash: str | None = None) -> View:
    """Replace a view's content; inputs that stay keep what was put in.

    Raises RefusedError `hash_conflict`, or as `check_view`.
    """
    if expected_hash and expected_hash != view.hash:
        raise RefusedError("hash_conflict")
    check_view(content, view.type)
    _check_external_id(workspace, content, view)
    view.content = _named(workspace, content, view.blocks)
    view.values = forms.initial_values(view.content["blocks"], kept=view.values)
    view.errors = {}
    view.hash = _hash(workspace)
    workspace.publish("view_updated", user=view.user, view=view)
    return view


def publish_home(workspace: Workspace, user: str, content: Any, expected_hash: str | None = None) -> View:
    """Set what `user` sees in the app's Home tab. Raises RefusedError `hash_conflict`, or as `check_view`."""
    home = workspace.homes.get(user)
    if home and expected_hash and expected_hash != home.hash:
        raise RefusedError("hash_conflict")
    view = _new(workspace, user, content, "home", home.blocks if home else None)
    if home:
        view.id = view.root_view_id = home.id
    workspace.homes[user] = view
    workspace.publish("home_published", user=user, view=view)
    return view


def close(workspace: Workspace, view: View, whole_stack: bool = False) -> list[View]:
    """Take `view` (or the whole stack) away; gives the views closed, the top one first."""
    stack = workspace.open_views(view.user)
    gone = list(reversed(stack)) if whole_stack else [view]
    workspace.views[view.user] = [] if whole_stack else [v for v in stack if v is not view]
    for one in gone:
        workspace.publish("view_closed", user=view.user, view=one)
    return gone


def show_errors(workspace: Workspace, view: View, errors: dict[str, str]) -> None:
    """Show errors beside input blocks, by block id."""
    view.errors = errors
    workspace.publish("view_updated", user=view.user, view=view)


def _new(workspace: Workspace, user: str, content: Any, kind: str, before: list[Json] | None = None) -> View:
    check_view(content, kind)
    _check_external_id(workspace, content, workspace.homes.get(user) if kind == "home" else None)
    view_id = workspace.new_id("V")
    named = _named(workspace, content, before)
    return View(
        id=view_id,
        user=user,
        content=named,
        hash=_hash(workspace),
        app_id=workspace.app.id,
        bot_id=workspace.app.bot_id,
        team_id=workspace.team_id,
        root_view_id=view_id,
        values=forms.initial_values(named["blocks"]),
    )


def _begin_with(workspace: Workspace, view: View, channel: Channel) -> None:
    """Have the conversation chosen where a menu asks for the present one, and its filter lets it through.

    docs.slack.dev/reference/block-kit/block-elements/select-menu-element#conversations_select
    """
    for block in kit.flat(view.blocks):
        for element in kit.elements(block):
            wanted = element.get("default_to_current_conversation")
            if wanted and channels.passes(workspace, channel, element.get("filter") or {}):
                several = element["type"].startswith("multi_")
                element |= {"initial_conversations": [channel.id]} if several else {"initial_conversation": channel.id}
    view.values = forms.initial_values(view.blocks)


def _named(workspace: Workspace, content: Json, before: list[Json] | None) -> Json:
    return content | {"blocks": name_blocks(workspace, content["blocks"], before)}


def _hash(workspace: Workspace) -> str:
    return f"{workspace.now()}.{secrets.token_hex(4)}"


def _check_external_id(workspace: Workspace, content: Json, own: View | None) -> None:
    wanted = content.get("external_id")
    everything = [*workspace.homes.values(), *(view for stack in workspace.views.values() for view in stack)]
    if wanted and any(v is not own and v.content.get("external_id") == wanted for v in everything):
        raise RefusedError("duplicate_external_id")
