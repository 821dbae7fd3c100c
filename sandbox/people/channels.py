"""People with channels: make, join, invite, rename, describe, archive, bookmark.

Guests and people of other organisations cannot make channels or bring others in (slack.com/help: "Guest roles").
"""

from sandbox import bookmarks, channels
from sandbox.people.desk import Act, channel_of, open_channel_of, verb
from sandbox.refusals import RefusedError
from sandbox.shapes import bookmark_json, channel_json
from sandbox.slack import Slack
from sandbox.things import Json, User


class Create(Act):
    name: str
    is_private: bool = False


class Direct(Act):
    user: str


class OnChannel(Act):
    channel: str


class Invite(OnChannel):
    users: list[str]


class Kick(OnChannel):
    user: str


class Rename(OnChannel):
    name: str


class Topic(OnChannel):
    topic: str


class Purpose(OnChannel):
    purpose: str


class Link(OnChannel):
    title: str
    link: str
    emoji: str = ""


class Unlink(OnChannel):
    bookmark: str


@verb("create", Create)
async def create(slack: Slack, person: User, act: Create) -> Json:
    _check_member(person)
    channel = channels.create(slack.workspace, person.id, act.name, act.is_private)
    return {"channel": channel_json(slack.workspace, channel, person.id)}


@verb("direct", Direct)
async def direct(slack: Slack, person: User, act: Direct) -> Json:
    bot = slack.workspace.bots.get(act.user)
    channel = channels.direct(slack.workspace, person.id, bot.user_id if bot else act.user)
    return {"channel": channel_json(slack.workspace, channel, person.id)}


@verb("join", OnChannel)
async def join(slack: Slack, person: User, act: OnChannel) -> Json:
    channels.join(slack.workspace, channel_of(slack, person, act.channel), person.id)
    return {}


@verb("leave", OnChannel)
async def leave(slack: Slack, person: User, act: OnChannel) -> Json:
    channel = channel_of(slack, person, act.channel)
    if person.id not in channel.members:
        raise RefusedError("not_in_channel")
    channels.leave(slack.workspace, channel, person.id)
    return {}


@verb("invite", Invite)
async def invite(slack: Slack, person: User, act: Invite) -> Json:
    _check_member(person)
    channels.invite(slack.workspace, channel_of(slack, person, act.channel), person.id, act.users)
    return {}


@verb("kick", Kick)
async def kick(slack: Slack, person: User, act: Kick) -> Json:
    _check_member(person)
    channels.kick(slack.workspace, channel_of(slack, person, act.channel), person.id, act.user)
    return {}


@verb("rename", Rename)
async def rename(slack: Slack, person: User, act: Rename) -> Json:
    _check_member(person)
    channels.rename(slack.workspace, channel_of(slack, person, act.channel), person.id, act.name)
    return {}


@verb("topic", Topic)
async def topic(slack: Slack, person: User, act: Topic) -> Json:
    channel = open_channel_of(slack, person, act.channel)
    channels.set_note(slack.workspace, channel, person.id, "topic", act.topic)
    return {}


@verb("purpose", Purpose)
async def purpose(slack: Slack, person: User, act: Purpose) -> Json:
    channel = open_channel_of(slack, person, act.channel)
    channels.set_note(slack.workspace, channel, person.id, "purpose", act.purpose)
    return {}


@verb("bookmark", Link)
async def bookmark(slack: Slack, person: User, act: Link) -> Json:
    channel = open_channel_of(slack, person, act.channel)
    added = bookmarks.add(slack.workspace, channel, person.id, act.title, act.link, act.emoji)
    return {"bookmark": bookmark_json(slack.workspace, added)}


@verb("unbookmark", Unlink)
async def unbookmark(slack: Slack, person: User, act: Unlink) -> Json:
    bookmarks.remove(slack.workspace, open_channel_of(slack, person, act.channel), act.bookmark, person.id)
    return {}


@verb("archive", OnChannel)
async def archive(slack: Slack, person: User, act: OnChannel) -> Json:
    _check_member(person)
    channels.archive(slack.workspace, channel_of(slack, person, act.channel), person.id)
    return {}


@verb("unarchive", OnChannel)
async def unarchive(slack: Slack, person: User, act: OnChannel) -> Json:
    _check_member(person)
    channels.unarchive(slack.workspace, channel_of(slack, person, act.channel), person.id)
    return {}


@verb("delete_channel", OnChannel)
async def delete_channel(slack: Slack, person: User, act: OnChannel) -> Json:
    channels.delete(slack.workspace, channel_of(slack, person, act.channel), person.id)
    return {}


def _check_member(person: User) -> None:
    if person.is_guest or person.is_stranger:
        raise RefusedError("restricted_action")
