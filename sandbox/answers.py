"""What the app says back to a response_url, or in the acknowledgement of a command.

docs.slack.dev/interactivity/handling-user-interaction ("Message responses"): ephemeral unless `in_channel`.
"""

from sandbox import messages
from sandbox.blockkit.surfaces import check_message
from sandbox.deliveries.tokens import ResponseUrl
from sandbox.messages import Draft
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Channel, Json, Message


def answer(slack: Slack, hook: ResponseUrl, said: Json) -> None:
    """Post, replace or delete as `said` asks. Raises RefusedError `invalid_blocks`, `no_text`, `is_archived`.

    What an app said to a command's response_url is not replaced by saying more to it
    (github.com/slackapi/bolt-python/issues/1268, github.com/slackapi/bolt-js/issues/2287).
    """
    workspace = slack.workspace
    channel = workspace.channels.get(hook.channel)
    if channel is None:
        raise RefusedError("channel_not_found")
    original = _original(slack, channel, hook)
    if said.get("delete_original"):
        _delete(slack, channel, original)
        return
    draft = _draft(hook, said)
    if said.get("replace_original") and original:
        _replace(slack, channel, original, draft)
        return
    bot = workspace.users[workspace.app.bot_user_id]
    if said.get("response_type") == "in_channel":
        messages.post(workspace, channel, bot, draft)
    else:
        messages.whisper(workspace, channel, bot, hook.user, draft)


def _draft(hook: ResponseUrl, said: Json) -> Draft:
    check_message(said.get("blocks"), said.get("attachments"))
    return Draft(
        text=str(said.get("text") or ""),
        blocks=said.get("blocks"),
        attachments=said.get("attachments"),
        thread_ts=said.get("thread_ts") or hook.thread_ts,
    )


def _original(slack: Slack, channel: Channel, hook: ResponseUrl) -> Message | None:
    """The app's own message that was pressed; a shortcut may have been used on anybody's."""
    if hook.message_ts is None:
        return None
    found = channel.ephemerals.get(hook.message_ts) or channel.messages.get(hook.message_ts)
    return found if found and found.app_id == slack.workspace.app.id else None


def _delete(slack: Slack, channel: Channel, original: Message | None) -> None:
    if original is None:
        return
    if original.visible_to:
        messages.hush(slack.workspace, channel, original)
    else:
        messages.delete(slack.workspace, channel, original, by=slack.workspace.app.bot_user_id)


def _replace(slack: Slack, channel: Channel, original: Message, draft: Draft) -> None:
    if original.visible_to:
        messages.rewhisper(slack.workspace, channel, original, draft)
        return
    messages.check_sayable(draft)
    changes: Json = {"text": draft.text, "blocks": draft.blocks, "attachments": draft.attachments}
    messages.edit(slack.workspace, channel, original, changes, by=slack.workspace.app.bot_user_id)
