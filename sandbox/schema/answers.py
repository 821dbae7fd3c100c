"""What each method of the Web API answers.

docs.slack.dev/reference/methods/<method> ("Response"), docs.slack.dev/apis/web-api ("Responses")
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from sandbox.schema.exact import Json, exact
from sandbox.schema.objects import (
    Bookmark,
    Bot,
    Channel,
    DeactivatedUser,
    DirectMessages,
    File,
    LinkedMessage,
    Message,
    Pin,
    Profile,
    Said,
    ScheduledMessage,
    Team,
    User,
    Usergroup,
    View,
)


@exact
class ResponseMetadata(TypedDict):
    next_cursor: NotRequired[str]
    warnings: NotRequired[list[str]]
    messages: NotRequired[list[str]]


@exact
class Cursor(TypedDict):
    """docs.slack.dev/apis/web-api/pagination: the last page has an empty cursor."""

    next_cursor: str
    warnings: NotRequired[list[str]]


@exact
class Refused(TypedDict):
    ok: Literal[False]
    error: str
    needed: NotRequired[str]
    provided: NotRequired[str]
    req_method: NotRequired[str]
    errors: NotRequired[list[Any]]
    warning: NotRequired[str]
    response_metadata: NotRequired[ResponseMetadata]


class Answer(TypedDict):
    ok: Literal[True]
    warning: NotRequired[str]
    response_metadata: NotRequired[ResponseMetadata]


class Listing(TypedDict):
    ok: Literal[True]
    warning: NotRequired[str]
    response_metadata: Cursor


@exact
class Done(Answer):
    """Nothing else to say."""


@exact
class WhoIAm(Answer):
    url: str
    team: str
    user: str
    team_id: str
    user_id: str
    bot_id: str
    is_enterprise_install: bool


@exact
class Connection(Answer):
    url: str


@exact
class Posted(Answer):
    channel: str
    ts: str
    message: Message


@exact
class Whispered(Answer):
    message_ts: str


@exact
class UpdatedMessage(Said):
    """Told without its place."""


@exact
class Updated(Answer):
    channel: str
    ts: str
    text: str
    message: UpdatedMessage


@exact
class Deleted(Answer):
    channel: str
    ts: str


@exact
class Permalink(Answer):
    channel: str
    permalink: str


@exact
class DelayedMessage(Said):
    type: Literal["delayed_message"]  # type: ignore[misc]


@exact
class MessageScheduled(Answer):
    scheduled_message_id: str
    channel: str
    post_at: int
    message: DelayedMessage


@exact
class ScheduledMessages(Listing):
    scheduled_messages: list[ScheduledMessage]


@exact
class OneChannel(Answer):
    channel: Channel


@exact
class OneConversation(Answer):
    channel: Channel | DirectMessages


@exact
class InviteError(TypedDict):
    user: str
    ok: Literal[False]
    error: str


@exact
class Invited(Answer):
    channel: Channel
    errors: NotRequired[list[InviteError]]


@exact
class Kicked(Answer):
    errors: Json


@exact
class NotThere(TypedDict):
    """docs.slack.dev/reference/methods/conversations.leave: no error, though `ok` is false."""

    ok: Literal[False]
    not_in_channel: Literal[True]


@exact
class BriefConversation(TypedDict):
    id: str


@exact
class Opened(Answer):
    channel: DirectMessages | BriefConversation
    no_op: NotRequired[bool]
    already_open: NotRequired[bool]


@exact
class Channels(Listing):
    channels: list[Channel | DirectMessages]


@exact
class Members(Listing):
    members: list[str]


@exact
class History(Answer):
    messages: list[Message]
    has_more: bool
    pin_count: int
    channel_actions_ts: int | None
    channel_actions_count: int


@exact
class Replies(Answer):
    messages: list[Message]
    has_more: bool


@exact
class OneView(Answer):
    view: View


@exact
class OneUser(Answer):
    user: User | DeactivatedUser


@exact
class Users(Listing):
    members: list[User | DeactivatedUser]
    cache_ts: int


@exact
class OneProfile(Answer):
    profile: Profile


@exact
class Usergroups(Answer):
    usergroups: list[Usergroup]


@exact
class UsergroupUsers(Answer):
    users: list[str]


@exact
class Pins(Answer):
    items: list[Pin]


@exact
class OneBookmark(Answer):
    bookmark: Bookmark


@exact
class Bookmarks(Answer):
    bookmarks: list[Bookmark]


@exact
class Reacted(Answer):
    type: Literal["message"]
    channel: str
    message: LinkedMessage


@exact
class ReactedItem(TypedDict):
    type: Literal["message"]
    channel: str
    message: LinkedMessage


@exact
class Reactions(Listing):
    items: list[ReactedItem]


@exact
class UploadAddress(Answer):
    upload_url: str
    file_id: str


@exact
class Files(Answer):
    files: list[File]


@exact
class OneFile(Answer):
    file: File
    comments: list[Json]


@exact
class OneTeam(Answer):
    team: Team


@exact
class OneBot(Answer):
    bot: Bot


ANSWERS: dict[str, Any] = {
    "apps.connections.open": Connection,
    "auth.test": WhoIAm,
    "bookmarks.add": OneBookmark,
    "bookmarks.edit": OneBookmark,
    "bookmarks.list": Bookmarks,
    "bookmarks.remove": Done,
    "bots.info": OneBot,
    "chat.delete": Deleted,
    "chat.deleteScheduledMessage": Done,
    "chat.getPermalink": Permalink,
    "chat.postEphemeral": Whispered,
    "chat.postMessage": Posted,
    "chat.scheduleMessage": MessageScheduled,
    "chat.scheduledMessages.list": ScheduledMessages,
    "chat.update": Updated,
    "conversations.archive": Done,
    "conversations.create": OneChannel,
    "conversations.history": History,
    "conversations.info": OneConversation,
    "conversations.invite": Invited,
    "conversations.join": OneChannel,
    "conversations.kick": Kicked,
    "conversations.leave": Done | NotThere,
    "conversations.list": Channels,
    "conversations.members": Members,
    "conversations.open": Opened,
    "conversations.rename": OneChannel,
    "conversations.replies": Replies,
    "conversations.setPurpose": OneChannel,
    "conversations.setTopic": OneChannel,
    "conversations.unarchive": Done,
    "files.completeUploadExternal": Files,
    "files.delete": Done,
    "files.getUploadURLExternal": UploadAddress,
    "files.info": OneFile,
    "pins.add": Done,
    "pins.list": Pins,
    "pins.remove": Done,
    "reactions.add": Done,
    "reactions.get": Reacted,
    "reactions.list": Reactions,
    "reactions.remove": Done,
    "team.info": OneTeam,
    "usergroups.list": Usergroups,
    "usergroups.users.list": UsergroupUsers,
    "users.conversations": Channels,
    "users.info": OneUser,
    "users.list": Users,
    "users.lookupByEmail": OneUser,
    "users.profile.get": OneProfile,
    "views.open": OneView,
    "views.publish": OneView,
    "views.push": OneView,
    "views.update": OneView,
}
