"""The status pages' addresses: public ones for everybody, private ones by secret link or by sign-in.

What one may not see is answered exactly as what does not exist. No answer sets a cookie.
"""

import base64
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import hdrs, web

from incidents.public.page import Snapshot
from incidents.public.ports import PublicReader
from web.status.answers import not_now, nothing_here, sign_in
from web.status.kept import SAFE, SECRET, Rendering
from web.status.keys import Keys, KeysUnreadable
from web.status.published import Published
from web.status.surface import Reading


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
            return self._nothing(request)
        return self._answer(request, snapshot, f"/status/{id}")

    async def shared(self, request: web.Request) -> web.Response:
        """A private page, for whoever has its link."""
        key = request.match_info["key"]
        try:
            id = await self._keys.opened_by(key)
        except KeysUnreadable:
            return not_now(request)
        snapshot = self._published.page(id) if id else None
        if snapshot is None:
            return self._nothing(request)
        return self._answer(request, snapshot, f"/shared/{key}")

    async def private(self, request: web.Request) -> web.Response:
        """A private page, for whoever signs in with its id and its key."""
        page = request.match_info["page"]
        name, key = _credentials(request)
        try:
            id = await self._keys.opened_by(key)
        except KeysUnreadable:
            return not_now(request)
        snapshot = self._published.page(id) if id and _same(id, page) and _same(name, page) else None
        if snapshot is None:
            return sign_in(request) if self._published.is_known else not_now(request)
        return self._answer(request, snapshot, f"/private/{page}")

    async def root(self, request: web.Request) -> web.Response:
        """The host itself lists no page: there are private ones. Raises HTTPNotFound."""
        raise nothing_here(request)

    def _answer(self, request: web.Request, snapshot: Snapshot, place: str) -> web.Response:
        path = request.match_info.get("path")
        if path == "":
            kept_by_nobody = SECRET if snapshot.page.private else {}
            headers = SAFE | kept_by_nobody | {hdrs.LOCATION: "../" + place.rpartition("/")[2]}
            return web.Response(status=308, headers=headers)
        kept = self._rendering.at(path or "", Reading(snapshot, self._base_url + place, self._clock()))
        return kept.answer(request) if kept else self._nothing(request)

    def _nothing(self, request: web.Request) -> web.Response:
        """Raises HTTPNotFound, unless it is not known yet what there is."""
        if not self._published.is_known:
            return not_now(request)
        raise nothing_here(request)


def status_routes(site: StatusSite) -> list[web.RouteDef]:
    """The routes at which ``site`` is read; they take all that is below a page, so narrower ones go before them."""
    return [
        web.get("/status/{page}", site.public),
        web.get("/status/{page}/{path:.*}", site.public),
        web.get("/shared/{key}", site.shared),
        web.get("/shared/{key}/{path:.*}", site.shared),
        web.get("/private/{page}", site.private),
        web.get("/private/{page}/{path:.*}", site.private),
        web.get("/", site.root),
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
