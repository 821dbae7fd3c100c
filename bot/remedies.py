"""What somebody can do about Slack's refusals, where that is known: https://docs.slack.dev/reference/methods"""

from collections.abc import Mapping

INSTALL = "Install the app anew, and set SLACK_BOT_TOKEN to its new token."

REMEDIES: Mapping[str, str] = {
    "account_inactive": INSTALL,
    "invalid_auth": INSTALL,
    "not_authed": INSTALL,
    "token_expired": INSTALL,
    "token_revoked": INSTALL,
    "missing_scope": "`tocsin doctor` says which scope the app lacks: add it, and install the app anew.",
    "ekm_access_denied": "The workspace's administrators have suspended access; they can give it back.",
    "access_denied": "A workspace owner can let the app do this.",
    "no_permission": "A workspace owner can let the app do this.",
    "restricted_action": "A workspace owner can let apps do this: Settings, Permissions.",
    "team_access_not_granted": "A workspace owner can let the app into this workspace.",
    "channel_not_found": "The channel is gone, or private: invite the bot there, or name another.",
    "not_in_channel": "Invite the bot to that channel.",
    "is_archived": "Unarchive the channel, or detach it.",
    "expired_trigger_id": "That took longer than the three seconds that Slack gives.",
    "cant_bookmark": "The channel has all the bookmarks that Slack allows: remove one.",
    "too_many_bookmarks": "The channel has all the bookmarks that Slack allows: remove one.",
    "too_many_pins": "The channel has all the pins that Slack allows: remove one.",
    "user_is_restricted": "Guests can't join that channel; somebody with the right may add them.",
}
"""By Slack's word for why."""
