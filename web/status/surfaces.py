"""Every face of a page, by its path below the page's address."""

from datetime import date, datetime
from functools import partial

from web.status import page, past
from web.status.badge import badge, banner
from web.status.feeds import FEEDS
from web.status.maintenance_calendar import maintenance_calendar
from web.status.statuspage_api import STATUSPAGE_API
from web.status.surface import Reading, Surface

SURFACES: dict[str, Surface] = {
    "": page.now,
    "style.css": page.style,
    "icon.svg": page.icon,
    "badge.svg": badge,
    "banner": banner,
    "maintenance.ics": maintenance_calendar,
    **FEEDS,
    **STATUSPAGE_API,
}


def surface_at(path: str, reading: Reading) -> Surface | None:
    """What is at ``path``; None: nothing."""
    if path in SURFACES:
        return SURFACES[path]
    if path == "logo":
        return page.logo if reading.snapshot.page.logo else None
    folder, _, name = path.partition("/")
    if folder == "incidents":
        return _event(name, reading)
    return _history(name, reading) if folder == "history" and "/" in path else None


def _event(id: str, reading: Reading) -> Surface | None:
    found = next((event for event in reading.snapshot.events if event.id == id), None)
    return partial(page.event, found) if found else None


def _history(name: str, reading: Reading) -> Surface | None:
    months = past.months(reading.snapshot, reading.now)
    month = _month(name) if name else months[0]
    return partial(page.history, month) if month in months else None


def _month(name: str) -> date | None:
    try:
        return datetime.strptime(name, "%Y-%m").date() if len(name) == 7 else None  # noqa: DTZ007
    except ValueError:
        return None
