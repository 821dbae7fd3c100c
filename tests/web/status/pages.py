"""Status pages made by hand, and a reader of them in memory: what tests render, publish and break."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from incidents.public.page import Event, Page, PageService, PublicUpdate, ServiceGroup, Snapshot, Window
from incidents.public.words import Impact, PublicStatus
from web.server import serving, take_address
from web.status.site import StatusSite, status_routes

NOW = datetime(2026, 11, 23, 20, 18, 30, tzinfo=UTC)

CHECKOUT = PageService("c1", "Checkout")
SEARCH = PageService("s1", "Search")
WALLET = PageService("w1", "Wallet")
API = PageService("a1", "API")
DASHBOARD = PageService("d1", "Dashboard")

STATUS = Page(
    id="acme",
    name="Acme Status",
    groups=(
        ServiceGroup("Shop", (CHECKOUT, SEARCH, WALLET)),
        ServiceGroup("For developers", (API, DASHBOARD)),
    ),
    since=date(2026, 8, 1),
)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def update(
    id: str,
    status: PublicStatus,
    body: str,
    at: datetime,
    impacts: Mapping[PageService, Impact] | None = None,
    **more: datetime,
) -> PublicUpdate:
    return PublicUpdate(
        id, status, body, {service.id: impact for service, impact in (impacts or {}).items()}, at, **more
    )


CARDS = Event(
    "cards",
    "Problems with card payments",
    (
        update(
            "u1",
            PublicStatus.INVESTIGATING,
            "Some card payments are failing. **Wallet payments work.** We are looking into it.",
            ago(minutes=52),
            {CHECKOUT: Impact.MAJOR_OUTAGE, API: Impact.DEGRADED},
        ),
        update(
            "u2",
            PublicStatus.IDENTIFIED,
            "We found the cause: a change from 19:05 UTC, which we are undoing.\n\n"
            "- Payments by card may fail; try again, or pay by wallet.\n- No payment is taken twice.",
            ago(minutes=21),
            {CHECKOUT: Impact.PARTIAL_OUTAGE, API: Impact.DEGRADED},
            edited_at=ago(minutes=18),
            next_at=NOW + timedelta(minutes=10),
        ),
    ),
)
UPGRADE = Event(
    "upgrade",
    "Database upgrade",
    (
        update(
            "u3",
            PublicStatus.IDENTIFIED,
            "The dashboard can be read, but not changed, for about an hour.",
            ago(days=2),
            {DASHBOARD: Impact.UNDER_MAINTENANCE},
        ),
    ),
    Window(NOW + timedelta(days=2, minutes=-18), NOW + timedelta(days=2, minutes=62)),
)
SLOW_SEARCH = Event(
    "slow",
    "Slow search",
    (
        update("u4", PublicStatus.INVESTIGATING, "Search is slow.", ago(days=3, hours=5), {SEARCH: Impact.DEGRADED}),
        update("u5", PublicStatus.RESOLVED, "Search is as quick as ever again.", ago(days=3, hours=3, minutes=14)),
    ),
)
OUTAGE = Event(
    "outage",
    "Shop not reachable",
    (
        update(
            "u6",
            PublicStatus.IDENTIFIED,
            "The shop cannot be reached from Europe.",
            ago(days=9, hours=7),
            {CHECKOUT: Impact.MAJOR_OUTAGE, SEARCH: Impact.MAJOR_OUTAGE, WALLET: Impact.PARTIAL_OUTAGE},
        ),
        update(
            "u7",
            PublicStatus.RESOLVED,
            "Everything works again. What happened, and what we change because of it, is told in our "
            "[report](https://acme.example/reports/42).",
            ago(days=9, hours=6, minutes=19),
        ),
    ),
)
LONG_AGO = Event(
    "long-ago",
    "Wallet top-ups delayed",
    (
        update("u8", PublicStatus.MONITORING, "Top-ups arrive late.", ago(days=41), {WALLET: Impact.PARTIAL_OUTAGE}),
        update("u9", PublicStatus.RESOLVED, "Top-ups arrive at once again.", ago(days=40, hours=22)),
    ),
)
BUSY = Snapshot(STATUS, (LONG_AGO, OUTAGE, SLOW_SEARCH, UPGRADE, CARDS))
CALM = Snapshot(STATUS, (LONG_AGO, OUTAGE, SLOW_SEARCH))


@dataclass
class Shelf:
    """A `PublicReader` in memory, whose reads can be made to fail, and are counted."""

    pages: Sequence[Snapshot]
    keys: Mapping[str, str] = field(default_factory=dict)
    """The id of the private page that each key opens."""
    number: int = 1
    broken: bool = False
    reads: int = 0

    def put(self, *pages: Snapshot) -> None:
        self.pages = pages
        self.number += 1

    async def version(self) -> int:
        self._check()
        return self.number

    async def snapshots(self) -> Sequence[Snapshot]:
        self._check()
        self.reads += 1
        return self.pages

    async def page_of_key(self, digest: str, at: datetime) -> str | None:
        self._check()
        self.reads += 1
        return {hashlib.sha256(key.encode()).hexdigest(): page for key, page in self.keys.items()}.get(digest)

    def _check(self) -> None:
        if self.broken:
            raise OSError("the database is gone")


@dataclass
class Served:
    """A site that is served at ``url``."""

    url: str
    site: StatusSite


@asynccontextmanager
async def served(shelf: Shelf) -> AsyncIterator[Served]:
    """The pages of ``shelf`` at a loopback address, at the time `NOW`."""
    address = take_address("127.0.0.1", 0)
    url = f"http://127.0.0.1:{address.getsockname()[1]}"
    site = StatusSite(shelf, url, lambda: NOW)
    async with site.kept_fresh(), serving(address, status_routes(site)):
        yield Served(url, site)
