"""What the app hears of each change: events in Slack's shapes, for what it subscribed to and may see.

docs.slack.dev/reference/events; the outer shape is docs.slack.dev/apis/events-api ("Callback field").
"""

import secrets
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sandbox.deliveries.courier import Courier
from sandbox.shapes import channel_json, message_json, pin_json, user_json, usergroup_json, view_json
from sandbox.things import Change, Channel, Json, Pin
from sandbox.workspace import Workspace

HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Event(NamedTuple):
    """An inner event, the subscription it needs and the scope it needs (None for none)."""

    body: Json
    subscription: str
    scope: str | None


class EventFeed:
    """Listens to the workspace and sends the app what it should hear."""

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self._workspace = workspace
        self._courier = courier
        workspace.listen(self.hear)

    def hear(self, change: Change) -> None:
        """Send the events of one change, in order."""
        app = self._workspace.app
        tell = TELLERS.get(change.kind)
        for event in tell(self._workspace, change) if tell else ():
            if event.subscription in app.bot_events and (event.scope is None or event.scope in app.scopes):
                self._courier.send_event(callback(self._workspace, event.body, change.channel), by=change.user)


def callback(workspace: Workspace, event: Json, channel_id: str | None) -> Json:
    """The outer body every event comes in."""
    app = workspace.app
    channel = workspace.channels.get(channel_id or "")
    return {
        "token": app.verification_token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": workspace.now(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": f"4-{secrets.token_hex(16)}",
    }


def _seen(workspace: Workspace, change: Change) -> Channel | None:
    """The change's channel if the app is in it."""
    channel = workspace.channels[change.channel or ""]
    return channel if workspace.app.bot_user_id in channel.members else None


def _message(body: Json, channel: Channel) -> Event:
    return Event(body, MESSAGES[channel.kind], HISTORY[channel.kind])


def message_posted(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel, message = _seen(workspace, change), change.data["message"]
    if channel is None:
        return
    body = message_json(workspace, message)
    body |= {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}
    yield _message(body, channel)
    if f"<@{workspace.app.bot_user_id}>" in message.text and message.subtype is None and not channel.is_im:
        mention = {k: v for k, v in body.items() if k != "channel_type"} | {"type": "app_mention"}
        yield Event(mention, "app_mention", "app_mentions:read")


def message_changed(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel = _seen(workspace, change)
    if channel is None:
        return
    teams = {"source_team": workspace.team_id, "user_team": workspace.team_id}
    ts = workspace.new_ts()
    body = {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(workspace, change.data["message"]) | teams,
        "previous_message": message_json(workspace, change.data["previous"]),
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }
    yield _message(body, channel)


def message_deleted(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel = _seen(workspace, change)
    if channel is None:
        return
    ts = workspace.new_ts()
    body = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": message_json(workspace, change.data["message"]),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": change.data["message"].ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }
    yield _message(body, channel)


def reaction(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel, message = _seen(workspace, change), change.data["message"]
    if channel:
        body = {
            "type": change.kind,
            "user": change.user,
            "reaction": change.data["reaction"],
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.user,
            "event_ts": workspace.new_ts(),
        }
        yield Event(body, change.kind, "reactions:read")


def pin(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel, message = _seen(workspace, change), change.data["message"]
    if channel:
        pinned: Pin = change.data["pin"]
        body = {
            "type": change.kind,
            "user": change.user,
            "channel_id": channel.id,
            "item": pin_json(workspace, channel, pinned),
            "item_user": message.user,
            "pin_count": len(channel.pins),
            "pinned_info": {"channel": channel.id, "pinned_by": pinned.created_by, "pinned_ts": pinned.created},
            "event_ts": workspace.new_ts(),
        }
        if change.kind == "pin_removed":
            body["has_pins"] = bool(channel.pins)
        yield Event(body, change.kind, "pins:read")


def member_joined(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel = _seen(workspace, change)
    if channel:
        body = _member("member_joined_channel", workspace, channel, change)
        if change.data["inviter"]:
            body["inviter"] = change.data["inviter"]
        yield Event(body, "member_joined_channel", READ[channel.kind])


def member_left(workspace: Workspace, change: Change) -> Iterator[Event]:
    """The one who left is no longer in the channel; an app that was itself removed hears `channel_left` instead."""
    channel = workspace.channels[change.channel or ""]
    if change.user == workspace.app.bot_user_id:
        name = "group_left" if channel.is_private else "channel_left"
        body = {"type": name, "channel": channel.id, "event_ts": workspace.new_ts()}
        if change.data["by"]:
            body["actor_id"] = change.data["by"]
        yield Event(body, name, READ[channel.kind])
    elif workspace.app.bot_user_id in channel.members:
        body = _member("member_left_channel", workspace, channel, change)
        yield Event(body, "member_left_channel", READ[channel.kind])


def _member(name: str, workspace: Workspace, channel: Channel, change: Change) -> Json:
    return {
        "type": name,
        "user": change.user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": workspace.users[change.user or ""].team_id,
        "event_ts": workspace.new_ts(),
    }


def channel_created(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel = workspace.channels[change.channel or ""]
    if channel.kind == "channel":
        shape = channel_json(workspace, channel, workspace.app.bot_user_id) | {"creator": change.user}
        body = {"type": "channel_created", "channel": shape, "event_ts": workspace.new_ts()}
        yield Event(body, "channel_created", "channels:read")


def channel_renamed(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel = _seen(workspace, change)
    if channel:
        name = f"{channel.kind}_rename"
        shape = {
            "id": channel.id,
            "is_channel": True,
            "is_mpim": False,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
        }
        yield Event({"type": name, "channel": shape, "event_ts": workspace.new_ts()}, name, READ[channel.kind])


def channel_archived(workspace: Workspace, change: Change) -> Iterator[Event]:
    channel = _seen(workspace, change)
    if channel:
        name = f"{channel.kind}_{'archive' if change.kind == 'channel_archived' else 'unarchive'}"
        body: Json = {"type": name, "channel": channel.id, "user": change.user, "event_ts": workspace.new_ts()}
        if name.endswith("_archive"):
            body["is_moved"] = 0
        yield Event(body, name, READ[channel.kind])


def channel_deleted(workspace: Workspace, change: Change) -> Iterator[Event]:
    if workspace.app.bot_user_id in change.data["members"]:
        kind = change.data["channel_kind"]
        name = f"{kind}_deleted"
        body = {"type": name, "channel": change.channel, "actor_id": change.user, "event_ts": workspace.new_ts()}
        yield Event(body, name, READ[kind])


def user_changed(workspace: Workspace, change: Change) -> Iterator[Event]:
    user = user_json(workspace, workspace.users[change.user or ""], "users:read.email" in workspace.app.scopes)
    body = {"type": "user_change", "user": user, "cache_ts": workspace.now(), "event_ts": workspace.new_ts()}
    yield Event(body, "user_change", "users:read")


def usergroup_changed(workspace: Workspace, change: Change) -> Iterator[Event]:
    """docs.slack.dev/reference/events/subteam_members_changed and .../subteam_updated"""
    group, before = change.data["usergroup"], change.data["before"]
    added, removed = [u for u in group.users if u not in before], [u for u in before if u not in group.users]
    body: Json = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": workspace.team_id,
        "date_previous_update": change.data["previous_update"],
        "date_update": group.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
        "event_ts": workspace.new_ts(),
    }
    yield Event(body, "subteam_members_changed", "usergroups:read")
    shape = usergroup_json(workspace, group, with_users=True, with_count=True)
    updated = {"type": "subteam_updated", "subteam": shape, "event_ts": workspace.new_ts()}
    yield Event(updated, "subteam_updated", "usergroups:read")


def home_opened(workspace: Workspace, change: Change) -> Iterator[Event]:
    body = {
        "type": "app_home_opened",
        "user": change.user,
        "channel": change.channel,
        "tab": change.data["tab"],
        "event_ts": workspace.new_ts(),
    }
    home = workspace.homes.get(change.user or "")
    if home and change.data["tab"] == "home":
        body["view"] = view_json(home)
    yield Event(body, "app_home_opened", None)


def file_shared(workspace: Workspace, change: Change) -> Iterator[Event]:
    """A file posted in a channel the app is in."""
    channel, message = _seen(workspace, change), change.data["message"]
    for file in message.files if channel else ():
        body = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": file.user,
            "file": {"id": file.id},
            "channel_id": change.channel,
            "event_ts": workspace.new_ts(),
        }
        yield Event(body, "file_shared", "files:read")


def posted(workspace: Workspace, change: Change) -> Iterator[Event]:
    yield from message_posted(workspace, change)
    yield from file_shared(workspace, change)


TELLERS: dict[str, Callable[[Workspace, Change], Iterator[Event]]] = {
    "message_posted": posted,
    "message_changed": message_changed,
    "message_deleted": message_deleted,
    "reaction_added": reaction,
    "reaction_removed": reaction,
    "pin_added": pin,
    "pin_removed": pin,
    "member_joined": member_joined,
    "member_left": member_left,
    "channel_created": channel_created,
    "channel_renamed": channel_renamed,
    "channel_archived": channel_archived,
    "channel_unarchived": channel_archived,
    "channel_deleted": channel_deleted,
    "user_changed": user_changed,
    "usergroup_changed": usergroup_changed,
    "home_opened": home_opened,
}
