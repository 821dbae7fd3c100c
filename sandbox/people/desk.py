"""How a person's act is written: its verb, its body, and what it does.

A body that does not fit is refused as `invalid_arguments`, saying which field.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.people.bodies import misfit
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Channel, Json, Message, User


class Act(BaseModel):
    """The body of an act; `as` is the id of the person who does it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    actor: str = Field(alias="as")


ActT = TypeVar("ActT", bound=Act)
Doing = Callable[[Slack, User, Any], Awaitable[Json]]


@dataclass(frozen=True)
class Verb:
    body: type[Act]
    do: Doing


VERBS: dict[str, Verb] = {}


def verb(
    name: str, body: type[ActT]
) -> Callable[[Callable[[Slack, User, ActT], Awaitable[Json]]], Callable[[Slack, User, ActT], Awaitable[Json]]]:
    """Register what people may do under this name. It gives the answer without `ok`."""

    def register(
        do: Callable[[Slack, User, ActT], Awaitable[Json]],
    ) -> Callable[[Slack, User, ActT], Awaitable[Json]]:
        VERBS[name] = Verb(body, do)
        return do

    return register


async def act(slack: Slack, name: str, body: Any) -> Json:
    """Do what the body asks; gives the whole answer, refusals included."""
    try:
        if name not in VERBS:
            raise RefusedError("unknown_verb")
        wanted = VERBS[name]
        given = wanted.body.model_validate(body)
        person = slack.workspace.find_user(given.actor)
        if person.deleted:
            raise RefusedError("account_inactive")
        return {"ok": True, **await wanted.do(slack, person, given)}
    except ValidationError as wrong:
        return misfit(wrong)
    except RefusedError as refused:
        return {"ok": False, "error": refused.name, **refused.details}


def channel_of(slack: Slack, person: User, channel_id: str) -> Channel:
    """Raises RefusedError `channel_not_found`."""
    return slack.workspace.find_channel(channel_id, person.id)


def open_channel_of(slack: Slack, person: User, channel_id: str) -> Channel:
    """A channel the person can write in. Raises RefusedError `channel_not_found`, `not_in_channel`, `is_archived`."""
    channel = channel_of(slack, person, channel_id)
    if channel.is_archived:
        raise RefusedError("is_archived")
    if person.id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def message_seen(person: User, channel: Channel, ts: str) -> Message:
    """A message the person can see, ephemeral ones included. Raises RefusedError `message_not_found`."""
    whispered = channel.ephemerals.get(ts)
    if whispered and whispered.visible_to == person.id:
        return whispered
    if ts in channel.messages:
        return channel.messages[ts]
    raise RefusedError("message_not_found")
