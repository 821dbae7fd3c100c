"""usergroups.*: user groups and who is in them.

docs.slack.dev/reference/methods/usergroups.list, usergroups.users.list
"""

from sandbox.api.registry import Ask, method
from sandbox.refusals import RefusedError
from sandbox.shapes import usergroup_json
from sandbox.things import Json


@method("usergroups.list", "usergroups:read")
def list_(ask: Ask) -> Json:
    groups = [g for g in ask.workspace.usergroups.values() if not g.deleted_at or ask.flag("include_disabled")]
    with_users, with_count = ask.flag("include_users"), ask.flag("include_count")
    return {"usergroups": [usergroup_json(ask.workspace, group, with_users, with_count) for group in groups]}


@method("usergroups.users.list", "usergroups:read")
def users_list(ask: Ask) -> Json:
    group = ask.workspace.usergroups.get(ask.optional("usergroup") or "")
    if group is None or (group.deleted_at and not ask.flag("include_disabled")):
        raise RefusedError("no_such_subteam")
    return {"users": list(group.users)}
