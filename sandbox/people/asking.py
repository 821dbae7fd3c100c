"""A person's act that the app must acknowledge: sent, awaited, and what Slack tells the person when it is not.

docs.slack.dev/interactivity/handling-user-interaction: three seconds, then `operation_timeout`.
"""

from typing import Any

from sandbox import messages
from sandbox.deliveries.tokens import ResponseUrl
from sandbox.deliveries.transport import Kind, NobodyListeningError, UnansweredError
from sandbox.messages import Draft
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Channel, Json, User


async def ask(slack: Slack, kind: Kind, payload: Json) -> Any:
    """The body of the app's acknowledgement. Raises RefusedError with the error Slack shows the person.

    An app whose manifest does not turn interactivity on is sent no interactions.
    """
    if kind == "interactive" and not slack.workspace.app.interactivity:
        raise RefusedError("interactivity_disabled")
    try:
        return await slack.courier.ask(kind, payload)
    except NobodyListeningError:
        raise RefusedError("dispatch_failed") from None
    except UnansweredError as unanswered:
        timed_out = unanswered.reason in {"timeout", "http_timeout"}
        raise RefusedError("operation_timeout" if timed_out else "http_service_error") from None


def slackbot(slack: Slack, channel: Channel, reader: str, text: str) -> None:
    """Slackbot tells one person something in a channel."""
    messages.whisper(slack.workspace, channel, slack.workspace.slackbot, reader, Draft(text, username="Slackbot"))


def triggered(slack: Slack, person: User, channel: str | None = None) -> Json:
    return {"trigger_id": slack.triggers.issue(person.id, channel)}


def answerable(slack: Slack, person: User, channel: Channel, message_ts: str | None = None) -> Json:
    """A response_url for an act in a channel, or on a message there."""
    thread_ts = None
    if message_ts:
        found = channel.messages.get(message_ts) or channel.ephemerals.get(message_ts)
        thread_ts = found.thread_ts if found else None
    hook = ResponseUrl(channel.id, person.id, message_ts, thread_ts)
    return {"response_url": slack.response_url(hook, "actions" if message_ts else "commands")}
