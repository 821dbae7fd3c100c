"""People change what others see of them, and who is in a user group; an admin deactivates an account.

The app hears `user_change`, `subteam_members_changed` and `subteam_updated` (docs.slack.dev/reference/events).
"""

import zoneinfo

from sandbox.people.desk import Act, verb
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Json, User


class Profile(Act):
    real_name: str | None = None
    title: str | None = None
    tz: str | None = None


@verb("profile", Profile)
async def profile(slack: Slack, person: User, act: Profile) -> Json:
    if act.tz is not None and act.tz not in zoneinfo.available_timezones():
        raise RefusedError("invalid_timezone")
    for name, value in act.model_dump(exclude={"actor"}, exclude_none=True).items():
        setattr(person, name, value)
    person.updated = slack.workspace.now()
    slack.workspace.publish("user_changed", user=person.id)
    return {}


class Deactivate(Act):
    user: str


@verb("deactivate", Deactivate)
async def deactivate(slack: Slack, person: User, act: Deactivate) -> Json:
    """Close somebody's account, which takes them out of the channels, as an admin may; owners stay.

    slack.com/help/articles/204475027-Deactivate-a-members-account and
    .../360002061747-Reactivate-a-members-account ("won't be added back to any channels")
    """
    user = slack.workspace.find_user(act.user)
    if not person.is_admin or user.is_owner or user.is_bot:
        raise RefusedError("permission_denied")
    user.deleted, user.updated = True, slack.workspace.now()
    for channel in slack.workspace.channels.values():
        if not channel.is_im and user.id in channel.members:
            channel.members.remove(user.id)
    slack.workspace.publish("user_changed", user=user.id)
    return {}


class Members(Act):
    usergroup: str
    users: list[str]


@verb("usergroup", Members)
async def usergroup(slack: Slack, person: User, act: Members) -> Json:
    """Say who is in a user group from now on, as an admin may."""
    group = slack.workspace.usergroups.get(act.usergroup)
    if group is None:
        raise RefusedError("no_such_subteam")
    if not person.is_admin:
        raise RefusedError("permission_denied")
    before, previous_update = group.users, group.updated or group.created
    group.users, group.updated = [slack.workspace.find_user(user).id for user in act.users], slack.workspace.now()
    slack.workspace.publish(
        "usergroup_changed", user=person.id, usergroup=group, before=before, previous_update=previous_update
    )
    return {}
