"""What a person sees, as JSON: the workspace, a channel's messages, open modals; and the log of the app's calls.

For the page and for tests; these are the sandbox's own, not Slack's.
"""

from dataclasses import asdict

from sandbox.shapes import channel_json, message_json, team_json, user_json, view_json
from sandbox.things import Channel, Json, Message, User, View
from sandbox.workspace import Workspace


def workspace_seen(workspace: Workspace, person: User) -> Json:
    """The channels in the order of their last message, newest first."""
    channels = sorted(workspace.visible_channels(person.id), key=_latest, reverse=True)
    app = workspace.app
    return {
        "me": user_json(workspace, person),
        "team": team_json(workspace) | {"name": workspace.team_name},
        "users": [user_json(workspace, user) for user in workspace.users.values()],
        "channels": [channel_json(workspace, c, person.id) | {"members": list(c.members)} for c in channels],
        "app": {
            "id": app.id,
            "name": app.name,
            "bot_id": app.bot_id,
            "bot_user_id": app.bot_user_id,
            "commands": list(app.commands.values()),
            "shortcuts": app.shortcuts,
            "home_tab": app.home_tab,
        },
    }


def messages_seen(workspace: Workspace, person: User, channel: Channel, thread_ts: str | None) -> Json:
    """A channel's messages or a thread's, with the ephemeral ones for this person, oldest first."""
    shown = channel.thread(thread_ts) if thread_ts else channel.timeline()
    whispered = [
        m
        for m in channel.ephemerals.values()
        if m.visible_to == person.id and (m.thread_ts == thread_ts if thread_ts else not m.thread_ts)
    ]
    pinned = {pin.ts for pin in channel.pins}
    return {
        "messages": [
            message_json(workspace, m, all_metadata=True)
            | {"is_ephemeral": m.visible_to is not None, "is_pinned": m.ts in pinned}
            for m in sorted([*shown, *whispered], key=lambda m: m.ts)
        ]
    }


def views_seen(workspace: Workspace, person: User) -> Json:
    """Open modals, the top one last, and the Home tab; `errors` are shown beside inputs."""
    home = workspace.homes.get(person.id)
    return {
        "views": [_view(view) for view in workspace.open_views(person.id)],
        "home": _view(home) if home else None,
    }


def calls_made(workspace: Workspace) -> Json:
    return {"calls": [asdict(call) for call in workspace.calls]}


def _view(view: View) -> Json:
    return view_json(view) | {"errors": view.errors}


def _latest(channel: Channel) -> str:
    last: Message | None = next(reversed(channel.messages.values()), None)
    return last.ts if last else f"{channel.created}.000000"
