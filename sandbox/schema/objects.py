"""Slack's objects: users, channels, messages, files, views …

docs.slack.dev/reference/objects; a field that is not `NotRequired` is always there. Blocks and attachments are the
app's own and checked when they come in (`sandbox.blockkit`), so here they are any objects.
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from sandbox.schema.exact import Json, exact


@exact
class Icons(TypedDict):
    emoji: NotRequired[str]
    image_36: NotRequired[str]
    image_48: NotRequired[str]
    image_64: NotRequired[str]
    image_72: NotRequired[str]


@exact
class Profile(TypedDict):
    """docs.slack.dev/reference/objects/user-object#profile"""

    title: str
    phone: str
    skype: str
    real_name: str
    real_name_normalized: str
    display_name: str
    display_name_normalized: str
    first_name: str
    last_name: str
    status_text: str
    status_text_canonical: str
    status_emoji: str
    status_emoji_display_info: list[Json]
    status_expiration: int
    avatar_hash: str
    team: str
    image_24: str
    image_32: str
    image_48: str
    image_72: str
    image_192: str
    image_512: str
    email: NotRequired[str]
    bot_id: NotRequired[str]
    api_app_id: NotRequired[str]
    always_active: NotRequired[bool]


@exact
class DeactivatedUser(TypedDict):
    """docs.slack.dev/reference/objects/user-object ("Deactivated users"): much is missing."""

    id: str
    team_id: str
    name: str
    deleted: Literal[True]
    profile: Profile
    is_bot: bool
    is_app_user: bool
    updated: int
    locale: NotRequired[str]


@exact
class User(TypedDict):
    """docs.slack.dev/reference/objects/user-object"""

    id: str
    team_id: str
    name: str
    deleted: Literal[False]
    profile: Profile
    is_bot: bool
    is_app_user: bool
    updated: int
    color: str
    real_name: str
    tz: str
    tz_label: str
    tz_offset: int
    is_admin: bool
    is_owner: bool
    is_primary_owner: bool
    is_restricted: bool
    is_ultra_restricted: bool
    is_stranger: bool
    is_email_confirmed: bool
    who_can_share_contact_card: str
    locale: NotRequired[str]


@exact
class Bot(TypedDict):
    id: str
    deleted: bool
    name: str
    updated: int
    app_id: str
    user_id: str
    icons: Icons


@exact
class BotProfile(TypedDict):
    id: str
    deleted: bool
    name: str
    updated: int
    app_id: str
    team_id: str
    icons: Icons


@exact
class Note(TypedDict):
    value: str
    creator: str
    last_set: int


@exact
class DirectMessages(TypedDict):
    """docs.slack.dev/reference/objects/conversation-object, an `im`."""

    id: str
    created: int
    is_archived: bool
    is_im: Literal[True]
    is_org_shared: bool
    context_team_id: str
    updated: int
    user: str
    is_user_deleted: bool
    is_open: bool
    priority: int


@exact
class Channel(TypedDict):
    """docs.slack.dev/reference/objects/conversation-object"""

    id: str
    name: str
    name_normalized: str
    is_channel: bool
    is_group: bool
    is_im: Literal[False]
    is_mpim: bool
    is_private: bool
    is_archived: bool
    is_general: bool
    is_shared: bool
    is_org_shared: bool
    is_ext_shared: bool
    is_pending_ext_shared: bool
    created: int
    updated: int
    creator: str
    unlinked: int
    topic: Note
    purpose: Note
    previous_names: list[str]
    context_team_id: str
    shared_team_ids: list[str]
    pending_shared: list[str]
    pending_connected_team_ids: list[str]
    is_member: NotRequired[bool]
    num_members: NotRequired[int]
    last_read: NotRequired[str]
    conversation_host_id: NotRequired[str]
    internal_team_ids: NotRequired[list[str]]
    connected_team_ids: NotRequired[list[str]]


@exact
class File(TypedDict):
    """docs.slack.dev/reference/objects/file-object"""

    id: str
    created: int
    timestamp: int
    name: str
    title: str
    mimetype: str
    filetype: str
    pretty_type: str
    user: str
    user_team: str
    editable: bool
    size: int
    mode: str
    is_external: bool
    external_type: str
    is_public: bool
    public_url_shared: bool
    display_as_bot: bool
    username: str
    url_private: str
    url_private_download: str
    permalink: str
    channels: list[str]
    groups: list[str]
    ims: list[str]
    shares: dict[Literal["public", "private"], dict[str, list["Share"]]]
    has_more_shares: bool
    has_rich_preview: bool
    file_access: str
    alt_txt: str | None


@exact
class Share(TypedDict):
    reply_users: list[str]
    reply_users_count: int
    reply_count: int
    ts: str
    channel_name: str
    team_id: str
    share_user_id: str
    thread_ts: NotRequired[str]


@exact
class Edited(TypedDict):
    user: str
    ts: str


@exact
class Reaction(TypedDict):
    name: str
    users: list[str]
    count: int


@exact
class Metadata(TypedDict):
    """docs.slack.dev/messaging/message-metadata"""

    event_type: str
    event_payload: NotRequired[Json]


class Said(TypedDict):
    """What a message says and by whom."""

    type: Literal["message"]
    text: str
    subtype: NotRequired[str]
    user: NotRequired[str]
    team: NotRequired[str]
    bot_id: NotRequired[str]
    app_id: NotRequired[str]
    bot_profile: NotRequired[BotProfile]
    username: NotRequired[str]
    icons: NotRequired[Icons]
    blocks: NotRequired[list[Json]]
    attachments: NotRequired[list[Json]]
    edited: NotRequired[Edited]
    metadata: NotRequired[Metadata]
    files: NotRequired[list[File]]
    upload: NotRequired[bool]
    display_as_bot: NotRequired[bool]


class Placed(Said):
    """docs.slack.dev/reference/events/message, with the fields of its subtypes."""

    ts: str
    client_msg_id: NotRequired[str]
    reactions: NotRequired[list[Reaction]]
    thread_ts: NotRequired[str]
    parent_user_id: NotRequired[str]
    reply_count: NotRequired[int]
    reply_users_count: NotRequired[int]
    reply_users: NotRequired[list[str]]
    latest_reply: NotRequired[str]
    is_locked: NotRequired[bool]
    subscribed: NotRequired[bool]
    root: NotRequired["Message"]
    hidden: NotRequired[bool]
    inviter: NotRequired[str]
    topic: NotRequired[str]
    purpose: NotRequired[str]
    name: NotRequired[str]
    old_name: NotRequired[str]
    item_type: NotRequired[str]
    item_ts: NotRequired[str]


@exact
class Message(Placed):
    """A message in a channel."""


@exact
class LinkedMessage(Placed):
    """A message that is told by `pins.*` and `reactions.*`."""

    permalink: str
    pinned_to: NotRequired[list[str]]


@exact
class Pin(TypedDict):
    type: Literal["message"]
    channel: str
    created: int
    created_by: str
    message: LinkedMessage


@exact
class Bookmark(TypedDict):
    id: str
    channel_id: str
    title: str
    link: str
    emoji: str
    icon_url: str | None
    type: str
    entity_id: str | None
    date_created: int
    date_updated: int
    rank: str
    last_updated_by_user_id: str
    last_updated_by_team_id: str
    shortcut_id: str | None
    app_id: str | None


@exact
class Preferences(TypedDict):
    channels: list[str]
    groups: list[str]


@exact
class Usergroup(TypedDict):
    """docs.slack.dev/reference/objects/usergroup-object"""

    id: str
    team_id: str
    is_usergroup: bool
    is_subteam: bool
    name: str
    description: str
    handle: str
    is_external: bool
    date_create: int
    date_update: int
    date_delete: int
    auto_type: str | None
    auto_provision: bool
    enterprise_subteam_id: str
    created_by: str
    updated_by: str
    deleted_by: str | None
    prefs: Preferences
    users: NotRequired[list[str]]
    user_count: NotRequired[int]
    channel_count: NotRequired[int]


@exact
class PlainText(TypedDict):
    type: Literal["plain_text"]
    text: str
    emoji: NotRequired[bool]


@exact
class ViewState(TypedDict):
    values: dict[str, dict[str, Any]]


@exact
class View(TypedDict):
    """docs.slack.dev/reference/views"""

    id: str
    team_id: str
    type: Literal["modal", "home"]
    blocks: list[Json]
    private_metadata: str
    callback_id: str
    state: ViewState
    hash: str
    title: PlainText
    clear_on_close: bool
    notify_on_close: bool
    close: PlainText | None
    submit: PlainText | None
    submit_disabled: bool
    previous_view_id: str | None
    root_view_id: str
    app_id: str
    external_id: str
    app_installed_team_id: str
    bot_id: str


@exact
class ScheduledMessage(TypedDict):
    id: str
    channel_id: str
    post_at: int
    date_created: int
    text: str


@exact
class TeamIcon(TypedDict):
    image_default: bool


@exact
class Team(TypedDict):
    id: str
    name: str
    url: str
    domain: str
    email_domain: str
    icon: TeamIcon
    avatar_base_url: str
    is_verified: bool
