"""The status pages' addresses over HTTP: what is sent, with which headers, and what is sent to nobody."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import yarl
from aiohttp import ClientResponse, ClientSession, encode_basic_auth

from incidents.public.page import Logo, Snapshot
from tests.web.status.pages import BUSY, CALM, STATUS, Served, Shelf, served
from web.status.surfaces import SURFACES
from web.status.wanted import language_wanted, takes_gzip

PARTNERS = Snapshot(replace(STATUS, id="partners", name="For partners", private=True), BUSY.events)
KEY = "kAxw5Zq0-xB2m_3jv7LdT"
ETERNAL = 1000.0
LANGUAGES = [({}, '<html lang="en">'), ({"Accept-Language": "de-DE, en;q=0.5"}, '<html lang="de">')]
"""What a reader's browser asks for, and what the answer is in."""


@pytest.fixture
def shelf() -> Shelf:
    return Shelf([CALM, PARTNERS], {KEY: "partners"})


@pytest.fixture
async def site(shelf: Shelf) -> AsyncIterator[Served]:
    async with served(shelf) as running:
        yield running


@pytest.fixture
async def reader(site: Served) -> AsyncIterator[ClientSession]:
    async with ClientSession(site.url, headers={"Accept-Encoding": "identity"}) as session:
        yield session


async def seen(reader: ClientSession, words: str, address: str = "/status/acme") -> None:
    """Wait until the page says ``words``."""
    for _ in range(500):
        if words in await (await reader.get(address)).text():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{address} never says: {words}")


def told(answer: ClientResponse) -> dict[str, str]:
    """The headers, but for those that say when and how long."""
    return {name: value for name, value in answer.headers.items() if name not in ("Date",)}


def signing_in(page: str, key: str) -> dict[str, str]:
    return {"Authorization": encode_basic_auth(page, key)}


# What is published


async def test_what_is_published_is_shown_when_the_site_is_told(
    shelf: Shelf, site: Served, reader: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.status.published.PAUSE", ETERNAL)
    await seen(reader, "All services are operational")
    site.site.changed()
    shelf.put(BUSY)
    site.site.changed()
    await seen(reader, "Checkout has a partial outage")


async def test_what_another_process_published_is_shown_by_looking(shelf: Shelf, reader: ClientSession) -> None:
    shelf.put(BUSY)
    await seen(reader, "Checkout has a partial outage")


async def test_readers_never_ask_the_database(shelf: Shelf, reader: ClientSession) -> None:
    before = shelf.reads
    for _ in range(50):
        assert (await reader.get("/status/acme")).status == 200
        assert (await reader.get("/status/none")).status == 404
    assert shelf.reads == before


async def test_while_the_database_is_gone_the_last_good_page_is_shown(
    shelf: Shelf, site: Served, reader: ClientSession
) -> None:
    shelf.put(BUSY)
    shelf.broken = True
    site.site.changed()
    await asyncio.sleep(0.05)
    await seen(reader, "All services are operational")
    shelf.broken = False
    site.site.changed()
    await seen(reader, "Checkout has a partial outage")


async def test_before_anything_could_be_read_it_says_so_and_shows_it_once_it_can(shelf: Shelf) -> None:
    shelf.broken = True
    async with served(shelf) as site, ClientSession(site.url) as reader:
        for address in ("/status/acme", "/status/none"):
            answer = await reader.get(address)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        shelf.broken = False
        site.site.changed()
        await seen(reader, "All services are operational")


async def test_a_page_that_cannot_be_rendered_any_more_stays_as_it_was(
    shelf: Shelf, site: Served, reader: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ValueError("a fault in the template")

    before = await (await reader.get("/status/acme")).read()
    monkeypatch.setitem(SURFACES, "", broken)
    shelf.put(BUSY)
    site.site.changed()
    await asyncio.sleep(0.05)
    answer = await reader.get("/status/acme")
    assert (answer.status, await answer.read()) == (200, before)


# Headers


async def test_everything_is_sent_with_strict_headers_and_without_cookies(reader: ClientSession) -> None:
    for address in ("/status/acme", "/status/acme/style.css", "/status/acme/incidents/outage", "/status/none"):
        answer = await reader.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 's")
        assert "script-src" not in policy and "unsafe" not in policy
        assert "base-uri 'none'" in policy and "form-action" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
        assert "aiohttp" not in answer.headers["Server"]


async def test_a_proxy_may_keep_a_public_page_for_half_a_minute(reader: ClientSession) -> None:
    answer = await reader.get("/status/acme")
    assert answer.headers["Cache-Control"].startswith("public, max-age=30, stale-while-revalidate=")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_who_has_the_page_already_is_sent_none(shelf: Shelf, site: Served, reader: ClientSession) -> None:
    first = await reader.get("/status/acme")
    tag = first.headers["ETag"]
    for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await reader.get("/status/acme", headers={"If-None-Match": given})
        assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    shelf.put(BUSY)
    await seen(reader, "Checkout has a partial outage")
    assert (await reader.get("/status/acme", headers={"If-None-Match": tag})).status == 200


async def test_head_tells_of_the_page_without_it(reader: ClientSession) -> None:
    got = await reader.get("/status/acme")
    head = await reader.head("/status/acme")
    assert (head.status, await head.read()) == (200, b"")
    assert told(head) == told(got)
    assert int(head.headers["Content-Length"]) == len(await got.read())


async def test_who_takes_gzip_is_sent_less(site: Served) -> None:
    async with ClientSession(site.url) as reader:
        plain = await reader.get("/status/acme", headers={"Accept-Encoding": "identity"})
        packed = await reader.get("/status/acme", headers={"Accept-Encoding": "br, gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
        assert await packed.text() == await plain.text()


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("GZIP; q=1.0", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
    ],
)
def test_gzip_is_sent_only_where_it_is_wanted(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("de", "de"),
        ("de-AT, en;q=0.9", "de"),
        ("fr, de;q=0.4, en;q=0.8", "en"),
        ("FR, DE;Q=0.4", "de"),
        ("de;q=0", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("de;q=much", "en"),
        ("deutsch", "en"),
        (";;,=,\x00", "en"),
    ],
)
def test_readers_are_answered_in_the_language_they_want_most(accepted: str, code: str) -> None:
    assert language_wanted(accepted).code == code


async def test_nothing_is_posted_to_a_page(reader: ClientSession) -> None:
    assert (await reader.post("/status/acme", data={"a": "b"})).status == 405


async def test_an_address_with_a_slash_leads_to_the_page(reader: ClientSession) -> None:
    answer = await reader.get("/status/acme/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (308, "../acme")
    assert (await reader.get("/status/acme/")).status == 200
    assert (await reader.get(f"/shared/{KEY}/")).status == 200


async def test_all_that_a_page_leads_to_is_there(reader: ClientSession) -> None:
    for path in ("style.css", "icon.svg", "history/", "history/2026-11", "history/2026-10", "incidents/long-ago"):
        assert (await reader.get(f"/status/acme/{path}")).status == 200, path
    for path in ("history/2026-09", "history/2026-1", "history/x", "history", "incidents/x", "incidents/", "logo", "x"):
        assert (await reader.get(f"/status/acme/{path}")).status == 404, path


async def test_a_logo_is_sent_as_it_is(shelf: Shelf, site: Served, reader: ClientSession) -> None:
    shelf.put(Snapshot(replace(STATUS, logo=Logo("image/png", b"\x89PNG")), ()))
    await seen(reader, 'src="acme/logo"')
    answer = await reader.get("/status/acme/logo")
    assert (answer.headers["Content-Type"], await answer.read()) == ("image/png", b"\x89PNG")


# Private pages


async def test_a_private_page_is_read_by_its_link_and_kept_by_nobody(reader: ClientSession) -> None:
    for path in ("", "/style.css", "/history/", "/incidents/cards"):
        answer = await reader.get(f"/shared/{KEY}{path}")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store"), path
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not {"ETag", "Access-Control-Allow-Origin", "Set-Cookie"} & answer.headers.keys()
    leading_there = await reader.get(f"/shared/{KEY}/", allow_redirects=False)
    assert (leading_there.status, leading_there.headers["Cache-Control"]) == (308, "private, no-store")


async def test_a_private_page_is_read_by_signing_in(reader: ClientSession) -> None:
    for path in ("", "/style.css", "/history/"):
        answer = await reader.get(f"/private/partners{path}", headers=signing_in("partners", KEY))
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store"), path


@pytest.mark.parametrize(("language", "said"), LANGUAGES)
async def test_who_is_not_signed_in_is_asked_to_alike_for_whatever_page(
    reader: ClientSession, language: dict[str, str], said: str
) -> None:
    answers = [
        await reader.get(f"/private/{page}{path}", headers=headers | language)
        for page, headers in [
            ("partners", {}),
            ("partners", signing_in("partners", "wrong")),
            ("partners", signing_in("acme", KEY)),
            ("partners", signing_in("", "")),
            ("partners", signing_in("partners", "x" * 5000)),
            ("acme", {}),
            ("acme", signing_in("acme", KEY)),
            ("acme", signing_in("partners", KEY)),
            ("none", signing_in("none", KEY)),
            ("%ED%A0%80", signing_in("partners", KEY)),
            ("none", {}),
            ("pärtners", signing_in("partners", KEY)),
        ]
        for path in ("", "/style.css", "/nothing")
    ]
    assert {answer.status for answer in answers} == {401}
    assert answers[0].headers["WWW-Authenticate"] == 'Basic realm="Status page", charset="UTF-8"'
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert len({(await answer.read(), tuple(told(answer).items())) for answer in answers}) == 1
    assert said in await answers[0].text()


@pytest.mark.parametrize("authorization", ["Basic", "Basic !!!", "Bearer x", "Basic bm9jb2xvbg==", "Basic /w=="])
async def test_a_sign_in_that_is_none_is_answered_like_any_wrong_one(reader: ClientSession, authorization: str) -> None:
    assert (await reader.get("/private/partners", headers={"Authorization": authorization})).status == 401


@pytest.mark.parametrize(("language", "said"), LANGUAGES)
async def test_a_private_page_is_found_by_nobody_without_its_key(
    reader: ClientSession, language: dict[str, str], said: str
) -> None:
    answers = [
        await reader.get(address + path, headers=language)
        for address in (
            *("/status/partners", "/status/none", "/status/%FF", "/status/%ED%A0%80"),
            *("/shared/wrong", "/shared/partners", "/shared/" + "x" * 999, "/shared/%FF", "/shared/%00"),
        )
        for path in ("", "/", "/style.css", "/incidents/cards", "/nothing")
    ]
    answers.append(await reader.get("/", headers=language))
    assert {answer.status for answer in answers} == {404}
    assert len({(await answer.read(), tuple(told(answer).items())) for answer in answers}) == 1
    assert said in await answers[0].text() and answers[0].headers["Vary"] == "Accept-Language"


async def test_a_key_that_is_taken_back_opens_nothing_any_more(
    shelf: Shelf, reader: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.status.keys.BELIEVED", 0.0)
    assert (await reader.get(f"/shared/{KEY}")).status == 200
    shelf.keys = {}
    assert (await reader.get(f"/shared/{KEY}")).status == 404


async def test_a_key_is_not_asked_for_again_for_some_seconds(shelf: Shelf, reader: ClientSession) -> None:
    before = shelf.reads
    for _ in range(10):
        assert (await reader.get(f"/shared/{KEY}")).status == 200
    assert shelf.reads == before + 1


async def test_while_the_database_is_gone_keys_that_were_right_open_what_they_did(
    shelf: Shelf, reader: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.status.keys.BELIEVED", 0.0)
    assert (await reader.get(f"/shared/{KEY}")).status == 200
    shelf.broken = True
    assert (await reader.get(f"/shared/{KEY}")).status == 200
    assert (await reader.get("/private/partners", headers=signing_in("partners", KEY))).status == 200
    assert (await reader.get("/shared/other")).status == 503
    assert (await reader.get("/private/none", headers=signing_in("none", "other"))).status == 503


async def test_links_hold_below_whatever_path_a_proxy_serves_the_site(site: Served) -> None:
    async with ClientSession() as reader:
        for path in ("", "/history/2026-11", "/incidents/outage"):
            text = await (await reader.get(f"{site.url}/status/acme{path}")).text()
            assert site.url not in text
            assert 'href="/' not in text
            for link in re.findall(r'href="([^"#:]+)"', text):
                assert link.startswith(("acme", ".."))


async def test_a_private_page_leads_nowhere_that_is_not_there(site: Served, reader: ClientSession) -> None:
    """Its readers are not asked to subscribe, since its updates are not mailed."""
    address = yarl.URL(f"{site.url}/shared/{KEY}")
    body = await (await reader.get(address.path)).text()
    assert "Subscribe" not in body and "Subscribe" in await (await reader.get("/status/acme")).text()
    for link in {link for link in re.findall(r'href="([^"#]+)"', body) if "://" not in link}:
        assert (await reader.get(address.join(yarl.URL(link)).path)).status == 200, link
