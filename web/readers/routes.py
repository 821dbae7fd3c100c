"""How readers subscribe, confirm and leave. A link alone changes nothing: mail programs follow links by themselves.

What is answered does not tell who reads a page.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from multidict import MultiDict, MultiDictProxy

from incidents.actions.readers import choose_services, confirm_reader, remove_reader, subscribe_reader
from incidents.core import Core
from incidents.public.page import Snapshot
from incidents.public.readers import NoAddress, Reader
from web.status import desk
from web.status.answers import USELESS_LINK, leaving, left, not_now, nothing_here
from web.status.kept import SAFE
from web.status.surface import Reading, Rendered

log = structlog.get_logger()

FORM_LIMIT = 16 * 1024
"""Bytes of a form; a larger one is not read."""
ASKED_AT_MOST = "200/hour; 1000/day"
"""How often somebody may ask this process for mail, all together: strangers' addresses can be filled in too."""


class ReaderDesk:
    """The forms of all public pages; ``mail`` says whether anything can be sent."""

    def __init__(self, core: Core, pages: Callable[[str], Snapshot | None], url: str, mail: bool) -> None:
        self._core = core
        self._pages = pages
        self._url = url
        self._mail = mail
        self._asked = MovingWindowRateLimiter(MemoryStorage())
        self._refusing = False

    def routes(self) -> list[web.RouteDef]:
        """They stand before the routes of the pages, which take all that is below them."""
        return [
            web.get("/status/{page}/subscribe", self.ask),
            web.post("/status/{page}/subscribe", partial(_answered, self.subscribe)),
            web.get("/readers/{token}/confirm", partial(_answered, self.ask_to_confirm)),
            web.post("/readers/{token}/confirm", partial(_answered, self.confirm)),
            web.get("/readers/{token}/services", partial(_answered, self.ask_for_services)),
            web.post("/readers/{token}/services", partial(_answered, self.choose)),
            web.get("/readers/{token}/leave", partial(_answered, self.ask_to_leave)),
            web.post("/readers/{token}/leave", partial(_answered, self.leave)),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """The form in which somebody subscribes."""
        reading = self._public(request)
        return _answer(desk.asked(reading) if self._mail else desk.by_feed_only(reading))

    async def subscribe(self, request: web.Request) -> web.Response:
        """Sends a mail that asks to confirm; the answer is the same for whoever is subscribed already."""
        reading = self._public(request)
        if not self._mail:
            return _answer(desk.by_feed_only(reading))
        filled = await _filled(request)
        address = str(filled.get("address", ""))
        chosen = _chosen(reading, filled)
        if not await self._may_ask():
            return _answer(desk.too_many(reading), 429)
        try:
            await subscribe_reader(self._core, reading.snapshot.page.id, address, chosen)
        except NoAddress:
            return _answer(desk.wrong(reading, address, chosen), 422)
        return _answer(desk.sent(reading))

    async def ask_to_confirm(self, request: web.Request) -> web.Response:
        """The link of the first mail."""
        reader = await self._reader(request)
        return _answer(desk.confirming(self._followed(request, reader), reader.address))

    async def confirm(self, request: web.Request) -> web.Response:
        """Whoever pressed the button is told from now on."""
        reader = await self._reader(request)
        reading = self._followed(request, reader)
        _there(request, await confirm_reader(self._core, reader.token))
        return _answer(desk.subscribed(reading))

    async def ask_for_services(self, request: web.Request) -> web.Response:
        """Another link of every mail: which services it is to be about."""
        reader = await self._reader(request)
        return _answer(desk.choosing(self._followed(request, reader), reader))

    async def choose(self, request: web.Request) -> web.Response:
        """From now on they are told of these services."""
        reader = await self._reader(request)
        reading = self._followed(request, reader)
        chosen = _chosen(reading, await _filled(request))
        return _answer(desk.chosen(reading, _there(request, await choose_services(self._core, reader.token, chosen))))

    async def ask_to_leave(self, request: web.Request) -> web.Response:
        """The link of every mail but the first."""
        reader = await self._reader(request)
        shown = self._shown(reader.page)
        return _answer(desk.leaving(shown, reader.address)) if shown else leaving(request)

    async def leave(self, request: web.Request) -> web.Response:
        """One press, of a person's or of their mail program's: https://www.rfc-editor.org/rfc/rfc8058#section-3.2"""
        reader = _there(request, await remove_reader(self._core, request.match_info["token"]))
        shown = self._shown(reader.page)
        return _answer(desk.left(shown)) if shown else left(request)

    async def _may_ask(self) -> bool:
        may = all([await self._asked.hit(rate) for rate in parse_many(ASKED_AT_MOST)])
        if not may and not self._refusing:
            log.warning("readers_refused", at_most=ASKED_AT_MOST)
        self._refusing = not may
        return may

    async def _reader(self, request: web.Request) -> Reader:
        return _there(request, await self._core.storage.read.readers.with_token(request.match_info["token"]))

    def _public(self, request: web.Request) -> Reading:
        """Raises HTTPNotFound, for a private page too."""
        shown = self._shown(request.match_info["page"])
        if shown is None:
            raise nothing_here(request)
        return shown

    def _followed(self, request: web.Request, reader: Reader) -> Reading:
        """Raises HTTPNotFound for a page that is gone, or private by now: nothing of it is told to its readers."""
        shown = self._shown(reader.page)
        if shown is None:
            raise nothing_here(request, USELESS_LINK)
        return shown

    def _shown(self, page: str) -> Reading | None:
        """A page that everybody may see; None where there is no such page."""
        snapshot = self._pages(page)
        if snapshot is None or snapshot.page.private:
            return None
        return Reading(snapshot, f"{self._url}/status/{page}", self._core.clock())


async def _answered(answer: Callable[[web.Request], Awaitable[web.Response]], request: web.Request) -> web.Response:
    """What ``answer`` gives; where the database cannot be asked, that it is to be tried again."""
    try:
        return await answer(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("reader_not_answered")  # without the address, which holds a token
        return not_now(request)


async def _filled(request: web.Request) -> MultiDictProxy[Any]:
    """What was filled in; of a form that is none, or larger than any, nothing."""
    if (request.content_length or 0) > FORM_LIMIT:
        return MultiDictProxy(MultiDict())
    try:
        return await request.post()
    except (ValueError, LookupError, web.HTTPRequestEntityTooLarge):
        return MultiDictProxy(MultiDict())


def _chosen(reading: Reading, filled: MultiDictProxy[Any]) -> set[str]:
    """The public ids of the page's services that were ticked."""
    return {str(each) for each in filled.getall("service", [])} & {each.id for each in reading.snapshot.page.services}


def _there(request: web.Request, reader: Reader | None) -> Reader:
    """Raises HTTPNotFound."""
    if reader is None:
        raise nothing_here(request, USELESS_LINK)
    return reader


def _answer(rendered: Rendered, status: int = 200) -> web.Response:
    headers = {**SAFE, "Content-Type": rendered.media_type, "Cache-Control": "no-store"}
    return web.Response(status=status, body=rendered.body, headers=headers)
