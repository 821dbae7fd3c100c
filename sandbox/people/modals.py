"""People submit and close modals, and open the app's Home tab.

docs.slack.dev/surfaces/modals ("Handling view_submission") and docs.slack.dev/surfaces/app-home
"""

from typing import Any, Literal

from pydantic import Field

from sandbox import channels, forms, modals
from sandbox.blockkit.blocks import flat
from sandbox.deliveries.payloads import interaction
from sandbox.deliveries.tokens import ResponseUrl
from sandbox.people.asking import ask, triggered
from sandbox.people.desk import Act, verb
from sandbox.people.pressing import own_view
from sandbox.refusals import RefusedError
from sandbox.shapes import view_json
from sandbox.slack import Slack
from sandbox.things import Json, User, View


class Submit(Act):
    view_id: str
    values: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Close(Act):
    view_id: str
    all: bool = False


class Home(Act):
    tab: Literal["home", "messages"] = "home"


@verb("submit", Submit)
async def submit(slack: Slack, person: User, act: Submit) -> Json:
    """Errors of Slack's client and of the app come back as `errors`, and the form stays open."""
    view = own_view(slack, person, act.view_id)
    view.values = forms.fill(view.blocks, view.values, act.values, slack.offered(view.id))
    problems = forms.complaints(view.blocks, view.values)
    if problems:
        modals.show_errors(slack.workspace, view, problems)
        return {"errors": problems}
    payload = interaction(slack.workspace, "view_submission", person)
    payload |= {"view": view_json(view), "response_urls": _response_urls(slack, person, view)}
    payload |= triggered(slack, person)
    said = await ask(slack, "interactive", payload)
    return _follow(slack, person, view, said if isinstance(said, dict) else {})


def _response_urls(slack: Slack, person: User, view: View) -> list[Json]:
    """An address for each conversation chosen in an input that asks for one by `response_url_enabled`.

    docs.slack.dev/surfaces/modals ("Publishing messages after modal submissions")
    """
    return [
        {
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            "channel_id": chosen,
            "response_url": slack.response_url(ResponseUrl(chosen, person.id), "app"),
        }
        for block in flat(view.blocks)
        if block["type"] == "input" and (element := block["element"]).get("response_url_enabled")
        if (chosen := view.values[block["block_id"]][element["action_id"]][forms.HOLDS[element["type"]][0]])
    ]


def _follow(slack: Slack, person: User, view: View, said: Json) -> Json:
    """Do what the acknowledgement asks; an empty one closes this view (docs.slack.dev/surfaces/modals)."""
    action = said.get("response_action")
    if action == "errors":
        return _errors(slack, view, said.get("errors"))
    if action == "update":
        modals.update(slack.workspace, view, said.get("view"))
    elif action == "push":
        modals.push(slack.workspace, person.id, said.get("view"))
    elif action == "clear":
        modals.close(slack.workspace, view, whole_stack=True)
    elif action is None:
        modals.close(slack.workspace, view)
    else:
        raise RefusedError("invalid_response_action")
    return {}


def _errors(slack: Slack, view: View, errors: Any) -> Json:
    """Errors belong to input blocks by their id; others Slack cannot show, and says so to the person."""
    inputs = {block["block_id"] for block in flat(view.blocks) if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        raise RefusedError("invalid_response_errors")
    modals.show_errors(slack.workspace, view, errors)
    return {"errors": errors}


@verb("close", Close)
async def close(slack: Slack, person: User, act: Close) -> Json:
    """Cancel one view or, with `all`, the stack; the app hears of those with `notify_on_close`."""
    view = own_view(slack, person, act.view_id)
    whole = act.all or bool(view.content.get("clear_on_close"))
    for gone in modals.close(slack.workspace, view, whole_stack=whole):
        if gone.content.get("notify_on_close"):
            payload = interaction(slack.workspace, "view_closed", person)
            slack.courier.tell("interactive", payload | {"view": view_json(gone), "is_cleared": whole})
    return {}


@verb("home", Home)
async def home(slack: Slack, person: User, act: Home) -> Json:
    """The app is told of either tab (docs.slack.dev/reference/events/app_home_opened)."""
    workspace = slack.workspace
    if act.tab == "home" and not workspace.app.home_tab:
        raise RefusedError("not_enabled")
    channel = channels.direct(workspace, workspace.app.bot_user_id, person.id)
    workspace.publish("home_opened", channel.id, person.id, tab=act.tab)
    view = workspace.homes.get(person.id)
    return {"view": view_json(view) if view else None}
