"""The parts of Slack's interactive payloads that the bot reads, checked before anything is done with them.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling,
https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Any

from pydantic import BaseModel, Field

from bot.channels.mirroring import SlackMessage


class Id(BaseModel):
    """Something that is named by its id, with the team it belongs to where Slack says so."""

    id: str
    team_id: str | None = None


class State(BaseModel):
    """What inputs and menus hold: by block id, then action id."""

    values: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)


class View(BaseModel):
    """A modal or Home tab as it comes back."""

    id: str
    type: str = "modal"
    callback_id: str = ""
    private_metadata: str = ""
    root_view_id: str | None = None
    previous_view_id: str | None = None
    blocks: list[dict[str, Any]] = Field(default_factory=list)
    state: State = Field(default_factory=State)


class Command(BaseModel):
    """A slash command."""

    user_id: str
    channel_id: str
    text: str = ""
    trigger_id: str
    response_url: str


class Container(BaseModel):
    """Where a press happened."""

    is_ephemeral: bool = False


class Press(BaseModel):
    """A button was pressed, or something chosen from a menu."""

    user: Id
    actions: list[dict[str, Any]] = Field(min_length=1)
    trigger_id: str
    response_url: str = ""
    channel: Id | None = None
    view: View | None = None
    container: Container = Field(default_factory=Container)


class Submission(BaseModel):
    """A form was submitted."""

    user: Id
    view: View
    trigger_id: str = ""


class Shortcut(BaseModel):
    """A global shortcut, or one of a message."""

    user: Id
    callback_id: str
    trigger_id: str
    response_url: str = ""
    channel: Id | None = None
    message: SlackMessage | None = None


class Search(BaseModel):
    """Somebody types into a menu whose options the bot gives."""

    user: Id
    action_id: str
    value: str = ""
