"""conversations.*: who is in a channel: members, invite, kick, join, leave.

docs.slack.dev/reference/methods (conversations.members, .invite, .kick, .join, .leave)
"""

from sandbox import channels
from sandbox.api.conversations import answer
from sandbox.api.registry import Ask, method, strict_page, warned
from sandbox.refusals import RefusedError
from sandbox.things import Json


@method("conversations.members")
def members(ask: Ask) -> Json:
    channel = ask.channel("read")
    here, cursor = strict_page(ask, channel.members, default=100)
    return {"members": here, "response_metadata": {"next_cursor": cursor}}


@method("conversations.invite")
def invite(ask: Ask) -> Json:
    channel = ask.channel("invite")
    errors = channels.invite(ask.workspace, channel, ask.bot.id, ask.names("users"), force=ask.flag("force"))
    return answer(ask, channel) | ({"errors": errors} if errors else {})


@method("conversations.kick")
def kick(ask: Ask) -> Json:
    channel = ask.channel("manage")
    user = ask.workspace.find_user(ask.optional("user") or "")
    channels.kick(ask.workspace, channel, ask.bot.id, user.id)
    return {"errors": {}}


@method("conversations.join", "channels:join")
def join(ask: Ask) -> Json:
    channel = ask.workspace.find_channel(ask.optional("channel") or "", ask.bot.id)
    already = ask.bot.id in channel.members
    channels.join(ask.workspace, channel, ask.bot.id)
    return warned(answer(ask, channel), *(["already_in_channel"] if already else []))


@method("conversations.leave")
def leave(ask: Ask) -> Json:
    channel = ask.channel("manage")
    if channel.is_im:
        raise RefusedError("method_not_supported_for_channel_type")
    if ask.bot.id not in channel.members and not channel.is_archived:
        return {"ok": False, "not_in_channel": True}
    channels.leave(ask.workspace, channel, ask.bot.id)
    return {}
