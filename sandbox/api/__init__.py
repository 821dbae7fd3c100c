"""Slack's Web API: one module a family of methods.

Importing this package registers every method it has.
"""

from sandbox.api import (
    apps,
    auth,
    bookmarks,
    chat,
    conversations,
    files,
    membership,
    pins,
    reactions,
    scheduled,
    team,
    usergroups,
    users,
    views,
)

__all__ = [
    "apps",
    "auth",
    "bookmarks",
    "chat",
    "conversations",
    "files",
    "membership",
    "pins",
    "reactions",
    "scheduled",
    "team",
    "usergroups",
    "users",
    "views",
]
