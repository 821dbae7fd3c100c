"""conversations.*: channels themselves: make, find, read, name, archive.

docs.slack.dev/reference/methods (conversations.*); who is in them is in `membership`.
"""

from sandbox import channels
from sandbox.api.registry import CHANNEL_SCOPES, Ask, method, page, strict_page
from sandbox.refusals import RefusedError
from sandbox.shapes import channel_json, message_json
from sandbox.things import Channel, Json, Message

MAX_IN_GROUP = 8
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def answer(ask: Ask, channel: Channel) -> Json:
    return {"channel": channel_json(ask.workspace, channel, ask.bot.id)}


@method("conversations.create")
def create(ask: Ask) -> Json:
    is_private = ask.flag("is_private")
    ask.need("groups:write" if is_private else "channels:manage")
    return answer(ask, channels.create(ask.workspace, ask.bot.id, ask.optional("name") or "", is_private))


@method("conversations.info")
def info(ask: Ask) -> Json:
    channel = ask.channel("read")
    found = answer(ask, channel)
    if ask.flag("include_num_members"):
        found["channel"]["num_members"] = len(channel.members)
    return found


@method("conversations.list")
def list_(ask: Ask) -> Json:
    found, cursor = chosen(ask, ask.workspace.visible_channels(ask.bot.id))
    shapes = [
        channel_json(ask.workspace, c, ask.bot.id) | ({} if c.is_im else {"num_members": len(c.members)}) for c in found
    ]
    return {"channels": shapes, "response_metadata": {"next_cursor": cursor}}


def chosen(ask: Ask, among: list[Channel]) -> tuple[list[Channel], str]:
    """A page of channels of the `types` asked for, and the next cursor.

    Raises RefusedError `invalid_types`, `invalid_limit`, `missing_scope`.
    """
    kinds = [TYPES.get(name, "") for name in ask.names("types") or ["public_channel"]]
    if "" in kinds:
        raise RefusedError("invalid_types")
    for kind in kinds:
        ask.need(*CHANNEL_SCOPES["read"].get(kind, ("mpim:read",)))
    skip_archived = ask.flag("exclude_archived")
    fitting = [c for c in among if c.kind in kinds and not (skip_archived and c.is_archived)]
    return strict_page(ask, fitting, default=100)


@method("conversations.history")
def history(ask: Ask) -> Json:
    """Newest first."""
    channel = _readable(ask)
    found = list(reversed(_between(ask, channel.timeline())))
    here, cursor = page(ask, found, default=100, most=999)
    shape: Json = {
        "messages": [_shape(ask, m) for m in here],
        "has_more": bool(cursor),
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    return shape | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.replies")
def replies(ask: Ask) -> Json:
    """The parent and then its replies, oldest first."""
    channel = _readable(ask)
    ts = ask.optional("ts") or ""
    if ts not in channel.messages:
        raise RefusedError("thread_not_found")
    root = channel.messages[ts].thread_ts or ts
    parent, *answers = channel.thread(root) or [channel.messages[ts]]
    here, cursor = page(ask, [parent, *_between(ask, answers)], default=1000)
    shape: Json = {"messages": [_shape(ask, m) for m in here], "has_more": bool(cursor)}
    return shape | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _readable(ask: Ask) -> Channel:
    channel = ask.channel("history")
    if ask.bot.id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _between(ask: Ask, found: list[Message]) -> list[Message]:
    """Those after `oldest` and before `latest`, both exclusive unless `inclusive`."""
    oldest, latest = _moment(ask, "oldest", "0"), _moment(ask, "latest", "99999999999")
    if ask.flag("inclusive"):
        return [m for m in found if oldest <= micros(m.ts) <= latest]
    return [m for m in found if oldest < micros(m.ts) < latest]


def _moment(ask: Ask, name: str, default: str) -> int:
    try:
        return micros(ask.optional(name) or default)
    except ValueError:
        raise RefusedError(f"invalid_ts_{name}") from None


def micros(ts: str) -> int:
    """A timestamp in microseconds, exactly. Raises ValueError."""
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])


def _shape(ask: Ask, message: Message) -> Json:
    all_metadata = ask.flag("include_all_metadata")
    if all_metadata:
        ask.need("metadata.message:read")
    return message_json(ask.workspace, message, all_metadata=all_metadata)


@method("conversations.open")
def open_(ask: Ask) -> Json:
    """Direct messages with one person; groups of several are not had here.

    docs.slack.dev/reference/methods/conversations.open
    """
    ask.need("im:write")
    if ask.optional("channel"):
        channel = ask.channel("manage")
        return _opened(ask, channel, already=True)
    users = ask.names("users")
    if not users:
        raise RefusedError("users_list_not_supplied")
    if len(users) > MAX_IN_GROUP:
        raise RefusedError("too_many_users")
    if len(users) > 1:
        raise RefusedError("method_not_supported_for_channel_type")
    if ask.workspace.find_user(users[0]).deleted:
        raise RefusedError("user_disabled")
    if ask.flag("prevent_creation") and channels.find_direct(ask.workspace, ask.bot.id, users[0]) is None:
        raise RefusedError("channel_not_found")
    before = len(ask.workspace.channels)
    channel = channels.direct(ask.workspace, ask.bot.id, users[0])
    return _opened(ask, channel, already=len(ask.workspace.channels) == before)


def _opened(ask: Ask, channel: Channel, already: bool) -> Json:
    full = channel_json(ask.workspace, channel, ask.bot.id)
    shape = full if ask.flag("return_im") else {"id": channel.id}
    return {"channel": shape, **({"no_op": True, "already_open": True} if already else {})}


@method("conversations.rename")
def rename(ask: Ask) -> Json:
    channel = ask.channel("manage")
    channels.rename(ask.workspace, channel, ask.bot.id, ask.optional("name") or "")
    return answer(ask, channel)


@method("conversations.setTopic")
def set_topic(ask: Ask) -> Json:
    channel = ask.channel("topic")
    channels.set_note(ask.workspace, channel, ask.bot.id, "topic", ask.optional("topic") or "")
    return answer(ask, channel)


@method("conversations.setPurpose")
def set_purpose(ask: Ask) -> Json:
    channel = ask.channel("topic")
    channels.set_note(ask.workspace, channel, ask.bot.id, "purpose", ask.optional("purpose") or "")
    return answer(ask, channel)


@method("conversations.archive")
def archive(ask: Ask) -> Json:
    channels.archive(ask.workspace, ask.channel("manage"), ask.bot.id)
    return {}


@method("conversations.unarchive")
def unarchive(ask: Ask) -> Json:
    channels.unarchive(ask.workspace, ask.channel("manage"), ask.bot.id)
    return {}
