"""What a person's act looks like to the app: commands, presses, forms, shortcuts, menus' queries.

docs.slack.dev/interactivity and docs.slack.dev/reference/interaction-payloads
"""

from typing import Literal

from sandbox.shapes import message_json, person_json, team_json, view_json
from sandbox.things import Channel, Json, Message, User, View
from sandbox.workspace import Workspace


def interaction(workspace: Workspace, kind: str, user: User) -> Json:
    """The fields every interactive payload has."""
    return {
        "type": kind,
        "team": team_json(workspace),
        "user": person_json(user),
        "api_app_id": workspace.app.id,
        "token": workspace.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def shortcut_used(workspace: Workspace, kind: Literal["shortcut", "message_action"], user: User) -> Json:
    """The fields of a shortcut's payload, which names the person otherwise than others, and not the app.

    docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    payload = interaction(workspace, kind, user)
    del payload["api_app_id"]
    person = payload["user"]
    del person["name" if kind == "shortcut" else "username"]
    return payload


def channel_name(channel: Channel) -> str:
    return "directmessage" if channel.is_im else channel.name


def in_channel(channel: Channel) -> Json:
    return {"channel": {"id": channel.id, "name": channel_name(channel)}}


def in_message(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """Container, channel and message of an act on a message."""
    ephemeral = message.visible_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    shape: Json = {"container": container, **in_channel(channel)}
    return shape if ephemeral else shape | {"message": message_json(workspace, message)}


def in_attachment(attachment_id: int) -> Json:
    """What a container says besides when the act is on blocks of an attachment.

    docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    return {"type": "message_attachment", "attachment_id": attachment_id, "is_app_unfurl": False}


def in_view(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(view)}


def slash_command(workspace: Workspace, channel: Channel, user: User, command: str, text: str) -> Json:
    """docs.slack.dev/interactivity/implementing-slash-commands"""
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
    }
