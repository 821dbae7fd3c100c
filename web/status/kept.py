"""Surfaces that were rendered, ready to be sent: each made once for what is published and the minute it is."""

import gzip
import hashlib
from dataclasses import dataclass, replace

import structlog
from aiohttp import web
from multidict import CIMultiDict

from incidents.public.page import Snapshot
from web.status.surface import Reading, Rendered
from web.status.surfaces import surface_at
from web.status.wanted import takes_gzip

log = structlog.get_logger()

MOST = 5000
"""Surfaces kept at a time; with more than that, all are made anew."""
SMALLEST = 500
"""Bytes; what is smaller is not worth compressing."""
PACKED = ("text/", "application/json", "application/atom+xml", "application/rss+xml", "image/svg+xml")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors "
)
SAFE = {
    "Content-Security-Policy": POLICY + "'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "Tocsin",
}
"""Headers of whatever is answered."""
FRAMED = "banner"
"""The one path whose surface stands within other sites."""
SHARED = {
    "Cache-Control": "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400",
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept-Encoding",
}
"""Headers of what everybody may read, proxies and other sites' scripts included."""
SECRET = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"}
"""Headers of what only some may read."""


@dataclass(frozen=True)
class Kept:
    """A surface as bytes, plain and compressed, with its headers."""

    snapshot: Snapshot
    minute: int
    etag: str
    headers: CIMultiDict[str]
    body: bytes
    packed: bytes | None

    def answer(self, request: web.Request) -> web.Response:
        """To whoever asks: as they can take it, or that they have it already."""
        if self.etag and any(tag.value in (self.etag, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=self.headers)
        if self.packed is None or not takes_gzip(request.headers.get("Accept-Encoding", "")):
            return web.Response(body=self.body, headers=self.headers)
        headers = self.headers.copy()
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=self.packed, headers=headers)


class Rendering:
    """All that was rendered."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}

    def at(self, path: str, reading: Reading) -> Kept | None:
        """What is at ``path`` below the page; None: nothing. What cannot be rendered any more stays as it was."""
        place = (reading.address, path)
        before = self._kept.get(place)
        minute = int(reading.now.timestamp()) // 60
        if before is not None and before.minute == minute and before.snapshot is reading.snapshot:
            return before
        surface = surface_at(path, reading)
        if surface is None:
            return None
        try:
            kept = _kept(surface(reading), path, minute, reading.snapshot)
        except Exception:
            if before is None:
                raise
            log.exception("status_page_not_rendered", page=reading.snapshot.page.id, path=path)
            kept = replace(before, minute=minute, snapshot=reading.snapshot)  # to be tried again in a minute
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[place] = kept
        return kept


def _kept(rendered: Rendered, path: str, minute: int, snapshot: Snapshot) -> Kept:
    private = snapshot.page.private
    headers = CIMultiDict(SAFE | (SECRET if private else SHARED) | {"Content-Type": rendered.media_type})
    if path == FRAMED:
        headers["Content-Security-Policy"] = POLICY + "*"
    etag = "" if private else hashlib.sha256(rendered.body).hexdigest()[:24]
    if etag:
        headers["ETag"] = f'W/"{etag}"'
    worth = len(rendered.body) >= SMALLEST and rendered.media_type.startswith(PACKED)
    packed = gzip.compress(rendered.body, mtime=0) if worth else None
    return Kept(snapshot, minute, etag, headers, rendered.body, packed)
