"""The feeds as a feed reader reads them, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from aiohttp import ClientSession
from aiohttp.typedefs import StrOrURL

from incidents.public.page import Snapshot
from incidents.public.words import PublicStatus
from tests.web.status.pages import BUSY, CARDS, STATUS, Served, Shelf, ago, served, update

FEEDS = pytest.mark.parametrize(
    ("path", "version", "media_type"),
    [("feed.atom", "atom10", "application/atom+xml"), ("feed.rss", "rss20", "application/rss+xml")],
)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf([BUSY])


@pytest.fixture
async def site(shelf: Shelf) -> AsyncIterator[Served]:
    async with served(shelf) as running:
        yield running


async def read(address: StrOrURL) -> Any:
    """The feed at ``address``, which a strict reader finds no fault with."""
    async with ClientSession() as session, session.get(address) as answer:
        assert answer.status == 200
        feed = feedparser.parse(await answer.read(), response_headers={"content-type": answer.headers["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@FEEDS
async def test_what_changed_last_comes_first(site: Served, path: str, version: str, media_type: str) -> None:
    feed = await read(f"{site.url}/status/acme/{path}")
    assert feed.version == version
    assert (feed.feed.title, feed.feed.link) == ("Acme Status", f"{site.url}/status/acme")
    assert {"href": f"{site.url}/status/acme/{path}", "rel": "self"}.items() <= feed.feed.links[-1].items()
    assert [entry.title for entry in feed.entries] == [
        "Problems with card payments",
        "Database upgrade",
        "Slow search",
        "Shop not reachable",
        "Wallet top-ups delayed",
    ]
    newest = feed.entries[0]
    assert newest.id == newest.link == f"{site.url}/status/acme/incidents/cards"
    assert newest.summary.index("which we are undoing") < newest.summary.index("<strong>Wallet payments work.</strong>")
    assert "<strong>Identified</strong> · 23 Nov, 19:57 UTC" in newest.summary
    assert "Wed 25 Nov, 20:00 – 21:20 UTC" in feed.entries[1].summary
    async with ClientSession() as session, session.get(newest.link) as answer:
        assert answer.status == 200
    async with ClientSession() as session, session.get(f"{site.url}/status/acme/{path}") as answer:
        assert answer.content_type == media_type


async def test_atom_says_when_an_entry_changed(site: Served) -> None:
    entry = (await read(f"{site.url}/status/acme/feed.atom")).entries[0]
    assert (entry.published, entry.updated) == ("2026-11-23T19:26:30+00:00", "2026-11-23T20:00:30+00:00")


@FEEDS
async def test_an_update_moves_its_entry_and_adds_none(
    shelf: Shelf, site: Served, path: str, version: str, media_type: str
) -> None:
    before = await read(f"{site.url}/status/acme/{path}")
    over = replace(CARDS, updates=(*CARDS.updates, update("u9", PublicStatus.RESOLVED, "All is well.", ago(minutes=1))))
    shelf.put(Snapshot(STATUS, (*BUSY.events[:-1], over)))
    site.site.changed()
    for _ in range(200):
        after = await read(f"{site.url}/status/acme/{path}")
        if "All is well." in after.entries[0].summary:
            break
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]
    assert "All is well." in after.entries[0].summary


@FEEDS
async def test_hostile_and_unprintable_texts_stay_texts(
    shelf: Shelf, site: Served, path: str, version: str, media_type: str
) -> None:
    hostile = "]]><script>alert(1)</script>\x00\x0b [press](javascript:alert(1))"
    shelf.put(
        Snapshot(
            replace(STATUS, id="bad", name="<b>&\x01"),
            (
                replace(
                    CARDS,
                    title="<img src=x onerror=alert(1)>",
                    updates=(update("u", PublicStatus.MONITORING, hostile, ago(minutes=1)),),
                ),
            ),
        )
    )
    site.site.changed()
    async with ClientSession() as session:
        for _ in range(200):
            async with session.get(f"{site.url}/status/bad/{path}") as answer:
                body = (await answer.read()).decode()
            if answer.status == 200:
                break
    assert not feedparser.parse(body).bozo
    assert "<script" not in body and "<img" not in body and "<b>" not in body
    # Within the entry's HTML the text is escaped once more.
    assert "&amp;lt;script&amp;gt;" in body and 'href="javascript' not in body
