"""The addresses under /sandbox/api: people's acts, what they see, and the troubles tests ask for.

The bodies are told in this package's own description.
"""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sandbox.people.desk import act
from sandbox.people.reads import calls_made, messages_seen, views_seen, workspace_seen
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Json, User
from sandbox.troubles import ApiTrouble, DeliveryTrouble


class Disconnect(BaseModel):
    """Slack tells the app's sockets to go: `warning`, `refresh_requested` or `link_disabled`."""

    model_config = ConfigDict(extra="forbid")

    disconnect: str


TROUBLE: TypeAdapter[ApiTrouble | DeliveryTrouble | Disconnect] = TypeAdapter(ApiTrouble | DeliveryTrouble | Disconnect)


def add_routes(app: web.Application, slack: Slack) -> None:
    """Mount the people's addresses."""
    door = Door(slack)
    app.router.add_get("/sandbox/api/workspace", door.workspace)
    app.router.add_get("/sandbox/api/messages", door.messages)
    app.router.add_get("/sandbox/api/views", door.views)
    app.router.add_get("/sandbox/api/calls", door.calls)
    app.router.add_post("/sandbox/api/trouble", door.trouble)
    app.router.add_post("/sandbox/api/{verb}", door.act)


class Door:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def act(self, request: web.Request) -> web.Response:
        return web.json_response(await act(self._slack, request.match_info["verb"], await _body(request)))

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

    async def trouble(self, request: web.Request) -> web.Response:
        """Ask for trouble: see `sandbox.troubles`; `{"disconnect": reason}` is immediate."""
        try:
            wanted = TROUBLE.validate_python(await _body(request))
        except ValidationError as wrong:
            return web.json_response({"ok": False, "error": "invalid_arguments", "problems": str(wrong)})
        if isinstance(wanted, ApiTrouble):
            self._slack.troubles.api.append(wanted)
        elif isinstance(wanted, DeliveryTrouble):
            self._slack.troubles.deliveries.append(wanted)
        else:
            await self._slack.courier.sockets.disconnect(wanted.disconnect)
        return web.json_response({"ok": True})

    def _see(self, request: web.Request, look: Any) -> web.Response:
        try:
            person = self._slack.workspace.find_user(request.query.get("as", ""))
            return web.json_response({"ok": True, **look(person)})
        except RefusedError as refused:
            return web.json_response({"ok": False, "error": refused.name, **refused.details})


async def _body(request: web.Request) -> Any:
    """The JSON body; what is none is an empty act, which the verb will refuse."""
    try:
        return await request.json()
    except ValueError:
        return {}
