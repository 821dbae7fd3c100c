"""reactions.*: emoji on messages.

docs.slack.dev/reference/methods/reactions.add, .remove, .get
"""

import re

from sandbox import messages
from sandbox.api.registry import Ask, method
from sandbox.refusals import RefusedError
from sandbox.shapes import message_json, permalink
from sandbox.things import Channel, Json, Message


@method("reactions.add", "reactions:write")
def add(ask: Ask) -> Json:
    channel, message = _item(ask)
    if channel.is_archived:
        raise RefusedError("is_archived")
    messages.react(ask.workspace, channel, message, _name(ask), ask.bot.id)
    return {}


@method("reactions.remove", "reactions:write")
def remove(ask: Ask) -> Json:
    channel, message = _item(ask)
    messages.unreact(ask.workspace, channel, message, _name(ask), ask.bot.id)
    return {}


@method("reactions.get", "reactions:read")
def get(ask: Ask) -> Json:
    channel, message = _item(ask)
    shape = message_json(ask.workspace, message) | {"permalink": permalink(ask.workspace, message)}
    return {"type": "message", "channel": channel.id, "message": shape}


def _item(ask: Ask) -> tuple[Channel, Message]:
    channel = ask.workspace.find_channel(ask.optional("channel") or "", ask.bot.id)
    if not ask.optional("timestamp"):
        raise RefusedError("no_item_specified")
    if ask.bot.id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel, ask.message(channel, "timestamp")


def _name(ask: Ask) -> str:
    name = (ask.optional("name") or "").strip(":")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise RefusedError("invalid_name")
    return name
