"""views.*: modals and Home tabs.

docs.slack.dev/reference/methods/views.open, .push, .update, .publish
"""

from typing import Any

from sandbox import modals
from sandbox.api.registry import Ask, invalid, method
from sandbox.refusals import RefusedError
from sandbox.shapes import view_json
from sandbox.things import Json, View


@method("views.open")
def open_(ask: Ask) -> Json:
    content = _content(ask)
    trigger = ask.slack.triggers.exchange(ask.text("trigger_id"))
    return _answer(modals.open_modal(ask.workspace, trigger.user, content, trigger.channel))


@method("views.push")
def push(ask: Ask) -> Json:
    content = _content(ask)
    trigger = ask.slack.triggers.exchange(ask.text("trigger_id"))
    return _answer(modals.push(ask.workspace, trigger.user, content))


@method("views.update")
def update(ask: Ask) -> Json:
    return _answer(modals.update(ask.workspace, _wanted(ask), _content(ask), ask.optional("hash")))


@method("views.publish")
def publish(ask: Ask) -> Json:
    if not ask.app.home_tab:
        raise RefusedError("not_enabled")
    user = ask.workspace.find_user(ask.text("user_id"))
    return _answer(modals.publish_home(ask.workspace, user.id, _content(ask), ask.optional("hash")))


def _content(ask: Ask) -> Any:
    """Raises RefusedError `invalid_arguments`."""
    content = ask.json("view")
    if content is None:
        raise invalid("missing required field: view", "view")
    return content


def _wanted(ask: Ask) -> View:
    """The view named by `view_id` or `external_id`. Raises RefusedError `not_found`."""
    view_id, external_id = ask.optional("view_id"), ask.optional("external_id")
    if not view_id and not external_id:
        raise invalid("missing required field: view_id", "view_id")
    if view_id:
        found = ask.workspace.find_view(view_id)
    else:
        everything = [*ask.workspace.homes.values(), *(v for stack in ask.workspace.views.values() for v in stack)]
        found = next((v for v in everything if v.content.get("external_id") == external_id), None)
    if found is None:
        raise RefusedError("not_found")
    return found


def _answer(view: View) -> Json:
    return {"view": view_json(view)}
