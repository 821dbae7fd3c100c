"""users.*: the people of the workspace.

docs.slack.dev/reference/methods/users.info, .list, .lookupByEmail, .conversations, .profile.get
"""

from sandbox.api.conversations import chosen
from sandbox.api.registry import Ask, method, page
from sandbox.refusals import RefusedError
from sandbox.shapes import channel_json, user_json
from sandbox.things import SLACKBOT, Json, User


@method("users.info", "users:read")
def info(ask: Ask) -> Json:
    wanted = ask.optional("user") or ""
    user = ask.workspace.slackbot if wanted == SLACKBOT else ask.workspace.find_user(wanted)
    return {"user": _shape(ask, user)}


@method("users.list", "users:read")
def list_(ask: Ask) -> Json:
    people, cursor = page(ask, [ask.workspace.slackbot, *ask.workspace.users.values()], default=1000)
    return {
        "members": [_shape(ask, user) for user in people],
        "cache_ts": ask.workspace.now(),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", "users:read.email")
def lookup_by_email(ask: Ask) -> Json:
    email = (ask.optional("email") or "").lower()
    for user in ask.workspace.users.values():
        if user.email and user.email.lower() == email and not user.deleted and not user.is_stranger:
            return {"user": _shape(ask, user)}
    raise RefusedError("users_not_found")


@method("users.profile.get", "users.profile:read")
def profile_get(ask: Ask) -> Json:
    return {"profile": _shape(ask, ask.workspace.find_user(ask.optional("user") or ask.bot.id))["profile"]}


@method("users.conversations")
def conversations(ask: Ask) -> Json:
    user = ask.workspace.find_user(ask.optional("user") or ask.bot.id)
    visible = ask.workspace.visible_channels(ask.bot.id)
    found, cursor = chosen(ask, [channel for channel in visible if user.id in channel.members])
    shapes = [channel_json(ask.workspace, channel, ask.bot.id) for channel in found]
    brief = [{name: value for name, value in shape.items() if name != "is_member"} for shape in shapes]
    return {"channels": brief, "response_metadata": {"next_cursor": cursor}}


def _shape(ask: Ask, user: User) -> Json:
    shape = user_json(ask.workspace, user, with_email="users:read.email" in ask.app.scopes)
    return shape | ({"locale": "en-US"} if ask.flag("include_locale") else {})
