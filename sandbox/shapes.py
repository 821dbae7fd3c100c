"""How Slack writes a user, a channel, a message, a view … as JSON.

The shapes of docs.slack.dev/reference/objects; the same in Web API answers, events and payloads.
"""

import datetime
import mimetypes
import zoneinfo
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from sandbox.things import Bookmark, Bot, Channel, File, Json, Message, Note, Pin, User, Usergroup, View
from sandbox.workspace import Workspace

PICTURES = (24, 32, 48, 72, 192, 512)
BOT_PICTURES = (36, 48, 72)
NEVER_READ = "0000000000.000000"


def user_json(workspace: Workspace, user: User, with_email: bool = True) -> Json:
    """docs.slack.dev/reference/objects/user-object; the address only with `users:read.email`."""
    offset = datetime.datetime.now(zoneinfo.ZoneInfo(user.tz)).utcoffset() or datetime.timedelta()
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "title": user.title,
        "phone": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": first,
        "last_name": last,
        "skype": "",
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": f"g{user.id.lower()}",
        "team": user.team_id,
        **{f"image_{size}": avatar(workspace, user.id, size) for size in PICTURES},
    }
    if user.email and with_email and not user.is_stranger:
        profile["email"] = user.email
    if user.bot_id:
        profile |= {"bot_id": user.bot_id, "api_app_id": workspace.bots[user.bot_id].app_id, "always_active": True}
    shape: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        return shape
    return shape | {
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()),
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": user.is_stranger,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def avatar(workspace: Workspace, id_: str, size: int) -> str:
    """Where the picture of a user or bot is, `size` pixels wide (see `sandbox.avatars`)."""
    return f"{workspace.url}/avatars/{id_}/{size}.svg"


def bot_json(workspace: Workspace, bot: Bot) -> Json:
    return {
        "id": bot.id,
        "deleted": False,
        "name": bot.name,
        "updated": bot.updated,
        "app_id": bot.app_id,
        "user_id": bot.user_id,
        "icons": {f"image_{size}": avatar(workspace, bot.id, size) for size in BOT_PICTURES},
    }


def channel_json(workspace: Workspace, channel: Channel, viewer: str) -> Json:
    """docs.slack.dev/reference/objects/conversation-object, as `viewer` sees it."""
    if channel.is_im:
        other = next((m for m in channel.members if m != viewer), viewer)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": workspace.team_id,
            "updated": channel.updated,
            "user": other,
            "is_user_deleted": workspace.users[other].deleted,
            "is_open": True,
            "priority": 0,
        }
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": workspace.team_id,
        "updated": channel.updated,
        "creator": channel.creator,
        "shared_team_ids": [workspace.team_id, *channel.shared_team_ids],
        "pending_connected_team_ids": [],
        "is_member": viewer in channel.members,
        "topic": note_json(channel.topic),
        "purpose": note_json(channel.purpose),
        "previous_names": list(channel.previous_names),
    }
    if viewer in channel.members:
        shape["last_read"] = NEVER_READ
    if channel.is_ext_shared:
        shape |= {
            "conversation_host_id": workspace.team_id,
            "internal_team_ids": [workspace.team_id],
            "connected_team_ids": list(channel.shared_team_ids),
        }
    return shape


def note_json(note: Note) -> Json:
    return {"value": note.value, "creator": note.creator, "last_set": note.last_set}


def file_json(workspace: Workspace, file: File) -> Json:
    """docs.slack.dev/reference/objects/file-object, with addresses that work against this sandbox."""
    extension = PurePath(file.name).suffix.lstrip(".") or (mimetypes.guess_extension(file.mimetype) or ".bin")[1:]
    address = f"{workspace.url}{file_path(file)}"
    shared = [workspace.channels[c] for c in file.channels if c in workspace.channels]
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": extension,
        "pretty_type": extension.upper(),
        "user": file.user,
        "user_team": workspace.team_id,
        "editable": False,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(channel.kind == "channel" for channel in shared),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "channels": [channel.id for channel in shared if channel.kind == "channel"],
        "groups": [channel.id for channel in shared if channel.kind == "group"],
        "ims": [channel.id for channel in shared if channel.is_im],
        "shares": _shares(workspace, file, shared),
        "has_more_shares": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "alt_txt": file.alt_text,
    }


def file_path(file: File) -> str:
    """Where the file's bytes are on this sandbox."""
    return f"/files/{file.id}/{quote(file.name, safe='')}"


def _shares(workspace: Workspace, file: File, channels: list[Channel]) -> Json:
    """The messages that carry the file, by which an app that uploaded it finds them."""
    shares: Json = {}
    for channel in channels:
        carrying = [message for message in channel.messages.values() if file in message.files]
        entries = [_share(workspace, channel, message) for message in carrying]
        shares.setdefault("private" if channel.is_private or channel.is_im else "public", {})[channel.id] = entries
    return shares


def _share(workspace: Workspace, channel: Channel, message: Message) -> Json:
    thread = {"thread_ts": message.thread_ts} if message.is_reply else {}
    return {
        "reply_users": [],
        "reply_users_count": 0,
        "reply_count": 0,
        "ts": message.ts,
        "channel_name": channel.name,
        "team_id": workspace.team_id,
        "share_user_id": message.user,
        **thread,
    }


def message_json(workspace: Workspace, message: Message, all_metadata: bool = False) -> Json:
    """docs.slack.dev/reference/events/message: the fields this message has, and no others.

    Of `metadata` only its `event_type`, unless `all_metadata`.
    """
    shape = said_json(workspace, message) | {"ts": message.ts}
    optional: Json = {"client_msg_id": message.client_msg_id, "thread_ts": message.thread_ts}
    shape |= {name: value for name, value in optional.items() if value is not None}
    if message.reactions:
        shape["reactions"] = [{"name": n, "users": list(p), "count": len(p)} for n, p in message.reactions.items()]
    if message.metadata and not all_metadata:
        shape["metadata"] = {"event_type": message.metadata["event_type"]}
    return shape | message.extra | _thread_fields(workspace, message)


def said_json(workspace: Workspace, message: Message) -> Json:
    """What a message says and by whom, not where it stands: so `chat.update` and `chat.scheduleMessage` answer.

    docs.slack.dev/reference/methods/chat.update ("Response")
    """
    shape: Json = {"type": "message", "user": message.user, "text": message.text}
    optional: Json = {
        "subtype": message.subtype,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "username": message.username,
        "icons": message.icons,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited,
        "metadata": message.metadata,
    }
    shape |= {name: value for name, value in optional.items() if value is not None}
    if message.subtype == "bot_message":
        del shape["user"]
    else:
        shape["team"] = workspace.users[message.user].team_id if message.user in workspace.users else workspace.team_id
    bot = workspace.bots.get(message.bot_id or "")
    if bot and message.subtype != "bot_message":
        profile = bot_json(workspace, bot) | {"team_id": workspace.team_id}
        shape["bot_profile"] = {name: value for name, value in profile.items() if name != "user_id"}
    if message.files:
        shape |= {"files": [file_json(workspace, f) for f in message.files], "upload": False, "display_as_bot": False}
    return shape


def _thread_fields(workspace: Workspace, message: Message) -> Json:
    channel = workspace.channels.get(message.channel)
    if message.thread_ts is None or channel is None:
        return {}
    root = channel.messages.get(message.thread_ts)
    if message.is_reply:
        fields: Json = {"parent_user_id": root.user} if root else {}
        if root and "root" in message.extra:
            fields["root"] = message_json(workspace, root)
        return fields
    replies = channel.thread(message.ts)[1:]
    if not replies:
        return {}
    people = list(dict.fromkeys(r.user for r in replies))
    return {
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def permalink(workspace: Workspace, message: Message) -> str:
    link = f"{workspace.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link


def pin_json(workspace: Workspace, channel: Channel, pin: Pin) -> Json:
    message = channel.messages[pin.ts]
    shape = message_json(workspace, message) | {"permalink": permalink(workspace, message)}
    if pin in channel.pins:
        shape["pinned_to"] = [channel.id]
    return {
        "type": "message",
        "channel": channel.id,
        "created": pin.created,
        "created_by": pin.created_by,
        "message": shape,
    }


def bookmark_json(workspace: Workspace, bookmark: Bookmark) -> Json:
    return {
        "id": bookmark.id,
        "channel_id": bookmark.channel_id,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "icon_url": None,
        "type": bookmark.type,
        "entity_id": None,
        "date_created": bookmark.date_created,
        "date_updated": bookmark.date_updated,
        "rank": bookmark.rank,
        "last_updated_by_user_id": bookmark.updated_by,
        "last_updated_by_team_id": workspace.team_id,
        "shortcut_id": None,
        "app_id": bookmark.app_id,
    }


def usergroup_json(workspace: Workspace, group: Usergroup, with_users: bool, with_count: bool) -> Json:
    shape: Json = {
        "id": group.id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.updated or group.created,
        "date_delete": group.deleted_at,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": group.created_by,
        "updated_by": group.created_by,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
    }
    if with_users:
        shape["users"] = list(group.users)
    if with_count:
        shape |= {"user_count": len(group.users), "channel_count": 0}
    return shape


def view_json(view: View) -> Json:
    """docs.slack.dev/reference/views: what the app sent, with what Slack adds."""
    content = view.content
    return {
        "id": view.id,
        "team_id": view.team_id,
        "type": view.type,
        "blocks": content["blocks"],
        "private_metadata": content.get("private_metadata") or "",
        "callback_id": content.get("callback_id") or "",
        "state": {"values": view.values},
        "hash": view.hash,
        "title": content.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "submit_disabled": bool(content.get("submit_disabled")),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": view.app_id,
        "external_id": content.get("external_id") or "",
        "app_installed_team_id": view.team_id,
        "bot_id": view.bot_id,
    }


def person_json(user: User) -> Json:
    """The `user` of interactive payloads."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}


def team_json(workspace: Workspace) -> dict[str, Any]:
    """The `team` of interactive payloads."""
    return {"id": workspace.team_id, "domain": workspace.domain}
