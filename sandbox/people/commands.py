"""People type slash commands and use shortcuts.

docs.slack.dev/interactivity/implementing-slash-commands and .../implementing-shortcuts
"""

import re
import time

from sandbox.answers import answer
from sandbox.deliveries.payloads import in_channel, shortcut_used, slash_command
from sandbox.deliveries.tokens import ResponseUrl
from sandbox.people.asking import answerable, ask, slackbot, triggered
from sandbox.people.desk import Act, open_channel_of, verb
from sandbox.refusals import RefusedError
from sandbox.shapes import message_json
from sandbox.slack import Slack
from sandbox.things import Json, User
from sandbox.workspace import Workspace


class Command(Act):
    channel: str
    text: str


class Shortcut(Act):
    callback_id: str
    channel: str | None = None
    ts: str | None = None


@verb("command", Command)
async def command(slack: Slack, person: User, act: Command) -> Json:
    """What the app's acknowledgement says is shown as a message would be."""
    channel = open_channel_of(slack, person, act.channel)
    word, _, rest = act.text.partition(" ")
    known = slack.workspace.app.commands.get(word)
    if known is None:
        slackbot(
            slack,
            channel,
            person.id,
            f"{word} is not a valid command. In Slack, all messages that start with the “/” "
            "character are interpreted as commands.",
        )
        raise RefusedError("unknown_command")
    text = escaped(slack.workspace, rest.strip()) if known.get("should_escape") else rest.strip()
    payload = slash_command(slack.workspace, channel, person, word, text)
    payload |= answerable(slack, person, channel) | triggered(slack, person, channel.id)
    try:
        said = await ask(slack, "slash_commands", payload)
    except RefusedError as refused:
        slackbot(slack, channel, person.id, f"{word} failed with the error “{refused.name}”")
        raise
    if isinstance(said, dict) and said:
        answer(slack, ResponseUrl(channel.id, person.id), said)
    return {}


def escaped(workspace: Workspace, text: str) -> str:
    """Typed `@name`, `@group`, `#channel` and addresses as mentions and links.

    docs.slack.dev/interactivity/implementing-slash-commands ("should_escape").
    """

    def person_or_group(match: re.Match[str]) -> str:
        name = match[1]
        user = workspace.user_named(name)
        if user:
            return f"<@{user.id}|{user.name}>"
        group = next((g for g in workspace.usergroups.values() if g.handle == name), None)
        return f"<!subteam^{group.id}|@{group.handle}>" if group else match[0]

    def channel(match: re.Match[str]) -> str:
        found = workspace.channel_named(match[1])
        return f"<#{found.id}|{found.name}>" if found else match[0]

    def known_id(match: re.Match[str]) -> str:
        user = workspace.users.get(match[1])
        return f"<@{user.id}|{user.name}>" if user else match[0]

    with_people = re.sub(r"(?<![\w</])@([\w.-]*\w)", person_or_group, text)
    with_channels = re.sub(r"(?<![\w</])#([\w-]+)", channel, with_people)
    with_links = re.sub(r"(?<![<\w])https?://[^\s<>]+", r"<\g<0>>", with_channels)
    return re.sub(r"<@(U\w+)>", known_id, with_links)


@verb("shortcut", Shortcut)
async def shortcut(slack: Slack, person: User, act: Shortcut) -> Json:
    """A global shortcut, or with `channel` and `ts` one on a message: anybody's, but none that one person alone sees.

    docs.slack.dev/interactivity/implementing-shortcuts ("Message shortcuts")
    """
    wanted = "message" if act.ts else "global"
    known = [s for s in slack.workspace.app.shortcuts if s["callback_id"] == act.callback_id and s["type"] == wanted]
    if not known:
        raise RefusedError("unknown_shortcut")
    if act.ts is None:
        payload = shortcut_used(slack.workspace, "shortcut", person)
        payload |= {"callback_id": act.callback_id, "action_ts": action_ts(), **triggered(slack, person, act.channel)}
        await ask(slack, "interactive", payload)
        return {}
    channel = open_channel_of(slack, person, act.channel or "")
    message = slack.workspace.find_message(channel, act.ts)
    payload = shortcut_used(slack.workspace, "message_action", person)
    payload |= {
        "callback_id": act.callback_id,
        "action_ts": action_ts(),
        "message_ts": message.ts,
        "message": message_json(slack.workspace, message),
        **in_channel(channel),
        **triggered(slack, person, channel.id),
        **answerable(slack, person, channel, message.ts),
    }
    await ask(slack, "interactive", payload)
    return {}


def action_ts() -> str:
    """When the person did it, in seconds with six decimals."""
    return f"{time.time():.6f}"
