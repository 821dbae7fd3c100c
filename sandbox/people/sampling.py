"""People send the sample requests that whoever started the sandbox offers.

See `sandbox.samples`; everybody sees what came of it.
"""

from dataclasses import asdict

from sandbox.people.desk import Act, verb
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Json, User


class Try(Act):
    name: str


@verb("try", Try)
async def send_sample(slack: Slack, person: User, act: Try) -> Json:
    if act.name not in slack.workspace.samples.requests:
        raise RefusedError("unknown_sample")
    outcome = await slack.workspace.samples.send(act.name)
    slack.workspace.publish("samples_changed")
    return asdict(outcome)
