"""reactions.*: emoji on messages.

docs.slack.dev/reference/methods/reactions.add, .remove, .get, .list
"""

from sandbox import messages
from sandbox.api.registry import Ask, method, page
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
    return _reacted(ask, *_item(ask))


@method("reactions.list", "reactions:read")
def list_(ask: Ask) -> Json:
    """What somebody, the app unless `user` is named, reacted to; the newest message first."""
    user = ask.workspace.find_user(ask.optional("user") or ask.bot.id)
    reacted = [
        (channel, message)
        for channel in ask.workspace.channels.values()
        if ask.bot.id in channel.members
        for message in channel.messages.values()
        if any(user.id in people for people in message.reactions.values())
    ]
    newest_first = sorted(reacted, key=lambda item: item[1].ts, reverse=True)
    found, cursor = page(ask, newest_first, default=100)
    return {"items": [_reacted(ask, *item) for item in found], "response_metadata": {"next_cursor": cursor}}


def _reacted(ask: Ask, channel: Channel, message: Message) -> Json:
    shape = message_json(ask.workspace, message) | {"permalink": permalink(ask.workspace, message)}
    return {"type": "message", "channel": channel.id, "message": shape}


def _item(ask: Ask) -> tuple[Channel, Message]:
    channel = ask.workspace.find_channel(ask.optional("channel") or "", ask.bot.id)
    if not ask.optional("timestamp"):
        raise RefusedError("no_item_specified")
    if ask.bot.id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel, ask.item(channel)


def _name(ask: Ask) -> str:
    return (ask.optional("name") or "").strip(":")
