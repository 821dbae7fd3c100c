"""What is answered where no page can be shown, in the reader's language and in nothing else different.

Whoever may not see a page is answered exactly as where there is none.
"""

import base64
import hashlib
from functools import cache

from aiohttp import hdrs, web

from incidents.public.language import N_, language
from web.status.drawing import draw
from web.status.kept import SAFE
from web.status.page import style_sheet
from web.status.wanted import language_wanted

NOTHING = N_("Nothing is here"), N_("There is no such page, or it is not for everybody. Check the link.")
SIGN_IN = N_("Sign in"), N_("This page asks for a name and a key. Whoever sent you here can give you both.")
NOT_NOW = N_("Back in a moment"), N_("This cannot be looked up now. Try again in a few seconds.")
USELESS_LINK = N_("This link does nothing any more"), N_("Nothing is sent to whoever it was for.")
LEAVING = N_("Unsubscribe"), N_("One press, and nothing more is sent to you.")
LEFT = N_("You are not subscribed any more"), N_("Nothing more is sent to you.")

_STYLE = style_sheet("").decode()
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = SAFE | {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}


def nothing_here(request: web.Request, said: tuple[str, str] = NOTHING) -> web.HTTPNotFound:
    """To be raised where there is nothing; by default it says what every page that is none says."""
    return web.HTTPNotFound(headers=_HEADERS, text=_text(request, said), content_type="text/html")


def sign_in(request: web.Request) -> web.Response:
    """Nothing in it tells one page from another, or from none."""
    asks = {hdrs.WWW_AUTHENTICATE: 'Basic realm="Status page", charset="UTF-8"'}
    return web.Response(status=401, headers=_HEADERS | asks, text=_text(request, SIGN_IN), content_type="text/html")


def leaving(request: web.Request) -> web.Response:
    """Asks somebody whether they want no more mail of a page that is not for them to see."""
    text = _text(request, LEAVING, presses=True)
    return web.Response(headers=_HEADERS, text=text, content_type="text/html")


def left(request: web.Request) -> web.Response:
    """To whoever wants no more mail of such a page."""
    return web.Response(headers=_HEADERS, text=_text(request, LEFT), content_type="text/html")


def not_now(request: web.Request) -> web.Response:
    """While the database cannot be asked."""
    headers = _HEADERS | {hdrs.RETRY_AFTER: "5"}
    return web.Response(status=503, headers=headers, text=_text(request, NOT_NOW), content_type="text/html")


def _text(request: web.Request, said: tuple[str, str], *, presses: bool = False) -> str:
    return _drawn(language_wanted(request.headers.get(hdrs.ACCEPT_LANGUAGE, "")).code, *said, presses)


@cache
def _drawn(code: str, heading: str, sentence: str, presses: bool) -> str:
    say = language(code).say
    values = {"heading": say(heading), "sentence": say(sentence), "presses": presses, "style": _STYLE}
    return draw("answer.html", code, values).body.decode()
