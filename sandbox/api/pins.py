"""pins.*: pinned messages.

docs.slack.dev/reference/methods/pins.add, .remove, .list
"""

from sandbox import messages
from sandbox.api.registry import Ask, method
from sandbox.refusals import RefusedError
from sandbox.shapes import pin_json
from sandbox.things import Channel, Json, Message


@method("pins.add", "pins:write")
def add(ask: Ask) -> Json:
    channel, message = _item(ask)
    messages.pin(ask.workspace, channel, message, ask.bot.id)
    return {}


@method("pins.remove", "pins:write")
def remove(ask: Ask) -> Json:
    channel, message = _item(ask)
    messages.unpin(ask.workspace, channel, message, ask.bot.id)
    return {}


@method("pins.list", "pins:read")
def list_(ask: Ask) -> Json:
    channel = _channel(ask)
    return {"items": [pin_json(ask.workspace, channel, pin) for pin in reversed(channel.pins)]}


def _item(ask: Ask) -> tuple[Channel, Message]:
    channel = _channel(ask)
    if not ask.optional("timestamp"):
        raise RefusedError("no_item_specified")
    return channel, ask.item(channel)


def _channel(ask: Ask) -> Channel:
    channel = ask.workspace.find_channel(ask.optional("channel") or "", ask.bot.id)
    if ask.bot.id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel
