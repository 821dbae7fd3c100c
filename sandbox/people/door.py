"""The addresses under /sandbox/api: people's acts, and what they see; those of troubles are in `troubling`.

The bodies are told in this package's own description.
"""

from typing import Any

from aiohttp import web

from sandbox.people import troubling
from sandbox.people.bodies import body_of
from sandbox.people.desk import act
from sandbox.people.reads import calls_made, messages_seen, views_seen, workspace_seen
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Json, User


def add_routes(app: web.Application, slack: Slack) -> None:
    """Mount the people's addresses."""
    door = Door(slack)
    app.router.add_get("/sandbox/api/workspace", door.workspace)
    app.router.add_get("/sandbox/api/messages", door.messages)
    app.router.add_get("/sandbox/api/views", door.views)
    app.router.add_get("/sandbox/api/calls", door.calls)
    troubling.add_routes(app, slack)
    app.router.add_post("/sandbox/api/{verb}", door.act)


class Door:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def act(self, request: web.Request) -> web.Response:
        return web.json_response(await act(self._slack, request.match_info["verb"], await body_of(request)))

    async def workspace(self, request: web.Request) -> web.Response:
        return self._see(request, lambda person: workspace_seen(self._slack.workspace, person))

    async def messages(self, request: web.Request) -> web.Response:
        def look(person: User) -> Json:
            channel = self._slack.workspace.find_channel(request.query.get("channel", ""), person.id)
            return messages_seen(self._slack.workspace, person, channel, request.query.get("thread_ts"))

        return self._see(request, look)

    async def views(self, request: web.Request) -> web.Response:
        return self._see(request, lambda person: views_seen(self._slack.workspace, person))

    async def calls(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, **calls_made(self._slack.workspace)})

    def _see(self, request: web.Request, look: Any) -> web.Response:
        try:
            person = self._slack.workspace.find_user(request.query.get("as", ""))
            return web.json_response({"ok": True, **look(person)})
        except RefusedError as refused:
            return web.json_response({"ok": False, "error": refused.name, **refused.details})
