"""The status pages' addresses: public ones for everybody, private ones by secret link or by sign-in.

What one may not see is answered exactly as what does not exist. No answer sets a cookie.
"""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import hdrs, web

from incidents.public.page import Snapshot
from incidents.public.ports import PublicReader
from web.status.kept import SAFE, Rendering
from web.status.keys import Keys, KeysUnreadable
from web.status.published import Published
from web.status.surface import Reading

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:34rem;margin:15vh auto;padding:0 1.25rem;font:1rem/1.6 system-ui,sans-serif}h1{font-size:1.5rem}"
)
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_SENTENCES = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""
_SENTENCES_HEADERS = SAFE | {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

NOTHING = "Nothing is here", "There is no such page, or it is not for everybody. Check the link."


class StatusSite:
    """All status pages, at ``base_url`` (without a slash at the end); ``clock`` says what time it is, aware UTC."""

    def __init__(self, reader: PublicReader, base_url: str, clock: Callable[[], datetime]) -> None:
        self._published = Published(reader)
        self._keys = Keys(reader, clock)
        self._rendering = Rendering()
        self._base_url = base_url
        self._clock = clock

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Show what is published while the block runs."""
        async with self._published.kept_fresh():
            yield

    def page(self, id: str) -> Snapshot | None:
        """A page as it is shown, private ones included."""
        return self._published.page(id)

    def changed(self) -> None:
        """Something was published: show it at once, rather than within a second."""
        self._published.changed()

    async def public(self, request: web.Request) -> web.Response:
        """A public page, or what is below it."""
        id = request.match_info["page"]
        snapshot = self._published.page(id)
        if snapshot is None or snapshot.page.private:
            return self._nothing()
        return self._answer(request, snapshot, f"/status/{id}")

    async def shared(self, request: web.Request) -> web.Response:
        """A private page, for whoever has its link."""
        key = request.match_info["key"]
        try:
            id = await self._keys.opened_by(key)
        except KeysUnreadable:
            return _not_now()
        snapshot = self._published.page(id) if id else None
        if snapshot is None:
            return self._nothing()
        return self._answer(request, snapshot, f"/shared/{key}")

    async def private(self, request: web.Request) -> web.Response:
        """A private page, for whoever signs in with its id and its key."""
        page = request.match_info["page"]
        name, key = _credentials(request)
        try:
            id = await self._keys.opened_by(key)
        except KeysUnreadable:
            return _not_now()
        snapshot = self._published.page(id) if id and _same(id, page) and _same(name, page) else None
        if snapshot is None:
            return _sign_in() if self._published.is_known else _not_now()
        return self._answer(request, snapshot, f"/private/{page}")

    def _answer(self, request: web.Request, snapshot: Snapshot, place: str) -> web.Response:
        path = request.match_info.get("path")
        if path == "":
            return web.Response(status=308, headers=SAFE | {hdrs.LOCATION: "../" + place.rpartition("/")[2]})
        kept = self._rendering.at(path or "", Reading(snapshot, self._base_url + place, self._clock()))
        return kept.answer(request) if kept else self._nothing()

    def _nothing(self) -> web.Response:
        if not self._published.is_known:
            return _not_now()
        return _sentences(404, *NOTHING)


def nothing_here(title: str = NOTHING[0], sentence: str = NOTHING[1]) -> web.HTTPNotFound:
    """To be raised where there is nothing; by default it says what every page that is none says."""
    text = _SENTENCES.format(title=title, style=_STYLE, sentence=sentence)
    return web.HTTPNotFound(headers=_SENTENCES_HEADERS, text=text, content_type="text/html")


def status_routes(site: StatusSite) -> list[web.RouteDef]:
    """The routes at which ``site`` is read; they take all that is below a page, so narrower ones go before them."""
    return [
        web.get("/status/{page}", site.public),
        web.get("/status/{page}/{path:.*}", site.public),
        web.get("/shared/{key}", site.shared),
        web.get("/shared/{key}/{path:.*}", site.shared),
        web.get("/private/{page}", site.private),
        web.get("/private/{page}/{path:.*}", site.private),
    ]


def _credentials(request: web.Request) -> tuple[str, str]:
    """The name and the key that somebody signs in with; both are empty where they do not, or not in a way that is one.

    https://www.rfc-editor.org/rfc/rfc7617#section-2
    """
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, key = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, key


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _sign_in() -> web.Response:
    """Nothing in it tells one page from another, or from none."""
    answer = _sentences(401, "Sign in", "This page asks for a name and a key. Whoever sent you here can give you both.")
    answer.headers[hdrs.WWW_AUTHENTICATE] = 'Basic realm="Status page", charset="UTF-8"'
    return answer


def _not_now() -> web.Response:
    answer = _sentences(503, "Back in a moment", "This cannot be looked up now. Try again in a few seconds.")
    answer.headers[hdrs.RETRY_AFTER] = "5"
    return answer


def _sentences(status: int, title: str, sentence: str) -> web.Response:
    text = _SENTENCES.format(title=title, style=_STYLE, sentence=sentence)
    return web.Response(status=status, text=text, content_type="text/html", headers=_SENTENCES_HEADERS)
