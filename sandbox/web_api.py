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
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import Json
from sandbox.troubles import ApiTrouble
from sandbox.workspace import Call

RATELIMITED = "ratelimited"


def add_routes(app: web.Application, slack: Slack) -> None:
    """Mount Slack's own addresses."""
    server = WebApi(slack)
    app.router.add_route("*", "/api/{method}", server.call)
    app.router.add_post("/upload/v1/{ticket}", server.upload)
    app.router.add_get("/files/{file}/{name}", server.download)
    app.router.add_post("/{kind:commands|actions}/{team}/{secret}", server.respond)


class WebApi:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One Web API call, with the trouble asked for it if any, written into the log."""
        name = request.match_info["method"]
        given = await read_arguments(request)
        token = _bearer(request) or given.values.pop("token", None)
        record = Call(time.time(), "api", name, given.values)
        self._slack.workspace.calls.append(record)
        began = time.perf_counter()
        trouble = self._slack.troubles.for_call(name)
        if trouble:
            await asyncio.sleep(trouble.delay)
        if trouble and trouble.cut == "before":
            return _cut(request)
        record.answer, retry_after = await self._answer(name, token, given, trouble)
        if trouble:
            await asyncio.sleep(trouble.hold)
        record.latency = time.perf_counter() - began
        if trouble and trouble.cut == "after":
            return _cut(request)
        return self._respond(name, record.answer, retry_after)

    async def _answer(
        self, name: str, token: str | None, given: Arguments, trouble: ApiTrouble | None
    ) -> tuple[Json, int | None]:
        """Slack's answer; and the seconds to wait, where it says so."""
        if trouble and trouble.error:
            return refusal(trouble.error), trouble.retry_after if trouble.error == RATELIMITED else None
        wait = await self._slack.limits.wait(name, str(given.values.get("channel", "")))
        if wait:
            return refusal(RATELIMITED), wait
        said = refusal(given.refusal) if given.refusal else call(self._slack, name, token, given.values)
        return warned(said, *given.warnings), None

    def _respond(self, name: str, said: Json, retry_after: int | None) -> web.Response:
        headers = {
            "x-slack-req-id": secrets.token_hex(16),
            "x-oauth-scopes": ",".join(sorted(self._slack.workspace.app.scopes)),
        }
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

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url (docs.slack.dev/interactivity/handling-user-interaction, "Message responses")."""
        said = (await read_arguments(request)).values
        self._slack.workspace.calls.append(Call(time.time(), "api", "response_url", said))
        try:
            answer(self._slack, self._slack.response_urls.use(request.match_info["secret"]), said)
        except RefusedError as refused:
            status = 404 if refused.name in {"expired_url", "used_url"} else 200
            return web.json_response({"ok": False, "error": refused.name, **refused.details}, status=status)
        return web.Response(text="ok")


def refusal(error: str) -> Json:
    return {"ok": False, "error": error}


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response()
