"""How the arguments of a call are read: from the query, a form or a JSON body.

docs.slack.dev/apis/web-api ("Basic request and response format", "POST bodies"); the errors and warnings about
bodies stand on every method's page, as docs.slack.dev/reference/methods/api.test.
"""

import codecs
import json
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.things import Json

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
TYPES = {"application/json", "text/plain", *FORMS}
CHARSETS = {"utf-8", "iso8859-1"}


@dataclass
class Arguments:
    """What the app sent; `refusal` is Slack's error name when the body cannot be read."""

    values: Json
    refusal: str | None = None
    warnings: list[str] = field(default_factory=list)


async def read_arguments(request: web.Request) -> Arguments:
    """The arguments of a call, with what Slack has to say about how they were sent."""
    given = Arguments(dict(request.query))
    if request.method != "POST" or not request.can_read_body:
        return given
    given.refusal = _why_unreadable(request)
    if given.refusal:
        return given
    given.warnings = _charset_warnings(request)
    if request.content_type == "application/json":
        await _read_json(request, given)
    elif request.content_type in FORMS:
        given.values |= dict(await request.post())
    return given


def _why_unreadable(request: web.Request) -> str | None:
    if "Content-Type" not in request.headers:
        return "missing_post_type"
    if request.content_type not in TYPES:
        return "invalid_post_type"
    return None if request.charset is None or _charset(request.charset) in CHARSETS else "invalid_charset"


def _charset(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _charset_warnings(request: web.Request) -> list[str]:
    """Forms are not to name a charset, all else is."""
    if request.content_type in FORMS:
        return ["superfluous_charset"] if request.charset else []
    return [] if request.charset else ["missing_charset"]


async def _read_json(request: web.Request, given: Arguments) -> None:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        given.refusal = "invalid_json"
        return
    if isinstance(body, dict):
        given.values |= body
    else:
        given.refusal = "json_not_object"
