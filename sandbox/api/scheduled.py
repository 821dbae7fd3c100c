"""chat.scheduleMessage and what belongs to it: the app's messages that are posted later.

docs.slack.dev/reference/methods/chat.scheduleMessage, .deleteScheduledMessage, chat.scheduledMessages.list
"""

from sandbox import messages
from sandbox.api.chat import postable, read_draft
from sandbox.api.registry import Ask, method, page
from sandbox.refusals import RefusedError
from sandbox.scheduling import Scheduled
from sandbox.shapes import said_json
from sandbox.things import Channel, Json


@method("chat.scheduleMessage", "chat:write")
def schedule_message(ask: Ask) -> Json:
    channel = postable(ask)
    draft = read_draft(ask)
    messages.check_sayable(draft)
    if len(draft.text) > messages.MAX_TEXT:
        raise RefusedError("msg_too_long")
    scheduled = ask.slack.schedule.add(channel, draft, _post_at(ask))
    said = said_json(ask.workspace, messages.compose(ask.workspace, channel, ask.bot, draft))
    return {
        "scheduled_message_id": scheduled.id,
        "channel": channel.id,
        "post_at": scheduled.post_at,
        "message": said | {"type": "delayed_message"},
    }


@method("chat.deleteScheduledMessage", "chat:write")
def delete_scheduled_message(ask: Ask) -> Json:
    channel = ask.workspace.find_channel(ask.optional("channel") or "", ask.bot.id)
    ask.slack.schedule.delete(channel, ask.optional("scheduled_message_id") or "")
    return {}


@method("chat.scheduledMessages.list")
def list_(ask: Ask) -> Json:
    channel = _channel(ask)
    oldest, latest = ask.number("oldest", 0), ask.number("latest", 0)
    waiting = ask.slack.schedule.waiting(channel.id if channel else None)
    fitting = [one for one in waiting if oldest <= one.post_at and (not latest or one.post_at <= latest)]
    found, cursor = page(ask, fitting, default=100)
    return {"scheduled_messages": [_shape(one) for one in found], "response_metadata": {"next_cursor": cursor}}


def _post_at(ask: Ask) -> int:
    """Raises RefusedError `invalid_time`."""
    try:
        return int(ask.text("post_at"))
    except ValueError:
        raise RefusedError("invalid_time") from None


def _channel(ask: Ask) -> Channel | None:
    """Raises RefusedError `invalid_channel`."""
    wanted = ask.optional("channel")
    if wanted is None:
        return None
    try:
        return ask.workspace.find_channel(wanted, ask.bot.id)
    except RefusedError:
        raise RefusedError("invalid_channel") from None


def _shape(scheduled: Scheduled) -> Json:
    return {
        "id": scheduled.id,
        "channel_id": scheduled.channel,
        "post_at": scheduled.post_at,
        "date_created": scheduled.created,
        "text": scheduled.draft.text,
    }
