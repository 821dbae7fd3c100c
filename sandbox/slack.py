"""Slack itself, between the people of a workspace and the app: the workspace and all that carries to and fro.

One object that the Web API, the people's acts and the server share.
"""

from sandbox.deliveries.courier import Courier
from sandbox.deliveries.events import EventFeed
from sandbox.deliveries.tokens import ResponseUrl, ResponseUrls, Triggers
from sandbox.deliveries.transport import Timing
from sandbox.limits import Limits, Mode
from sandbox.scheduling import Schedule
from sandbox.things import Json
from sandbox.troubles import Troubles
from sandbox.workspace import Workspace


class Slack:
    """The workspace, the courier to the app, what waits to be posted, and what was handed out.

    That is triggers, response_urls and upload tickets.
    """

    def __init__(self, workspace: Workspace, timing: Timing | None = None, limits: Mode = "off") -> None:
        timing = timing or Timing()
        self.workspace = workspace
        self.troubles = Troubles()
        self.courier = Courier(workspace, self.troubles, timing)
        self.limits = Limits(workspace, limits)
        self.schedule = Schedule(workspace)
        self.triggers = Triggers(timing)
        self.response_urls = ResponseUrls(timing)
        self._offered: dict[str, dict[str, Json]] = {}
        self.uploads: dict[str, str] = {}
        EventFeed(workspace, self.courier)

    def offer(self, surface: str, options: list[Json]) -> None:
        """Remember what the app suggested for menus of a view (its id) or message (its ts)."""
        self._offered.setdefault(surface, {}).update({option["value"]: option for option in options})

    def offered(self, surface: str) -> list[Json]:
        """All that was suggested there so far: what may be chosen."""
        return list(self._offered.get(surface, {}).values())

    def response_url(self, hook: ResponseUrl, kind: str) -> str:
        """The full address; `kind` is "commands", "actions" or "app", as in Slack's."""
        secret = self.response_urls.issue(hook)
        return f"{self.workspace.url}/{kind}/{self.workspace.team_id}/{secret}"
