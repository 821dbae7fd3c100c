"""People change what others see of them.

The app hears `user_change` (docs.slack.dev/reference/events/user_change).
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
