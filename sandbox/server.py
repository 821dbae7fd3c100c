"""The sandbox's HTTP server: Slack's Web API and sockets, the people's acts, the page.

`running_sandbox` runs it in this process, for tests; `python -m sandbox` on its own.
"""

import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox import avatars, web_api
from sandbox.client import Person
from sandbox.company import found
from sandbox.deliveries.transport import Timing
from sandbox.limits import Mode
from sandbox.manifest import install, read_manifest
from sandbox.outage import unless_down
from sandbox.page import add_routes
from sandbox.people import door
from sandbox.samples import SampleRequest
from sandbox.slack import Slack
from sandbox.things import App
from sandbox.workspace import Workspace

LARGEST_BODY = 64 * 1024 * 1024


def application(slack: Slack) -> web.Application:
    """Everything the sandbox answers."""
    app = web.Application(client_max_size=LARGEST_BODY)
    web_api.add_routes(app, slack)
    door.add_routes(app, slack)
    app.router.add_get("/socket", unless_down(slack.troubles, slack.courier.sockets.serve))
    avatars.add_routes(app, slack.workspace)
    add_routes(app, slack)

    async def hang_up(_: web.Application) -> None:
        slack.schedule.close()
        await slack.courier.close()

    app.on_shutdown.append(hang_up)
    return app


@dataclass
class Sandbox:
    """A sandbox at work. `url` has no slash at its end, `api_url` has (as slack_sdk's `base_url` wants it)."""

    slack: Slack
    url: str
    _people: dict[str, Person] = field(default_factory=dict)

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace

    @property
    def app(self) -> App:
        return self.slack.workspace.app

    def person(self, name: str) -> Person:
        """Somebody to act as, by name (`ana`) or id. Raises KeyError."""
        user = self.workspace.user_named(name) or self.workspace.users[name]
        return self._people.setdefault(user.id, Person(self.url, user.id))

    def offer(self, *samples: SampleRequest) -> None:
        """Put these requests, and no others, into the page's "Try it" panel."""
        self.workspace.samples.offer(*samples)
        self.workspace.publish("samples_changed")

    async def aclose(self) -> None:
        """Let the people go home."""
        for person in self._people.values():
            await person.close()


@contextlib.asynccontextmanager
async def running_sandbox(
    manifest: Path | str | dict[str, Any],
    *,
    port: int = 0,
    request_url: str | None = None,
    timing: Timing | None = None,
    limits: Mode = "off",
) -> AsyncIterator[Sandbox]:
    """Serve a fresh workspace with the app of `manifest` on 127.0.0.1 (a free port unless `port` is given).

    With `request_url` the app is reached over HTTP instead of Socket Mode. `limits` says whether Slack's
    rate limits hold (see `sandbox.limits`). Raises OSError when the port is taken.
    """
    slack = Slack(found(install(read_manifest(manifest), request_url)), timing, limits)
    runner = web.AppRunner(application(slack), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        listening = socket.create_server(("127.0.0.1", port))
        await web.SockSite(runner, listening).start()
        slack.workspace.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with contextlib.aclosing(Sandbox(slack, slack.workspace.url)) as sandbox:
            yield sandbox
    finally:
        await runner.cleanup()
