"""The keys of alert sources and of private status pages: whoever knows one may post, or read; only hashes are kept.

A key is 256 random bits, so a plain hash of it tells nothing:
https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html
"""

import hashlib
import secrets
from datetime import timedelta

from incidents.core import Core
from incidents.model.organisation import AlertSource
from incidents.model.refusals import Refusal

KEY_BYTES = 32
GRACE = timedelta(hours=24)
"""How long a key stays valid after a new one is made, so that the tool's setting can be changed in peace."""


class NoSuchSource(Refusal):
    """There is no such alert source."""

    def __init__(self, source: str, known: list[str]) -> None:
        there = f"There is: {', '.join(sorted(known))}." if known else "There is none yet: add it with tocsin apply."
        super().__init__(f'There is no alert source "{source[:75]}". {there}')


class NoSuchPage(Refusal):
    """There is no such private status page."""

    def __init__(self, page: str, known: list[str]) -> None:
        there = f"There is: {', '.join(sorted(known))}." if known else "There is none: set private: yes on a page."
        super().__init__(f'There is no private status page "{page[:75]}". {there}')


async def new_page_key(core: Core, page: str) -> str:
    """A new key for a private status page, as `new_key`. Raises NoSuchPage."""
    key, now = secrets.token_urlsafe(KEY_BYTES), core.clock()
    async with core.storage.transaction() as unit:
        pages = (await unit.organisation.held()).organisation.pages
        private = [id for id, each in pages.items() if each.private]
        if page not in private:
            raise NoSuchPage(page, private)
        await unit.public.add_key(page, _hash(key), now, now + GRACE)
    return key


async def new_key(core: Core, source: str) -> str:
    """A new key for ``source``, which can never be read again; the key before it is valid for `GRACE` more.

    Raises NoSuchSource.
    """
    key, now = secrets.token_urlsafe(KEY_BYTES), core.clock()
    async with core.storage.transaction() as unit:
        sources = (await unit.organisation.held()).organisation.sources
        if source not in sources:
            raise NoSuchSource(source, list(sources))
        await unit.organisation.add_key(source, _hash(key), now, now + GRACE)
    return key


async def source_with_key(core: Core, key: str) -> tuple[str, AlertSource] | None:
    """The id of the alert source to which ``key`` belongs, and the source; None where no key that is valid is this."""
    return await core.storage.read.organisation.source_with_key(_hash(key), core.clock())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
