"""How a Web API method is written and called: its name, the scopes it needs, its arguments.

docs.slack.dev/apis/web-api: a refusal is an answer, `{"ok": false, "error": name}`.
"""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import App, Channel, Json, Message, User
from sandbox.workspace import Workspace

Item = TypeVar("Item")
MOST_ON_A_PAGE = 1000
TIMESTAMP = re.compile(r"\d{10}\.\d{6}")
Purpose = Literal["read", "history", "manage", "invite", "topic"]

# For each purpose and kind of channel, the scopes of which one is needed (docs.slack.dev/reference/scopes).
CHANNEL_SCOPES: dict[Purpose, dict[str, tuple[str, ...]]] = {
    "read": {"channel": ("channels:read",), "group": ("groups:read",), "im": ("im:read",)},
    "history": {"channel": ("channels:history",), "group": ("groups:history",), "im": ("im:history",)},
    "manage": {"channel": ("channels:manage",), "group": ("groups:write",), "im": ("im:write",)},
    "invite": {
        "channel": ("channels:manage", "channels:write.invites"),
        "group": ("groups:write", "groups:write.invites"),
        "im": ("im:write",),
    },
    "topic": {
        "channel": ("channels:manage", "channels:write.topic"),
        "group": ("groups:write", "groups:write.topic"),
        "im": ("im:write", "im:write.topic"),
    },
}


@dataclass
class Ask:
    """One call of a method by the app: its arguments, and what it may see of the workspace."""

    slack: Slack
    args: Json

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace

    @property
    def app(self) -> App:
        return self.slack.workspace.app

    @property
    def bot(self) -> User:
        return self.workspace.users[self.app.bot_user_id]

    def optional(self, name: str) -> str | None:
        """A text argument, None when absent or empty."""
        value = self.args.get(name)
        return None if value is None or value == "" else str(value)

    def text(self, name: str) -> str:
        """Raises RefusedError `invalid_arguments` when it is absent."""
        value = self.optional(name)
        if value is None:
            raise invalid(f"missing required field: {name}", name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in {"true", "1"}

    def number(self, name: str, default: int) -> int:
        """Raises RefusedError `invalid_arguments` when it is no number."""
        value = self.args.get(name)
        try:
            return default if value in (None, "") else int(str(value))
        except ValueError:
            raise invalid("must be a number", name) from None

    def names(self, name: str) -> list[str]:
        """A list given as an array or separated by commas."""
        value = self.args.get(name) or []
        return (
            [str(v) for v in value]
            if isinstance(value, list)
            else [v.strip() for v in str(value).split(",") if v.strip()]
        )

    def json(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """A structured argument, sent as JSON or as a string of JSON. Raises RefusedError `refusal` when unreadable."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise RefusedError(refusal) from None

    def objects(self, name: str, refusal: str) -> list[Json] | None:
        """A structured argument that is a list of objects. Raises RefusedError `refusal` when it is something else."""
        value = self.json(name, refusal)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
            raise RefusedError(refusal)
        return value

    def channel(self, purpose: Purpose, name: str = "channel") -> Channel:
        """The channel argument. Raises RefusedError `channel_not_found`, `missing_scope`."""
        channel = self.workspace.find_channel(self.optional(name) or "", self.app.bot_user_id)
        self.need(*CHANNEL_SCOPES[purpose][channel.kind])
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """Raises RefusedError `message_not_found`."""
        return self.workspace.find_message(channel, self.optional(name) or "")

    def item(self, channel: Channel) -> Message:
        """The message that `timestamp` names. Raises RefusedError `bad_timestamp`, `message_not_found`."""
        if not TIMESTAMP.fullmatch(self.optional("timestamp") or ""):
            raise RefusedError("bad_timestamp")
        return self.message(channel, "timestamp")

    def need(self, *scopes: str) -> None:
        """Raises RefusedError `missing_scope` unless the app has one of `scopes`."""
        if scopes and not self.app.scopes.intersection(scopes):
            raise RefusedError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.app.scopes)))


def invalid(message: str, name: str) -> RefusedError:
    """`invalid_arguments`, saying of which argument."""
    messages = [f"[ERROR] {message} [json-pointer:/{name}]"]
    return RefusedError("invalid_arguments", response_metadata={"messages": messages})


def warned(answer: Json, *warnings: str) -> Json:
    """The answer with these warnings besides those it has (docs.slack.dev/apis/web-api, "Responses")."""
    metadata = answer.get("response_metadata", {})
    every = [*metadata.get("warnings", []), *warnings]
    if not every:
        return answer
    return answer | {"warning": ",".join(every), "response_metadata": metadata | {"warnings": every}}


@dataclass(frozen=True)
class Method:
    run: Callable[[Ask], Json]
    scopes: tuple[str, ...]
    token: Literal["bot", "app"]


METHODS: dict[str, Method] = {}


def method(
    name: str, *scopes: str, token: Literal["bot", "app"] = "bot"
) -> Callable[[Callable[[Ask], Json]], Callable[[Ask], Json]]:
    """Register a method; one of `scopes` is needed whatever the arguments. It gives the answer without `ok`."""

    def register(run: Callable[[Ask], Json]) -> Callable[[Ask], Json]:
        METHODS[name] = Method(run, scopes, token)
        return run

    return register


def call(slack: Slack, name: str, token: str | None, args: Json) -> Json:
    """Run a method for the holder of `token`; gives Slack's whole answer, refusals included."""
    try:
        return {"ok": True, **_run(slack, name, token, args)}
    except RefusedError as refused:
        return {"ok": False, "error": refused.name, **refused.details}


def _run(slack: Slack, name: str, token: str | None, args: Json) -> Json:
    app = slack.workspace.app
    if name not in METHODS:
        raise RefusedError("unknown_method", req_method=name)
    if not token:
        raise RefusedError("not_authed")
    if token not in {app.bot_token, app.app_token}:
        raise RefusedError("invalid_auth")
    wanted = METHODS[name]
    if token != (app.bot_token if wanted.token == "bot" else app.app_token):
        raise RefusedError("not_allowed_token_type")
    ask = Ask(slack, args)
    ask.need(*wanted.scopes)
    return wanted.run(ask)


def page(ask: Ask, items: Sequence[Item], default: int, most: int = MOST_ON_A_PAGE) -> tuple[list[Item], str]:
    """One page by `limit` and `cursor`, and the next cursor, empty on the last page; never more than `most`.

    docs.slack.dev/apis/web-api/pagination. Raises RefusedError `invalid_cursor`.
    """
    limit = min(max(ask.number("limit", default), 0), most)
    start = _position(ask.optional("cursor"))
    end = start + (limit or default)
    return list(items[start:end]), _cursor(end) if end < len(items) else ""


def strict_page(ask: Ask, items: Sequence[Item], default: int) -> tuple[list[Item], str]:
    """As `page`, for the methods that refuse a limit out of bounds. Raises RefusedError `invalid_limit`."""
    if not 0 <= ask.number("limit", default) <= MOST_ON_A_PAGE:
        raise RefusedError("invalid_limit")
    return page(ask, items, default)


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        word, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(position)
    except ValueError:
        pass
    raise RefusedError("invalid_cursor")
