"""What the app is sent: events, commands, interactions.

docs.slack.dev/reference/events, docs.slack.dev/apis/events-api ("Callback field"),
docs.slack.dev/interactivity/implementing-slash-commands, docs.slack.dev/reference/interaction-payloads
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from sandbox.schema.exact import Json, exact
from sandbox.schema.objects import Channel, Message, Pin, Placed, User, Usergroup, View, ViewState
from sandbox.schema.objects import DeactivatedUser as Deactivated


@exact
class Authorization(TypedDict):
    enterprise_id: str | None
    team_id: str
    user_id: str
    is_bot: bool
    is_enterprise_install: bool


@exact
class EventCallback(TypedDict):
    token: str
    team_id: str
    context_team_id: str
    context_enterprise_id: str | None
    api_app_id: str
    event: Json
    type: Literal["event_callback"]
    event_id: str
    event_time: int
    authorizations: list[Authorization]
    is_ext_shared_channel: bool
    event_context: str


class Event(TypedDict):
    type: str
    event_ts: str


ChannelType = Literal["channel", "group", "im"]


@exact
class MessageEvent(Placed):
    channel: str
    channel_type: ChannelType
    event_ts: str


@exact
class Mention(Placed):
    type: Literal["app_mention"]  # type: ignore[misc]
    channel: str
    event_ts: str


@exact
class ChangedMessage(Placed):
    source_team: str
    user_team: str


@exact
class MessageChanged(Event):
    subtype: Literal["message_changed"]
    message: ChangedMessage
    previous_message: Message
    channel: str
    channel_type: ChannelType
    hidden: Literal[True]
    ts: str


@exact
class MessageDeleted(Event):
    subtype: Literal["message_deleted"]
    previous_message: Message
    deleted_ts: str
    channel: str
    channel_type: ChannelType
    hidden: Literal[True]
    ts: str


@exact
class Item(TypedDict):
    type: Literal["message"]
    channel: str
    ts: str


@exact
class ReactionEvent(Event):
    user: str
    reaction: str
    item: Item
    item_user: str


@exact
class PinnedInfo(TypedDict):
    channel: str
    pinned_by: str
    pinned_ts: int


class PinEvent(Event):
    user: str
    channel_id: str
    item: Pin
    item_user: str
    pin_count: int
    pinned_info: PinnedInfo


@exact
class PinAdded(PinEvent):
    """docs.slack.dev/reference/events/pin_added"""


@exact
class PinRemoved(PinEvent):
    has_pins: bool


@exact
class MemberEvent(Event):
    user: str
    channel: str
    channel_type: Literal["C", "G"]
    team: str
    inviter: NotRequired[str]


@exact
class ChannelLeft(Event):
    channel: str
    actor_id: NotRequired[str]


@exact
class ChannelCreated(Event):
    channel: Channel


@exact
class RenamedChannel(TypedDict):
    id: str
    is_channel: bool
    is_mpim: bool
    name: str
    name_normalized: str
    created: int


@exact
class ChannelRenamed(Event):
    channel: RenamedChannel


@exact
class ChannelArchived(Event):
    channel: str
    user: str
    is_moved: int


@exact
class ChannelUnarchived(Event):
    channel: str
    user: str


@exact
class ChannelDeleted(Event):
    channel: str
    actor_id: str


@exact
class UserChange(Event):
    user: User | Deactivated
    cache_ts: int


@exact
class SubteamMembersChanged(Event):
    subteam_id: str
    team_id: str
    date_previous_update: int
    date_update: int
    added_users: list[str]
    added_users_count: int
    removed_users: list[str]
    removed_users_count: int


@exact
class SubteamUpdated(Event):
    subteam: Usergroup


@exact
class HomeOpened(Event):
    user: str
    channel: str
    tab: Literal["home", "messages"]
    view: NotRequired[View]


@exact
class FileId(TypedDict):
    id: str


@exact
class FileShared(Event):
    file_id: str
    user_id: str
    file: FileId
    channel_id: str


EVENTS: dict[str, Any] = {
    "app_home_opened": HomeOpened,
    "app_mention": Mention,
    "channel_archive": ChannelArchived,
    "channel_created": ChannelCreated,
    "channel_deleted": ChannelDeleted,
    "channel_left": ChannelLeft,
    "channel_rename": ChannelRenamed,
    "channel_unarchive": ChannelUnarchived,
    "file_shared": FileShared,
    "group_archive": ChannelArchived,
    "group_deleted": ChannelDeleted,
    "group_left": ChannelLeft,
    "group_rename": ChannelRenamed,
    "group_unarchive": ChannelUnarchived,
    "member_joined_channel": MemberEvent,
    "member_left_channel": MemberEvent,
    "message": MessageEvent | MessageChanged | MessageDeleted,
    "pin_added": PinAdded,
    "pin_removed": PinRemoved,
    "reaction_added": ReactionEvent,
    "reaction_removed": ReactionEvent,
    "subteam_members_changed": SubteamMembersChanged,
    "subteam_updated": SubteamUpdated,
    "user_change": UserChange,
}


@exact
class SlashCommand(TypedDict):
    token: str
    team_id: str
    team_domain: str
    channel_id: str
    channel_name: str
    user_id: str
    user_name: str
    command: str
    text: str
    api_app_id: str
    is_enterprise_install: Literal["true", "false"]
    response_url: str
    trigger_id: str


@exact
class Workplace(TypedDict):
    id: str
    domain: str


@exact
class Person(TypedDict):
    id: str
    username: str
    name: str
    team_id: str


@exact
class ShortcutPerson(TypedDict):
    id: str
    username: str
    team_id: str


@exact
class MessageShortcutPerson(TypedDict):
    id: str
    name: str
    team_id: str


@exact
class Place(TypedDict):
    id: str
    name: str


class Interaction(TypedDict):
    team: Workplace
    token: str
    enterprise: None
    is_enterprise_install: bool


@exact
class Shortcut(Interaction):
    type: Literal["shortcut"]
    user: ShortcutPerson
    callback_id: str
    action_ts: str
    trigger_id: str


@exact
class MessageShortcut(Interaction):
    type: Literal["message_action"]
    user: MessageShortcutPerson
    callback_id: str
    action_ts: str
    trigger_id: str
    response_url: str
    message_ts: str
    message: Message
    channel: Place


@exact
class MessageContainer(TypedDict):
    type: Literal["message", "message_attachment"]
    message_ts: str
    channel_id: str
    is_ephemeral: bool
    thread_ts: NotRequired[str]
    attachment_id: NotRequired[int]
    is_app_unfurl: NotRequired[bool]


@exact
class ViewContainer(TypedDict):
    type: Literal["view"]
    view_id: str


@exact
class Action(TypedDict):
    """One of `actions`: what is always there, what is repeated of the element, and the value of its kind."""

    type: str
    action_id: str
    block_id: str
    action_ts: str
    text: NotRequired[Json]
    style: NotRequired[str]
    url: NotRequired[str]
    placeholder: NotRequired[Json]
    confirm: NotRequired[Json]
    min_query_length: NotRequired[int]
    value: NotRequired[str | None]
    rich_text_value: NotRequired[Json | None]
    selected_option: NotRequired[Json | None]
    selected_options: NotRequired[list[Json]]
    selected_user: NotRequired[str | None]
    selected_users: NotRequired[list[str]]
    selected_channel: NotRequired[str | None]
    selected_channels: NotRequired[list[str]]
    selected_conversation: NotRequired[str | None]
    selected_conversations: NotRequired[list[str]]
    selected_date: NotRequired[str | None]
    selected_time: NotRequired[str | None]
    selected_date_time: NotRequired[int | None]
    initial_value: NotRequired[Any]
    initial_option: NotRequired[Json]
    initial_options: NotRequired[list[Json]]
    initial_user: NotRequired[str]
    initial_users: NotRequired[list[str]]
    initial_channel: NotRequired[str]
    initial_channels: NotRequired[list[str]]
    initial_conversation: NotRequired[str]
    initial_conversations: NotRequired[list[str]]
    initial_date: NotRequired[str]
    initial_time: NotRequired[str]
    initial_date_time: NotRequired[int]


class OnSurface(Interaction):
    """Touched in a message (`message` is missing when it is ephemeral) or in a view."""

    api_app_id: str
    user: Person
    container: MessageContainer | ViewContainer
    channel: NotRequired[Place]
    message: NotRequired[Message]
    view: NotRequired[View]


@exact
class BlockActions(OnSurface):
    type: Literal["block_actions"]
    actions: list[Action]
    trigger_id: str
    response_url: NotRequired[str]
    state: NotRequired[ViewState]


@exact
class BlockSuggestion(OnSurface):
    type: Literal["block_suggestion"]
    action_id: str
    block_id: str
    value: str


@exact
class ViewResponseUrl(TypedDict):
    block_id: str
    action_id: str
    channel_id: str
    response_url: str


@exact
class ViewSubmission(Interaction):
    type: Literal["view_submission"]
    api_app_id: str
    user: Person
    view: View
    response_urls: list[ViewResponseUrl]
    trigger_id: str


@exact
class ViewClosed(Interaction):
    type: Literal["view_closed"]
    api_app_id: str
    user: Person
    view: View
    is_cleared: bool


INTERACTIONS: dict[str, Any] = {
    "block_actions": BlockActions,
    "block_suggestion": BlockSuggestion,
    "message_action": MessageShortcut,
    "shortcut": Shortcut,
    "view_closed": ViewClosed,
    "view_submission": ViewSubmission,
}
