"""What the rendering needs to know of the workspace: how ids read to a person.
A protocol, so that blocks and mrkdwn are tested without a workspace behind them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol


class Choice(NamedTuple):
    """One thing a select menu offers: the value sent to the app and the text a person reads."""

    value: str
    text: str


class Names(Protocol):
    """Names by Slack id; None for an id the workspace does not have."""

    def user(self, user_id: str) -> str | None: ...

    def channel(self, channel_id: str) -> str | None: ...

    def usergroup(self, usergroup_id: str) -> str | None: ...

    def user_choices(self) -> Sequence[Choice]:
        """Everybody whom a users select offers."""
        ...

    def channel_choices(self) -> Sequence[Choice]:
        """Every public channel, which a channels select offers."""
        ...

    def conversation_choices(self, wanted: Mapping[str, Any]) -> Sequence[Choice]:
        """The reader's conversations that fit Slack's conversation filter `wanted`, which may be empty."""
        ...
