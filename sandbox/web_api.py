"""The addresses of Slack's own: /api/<method>, uploads and files, response_urls.

Form and JSON bodies, tokens in the header or the arguments, as docs.slack.dev/apis/web-api says.
"""

import asyncio
import secrets
import time

from aiohttp import web

from sandbox.answers import answer
from sandbox.api.files import receive
from sandbox.api.registry import METHODS, call, warned
from sandbox.arguments import Arguments, read_arguments
from sandbox.log import Call
from sandbox.outage import cut, refuse, unless_down
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Json
from sandbox.troubles import ApiTrouble, Outage

RATELIMITED = "ratelimited"
CALM = ApiTrouble("*")


def add_routes(app: web.Application, slack: Slack) -> None:
    """Mount Slack's own addresses."""
    server = WebApi(slack)
    app.router.add_route("*", "/api/{method}", server.call)
    app.router.add_post("/upload/v1/{ticket}", unless_down(slack.troubles, server.upload))
    app.router.add_get("/files/{file}/{name}", unless_down(slack.troubles, server.download))
    app.router.add_post("/{kind:commands|actions|app}/{team}/{secret}", server.respond)


class WebApi:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One Web API call, with the trouble asked for it if any, written into the log."""
        name = request.match_info["method"]
        given = await read_arguments(request)
        token = _bearer(request) or str(given.values.pop("token", ""))
        with self._slack.workspace.calls.timed(self._noted(name, given.values)) as record:
            if outage := self._outage(record):
                return refuse(request, outage)
            trouble = self._slack.troubles.for_call(name) or CALM
            record.trouble = trouble.effect or None
            await asyncio.sleep(trouble.delay)
            if trouble.cut == "before":
                record.failure = "cut"
                return cut(request)
            record.answer, retry_after = await self._answer(name, token, given, trouble)
            await asyncio.sleep(trouble.hold)
            if trouble.cut == "after":
                record.failure = "cut"
                return cut(request)
            return self._respond(name, token, record.answer, retry_after)

    def _outage(self, record: Call) -> Outage | None:
        """The outage that befalls the call, if one is on."""
        outage = self._slack.troubles.outage
        if outage:
            record.trouble, record.failure = outage.effect, "outage"
        return outage

    def _noted(self, name: str, arguments: Json) -> Call:
        """What the app does with a trigger, the person does whose it is."""
        by = self._slack.triggers.owner(str(arguments.get("trigger_id"))) or self._slack.workspace.app.bot_user_id
        return Call(time.time(), "api", name, arguments, by=by)

    async def _answer(self, name: str, token: str, given: Arguments, trouble: ApiTrouble) -> tuple[Json, int | None]:
        """Slack's answer; and the seconds to wait, where it says so."""
        if trouble.error:
            return refusal(trouble.error), trouble.retry_after if trouble.error == RATELIMITED else None
        wait = await self._slack.limits.wait(name, str(given.values.get("channel", "")))
        if wait:
            return refusal(RATELIMITED), wait
        said = refusal(given.refusal) if given.refusal else call(self._slack, name, token, given.values)
        return warned(said, *given.warnings), None

    def _respond(self, name: str, token: str, said: Json, retry_after: int | None) -> web.Response:
        headers = {"x-slack-req-id": secrets.token_hex(16)}
        app = self._slack.workspace.app
        scopes = {app.bot_token: app.scopes, app.app_token: {"connections:write"}}.get(token)
        if scopes is not None:
            headers["x-oauth-scopes"] = ",".join(sorted(scopes))
        if name in METHODS:
            headers["x-accepted-oauth-scopes"] = ",".join(METHODS[name].scopes)
        if retry_after is None:
            return web.json_response(said, headers=headers)
        return web.json_response(said, status=429, headers=headers | {"Retry-After": str(retry_after)})

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of a file: the body itself, or the first part of a multipart form."""
        content = await request.read()
        if request.content_type == "multipart/form-data":
            parts = [v for v in (await request.post()).values() if isinstance(v, web.FileField)]
            content = parts[0].file.read() if parts else b""
        try:
            file = receive(self._slack, request.match_info["ticket"], content)
        except RefusedError as refused:
            return web.Response(status=404, text=refused.name)
        return web.Response(text=f"OK - {len(file.content)}")

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes, for the app and for the page alike: nothing here is secret."""
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        headers = {
            "Content-Type": file.mimetype,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        }
        return web.Response(body=file.content, headers=headers)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A response_url (docs.slack.dev/interactivity/handling-user-interaction, "Message responses")."""
        said = (await read_arguments(request)).values
        with self._slack.workspace.calls.timed(Call(time.time(), "api", "response_url", said)) as record:
            if outage := self._outage(record):
                return refuse(request, outage)
            try:
                hook = self._slack.response_urls.use(request.match_info["secret"])
                record.by = hook.user
                answer(self._slack, hook, said)
            except RefusedError as refused:
                status = 404 if refused.name in {"expired_url", "used_url"} else 200
                record.answer = refusal(refused.name) | refused.details
                return web.json_response(record.answer, status=status)
            record.answer = "ok"
            return web.Response(text=record.answer)


def refusal(error: str) -> Json:
    return {"ok": False, "error": error}


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
