"""What can be done with channels: create, join, invite, rename, archive …, by whoever does it.

Slack's rules and error names (docs.slack.dev/reference/methods, conversations.*); scopes are the Web API's business.
"""

import re
from collections.abc import Mapping
from typing import Any

from sandbox import messages
from sandbox.refusals import RefusedError
from sandbox.things import Channel, Note
from sandbox.workspace import Workspace

MAX_NAME = 80
MAX_NOTE = 250
KINDS = {"channel": "public", "group": "private", "im": "im"}
"""What a conversation filter calls each kind of channel."""
MAX_INVITED = 1000
"""At once: docs.slack.dev/reference/methods/conversations.invite."""


def check_name(workspace: Workspace, name: str) -> None:
    """Raises RefusedError when Slack would not let a channel have this name.

    At most 80 characters; lower-case letters of any script, digits, hyphens and underscores; not taken, by an archived
    channel either (docs.slack.dev/reference/methods/conversations.create, "Naming").
    """
    if not name:
        raise RefusedError("invalid_name_required")
    if len(name) > MAX_NAME:
        raise RefusedError("invalid_name_maxlength")
    if not re.search(r"\w", name.replace("_", "")):
        raise RefusedError("invalid_name_punctuation")
    if name != name.lower() or not re.fullmatch(r"[\w-]+", name):
        raise RefusedError("invalid_name_specials")
    if workspace.channel_named(name):
        raise RefusedError("name_taken")


def create(workspace: Workspace, creator: str, name: str, is_private: bool = False) -> Channel:
    """A new channel with its creator in it. Raises RefusedError as `check_name`."""
    check_name(workspace, name)
    now = workspace.now()
    channel = Channel(workspace.new_id("C"), name, creator, now, is_private=is_private, updated=now * 1000)
    workspace.channels[channel.id] = channel
    workspace.publish("channel_created", channel.id, creator)
    _enter(workspace, channel, creator, inviter=None)
    return channel


def find_direct(workspace: Workspace, one: str, other: str) -> Channel | None:
    """The direct messages of the two, where they are open."""
    people = sorted([one, other])
    return next((c for c in workspace.channels.values() if c.is_im and sorted(c.members) == people), None)


def direct(workspace: Workspace, one: str, other: str) -> Channel:
    """The direct messages of a bot and a person (or of two people), opened if need be.

    Raises RefusedError `user_not_found`.
    """
    people = [workspace.find_user(one).id, workspace.find_user(other).id]
    open_already = find_direct(workspace, *people)
    if open_already:
        return open_already
    im_user = next((p for p in people if not workspace.users[p].is_bot), other)
    channel = Channel(workspace.new_id("D"), "", one, workspace.now(), is_im=True, im_user=im_user, members=people)
    workspace.channels[channel.id] = channel
    workspace.publish("channel_created", channel.id, one)
    return channel


def passes(workspace: Workspace, channel: Channel, wanted: Mapping[str, Any]) -> bool:
    """Whether a conversation filter lets the channel through; an empty one lets all.

    docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object
    """
    with_bot = channel.is_im and any(workspace.users[member].is_bot for member in channel.members)
    return (
        KINDS[channel.kind] in (wanted.get("include") or KINDS.values())
        and not (wanted.get("exclude_external_shared_channels") and channel.is_ext_shared)
        and not (wanted.get("exclude_bot_users") and with_bot)
    )


def join(workspace: Workspace, channel: Channel, user: str) -> None:
    """Raises RefusedError `is_archived`, `method_not_supported_for_channel_type`."""
    if channel.is_private or channel.is_im:
        raise RefusedError("method_not_supported_for_channel_type")
    _check_open(channel)
    if user not in channel.members:
        _enter(workspace, channel, user, inviter=None)


def why_not_invite(workspace: Workspace, channel: Channel, inviter: str, invited: str) -> str | None:
    """Slack's name of what keeps `inviter` from inviting `invited`, or None.

    Single-channel guests have room for one channel, others are admitted by people and not by apps; strangers come only
    into channels shared with their organisation (docs.slack.dev/reference/methods/conversations.invite, "Errors").
    """
    user = workspace.users.get(invited)
    if user is None:
        return "user_not_found"
    if invited == inviter:
        return "cant_invite_self"
    if invited in channel.members:
        return "already_in_channel"
    if user.deleted:
        return "user_disabled"
    if user.is_stranger and user.team_id not in channel.shared_team_ids:
        return "cant_invite"
    if user.is_ultra_restricted and any(invited in c.members for c in workspace.channels.values() if not c.is_im):
        return "ura_max_channels"
    if user.is_guest and workspace.users[inviter].is_bot:
        return "user_is_restricted"
    return None


def invite(
    workspace: Workspace, channel: Channel, inviter: str, invited: list[str], force: bool = False
) -> list[dict[str, Any]]:
    """Invite all or, when one cannot be, nobody; with `force` those who can be. Gives Slack's `errors` for the others.

    Raises RefusedError with the first failure and all `errors`; the others are invited all the same where only closed
    accounts failed (docs.slack.dev/reference/methods/conversations.invite, "Partially failed calls").
    """
    _check_open(channel)
    if channel.is_im:
        raise RefusedError("method_not_supported_for_channel_type")
    if inviter not in channel.members:
        raise RefusedError("not_in_channel")
    if not invited:
        raise RefusedError("no_user")
    if len(invited) > MAX_INVITED:
        raise RefusedError("too_many_users")
    reasons = {user: why_not_invite(workspace, channel, inviter, user) for user in invited}
    errors: list[dict[str, Any]] = [{"user": user, "ok": False, "error": why} for user, why in reasons.items() if why]
    welcome = [user for user, why in reasons.items() if not why]
    is_partial = force or all(error["error"] == "user_disabled" for error in errors)
    for user in welcome if is_partial else []:
        _enter(workspace, channel, user, inviter)
    if errors and (not force or not welcome):
        raise RefusedError(errors[0]["error"], errors=errors)
    return errors


def leave(workspace: Workspace, channel: Channel, user: str, by: str | None = None) -> None:
    """Take `user` out of the channel; `by` names who removed them.

    Raises RefusedError `cant_leave_general`, `cant_kick_from_general`, `is_archived`, `last_member`.
    """
    _check_open(channel)
    if by is None and channel.members == [user]:
        raise RefusedError("last_member")
    if channel.is_general:
        raise RefusedError("cant_kick_from_general" if by else "cant_leave_general")
    if by is None:
        subtype = "group_leave" if channel.is_private else "channel_leave"
        messages.note(workspace, channel, user, subtype, f"<@{user}> has left the channel")
    channel.members.remove(user)
    workspace.publish("member_left", channel.id, user, by=by)


def kick(workspace: Workspace, channel: Channel, by: str, user: str) -> None:
    """Raises RefusedError `not_in_channel`, `cant_kick_self`, `cant_kick_from_general`, or as `_check_channel`."""
    _check_channel(channel)
    if by == user:
        raise RefusedError("cant_kick_self")
    if by not in channel.members or user not in channel.members:
        raise RefusedError("not_in_channel")
    leave(workspace, channel, user, by=by)


def rename(workspace: Workspace, channel: Channel, by: str, name: str) -> None:
    """By who made it, or an admin (docs.slack.dev/reference/methods/conversations.rename).

    Raises RefusedError as `check_name`, `_check_channel`, `is_archived`, `not_in_channel`, `not_authorized`.
    """
    _check_channel(channel)
    _check_member(channel, by)
    if by != channel.creator and not workspace.users[by].is_admin:
        raise RefusedError("not_authorized")
    if name == channel.name:
        return
    check_name(workspace, name)
    old, channel.name = channel.name, name
    channel.previous_names.append(old)
    subtype = "group_name" if channel.is_private else "channel_name"
    text = f'<@{by}> has renamed the channel from "{old}" to "{name}"'
    messages.note(workspace, channel, by, subtype, text, old_name=old, name=name)
    _touch(workspace, channel)
    workspace.publish("channel_renamed", channel.id, by)


def set_note(workspace: Workspace, channel: Channel, by: str, which: str, value: str) -> None:
    """Set the `topic` or `purpose`. Raises RefusedError `too_long`, `is_archived`, `not_in_channel`."""
    _check_member(channel, by)
    if len(value) > MAX_NOTE:
        raise RefusedError("too_long")
    note = Note(value, by, workspace.now())
    if which == "topic":
        channel.topic = note
    else:
        channel.purpose = note
    word = "topic" if which == "topic" else "description"
    text = f"<@{by}> set the channel {word}: {value}" if value else f"<@{by}> cleared the channel {word}"
    subtype = f"group_{which}" if channel.is_private else f"channel_{which}"
    messages.note(workspace, channel, by, subtype, text, **{which: value})
    _touch(workspace, channel)
    workspace.publish("channel_changed", channel.id, by)


def archive(workspace: Workspace, channel: Channel, by: str) -> None:
    """Raises RefusedError `already_archived`, `cant_archive_general`, `not_in_channel`, or as `_check_channel`.

    Slack takes bots out when it archives, so that they can neither read nor unarchive it afterwards
    (undocumented; github.com/slack-go/slack/issues/1066, github.com/elastic/connectors/issues/1972).
    """
    _check_channel(channel)
    if channel.is_archived:
        raise RefusedError("already_archived")
    if channel.is_general:
        raise RefusedError("cant_archive_general")
    if by not in channel.members:
        raise RefusedError("not_in_channel")
    subtype = "group_archive" if channel.is_private else "channel_archive"
    messages.note(workspace, channel, by, subtype, f"<@{by}> archived the channel")
    channel.is_archived = True
    _touch(workspace, channel)
    workspace.publish("channel_archived", channel.id, by)
    channel.members = [m for m in channel.members if not workspace.users[m].is_bot]


def unarchive(workspace: Workspace, channel: Channel, by: str) -> None:
    """Raises RefusedError `not_archived`, `not_in_channel`."""
    if not channel.is_archived:
        raise RefusedError("not_archived")
    if by not in channel.members:
        raise RefusedError("not_in_channel")
    channel.is_archived = False
    subtype = "group_unarchive" if channel.is_private else "channel_unarchive"
    messages.note(workspace, channel, by, subtype, f"<@{by}> un-archived the channel")
    _touch(workspace, channel)
    workspace.publish("channel_unarchived", channel.id, by)


def delete(workspace: Workspace, channel: Channel, by: str) -> None:
    """Delete the channel and all in it, as an admin may. Raises RefusedError `restricted_action`."""
    if channel.is_general or not workspace.users[by].is_admin:
        raise RefusedError("restricted_action")
    workspace.publish("channel_deleted", channel.id, by, members=list(channel.members), channel_kind=channel.kind)
    del workspace.channels[channel.id]


def _enter(workspace: Workspace, channel: Channel, user: str, inviter: str | None) -> None:
    channel.members.append(user)
    workspace.publish("member_joined", channel.id, user, inviter=inviter)
    subtype = "group_join" if channel.is_private else "channel_join"
    extra = {"inviter": inviter} if inviter else {}
    messages.note(workspace, channel, user, subtype, f"<@{user}> has joined the channel", **extra)


def _check_channel(channel: Channel) -> None:
    """Raises RefusedError `method_not_supported_for_channel_type` for direct messages."""
    if channel.is_im:
        raise RefusedError("method_not_supported_for_channel_type")


def _check_open(channel: Channel) -> None:
    if channel.is_archived:
        raise RefusedError("is_archived")


def _check_member(channel: Channel, user: str) -> None:
    _check_open(channel)
    if user not in channel.members:
        raise RefusedError("not_in_channel")


def _touch(workspace: Workspace, channel: Channel) -> None:
    channel.updated = workspace.now() * 1000
