"""Slack itself, between the people of a workspace and the app: the workspace and all that carries to and fro.

One object that the Web API, the people's acts and the server share.
"""

from sandbox.deliveries.courier import Courier
from sandbox.deliveries.events import EventFeed
from sandbox.deliveries.tokens import ResponseUrl, ResponseUrls, Triggers
from sandbox.deliveries.transport import Timing
from sandbox.things import Json
from sandbox.troubles import Troubles
from sandbox.workspace import Workspace


class Slack:
    """`offered` are the options the app suggested, by surface, block and action."""

    def __init__(self, workspace: Workspace, timing: Timing | None = None) -> None:
        timing = timing or Timing()
        self.workspace = workspace
        self.troubles = Troubles()
        self.courier = Courier(workspace, self.troubles, timing)
        self.triggers = Triggers(timing)
        self.response_urls = ResponseUrls(timing)
        self.offered: dict[tuple[str, str, str], list[Json]] = {}
        self.uploads: dict[str, str] = {}
        EventFeed(workspace, self.courier)

    def response_url(self, hook: ResponseUrl, kind: str) -> str:
        """The full address; `kind` is "commands" or "actions", as in Slack's."""
        secret = self.response_urls.issue(hook)
        return f"{self.workspace.url}/{kind}/{self.workspace.team_id}/{secret}"
