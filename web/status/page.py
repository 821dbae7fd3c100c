"""The page that people read, its history, the page of each event, and how they look. No script runs on any of them."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from incidents.public.language import Language, language
from incidents.public.page import Event, PageService
from incidents.public.uptime import DAYS, uptimes
from incidents.public.words import Impact
from web.status import past
from web.status.bars import Bars
from web.status.colours import accent
from web.status.drawing import SVG, draw
from web.status.overall import overall_sentence
from web.status.surface import Reading, Rendered

OPENLY = 3
"""How many updates of an open event are shown at once; those before them are behind a press."""
DAYS_ON_PHONES = 30
"""How many bars a phone has room for; `style.css` shows the newest."""


@dataclass(frozen=True)
class Look:
    """What the templates ask of a page."""

    reading: Reading
    root: str
    """The page's address as seen from the one that is drawn, so that links hold behind any proxy."""

    @property
    def language(self) -> Language:
        return language(self.reading.snapshot.page.language)

    @property
    def overall(self) -> Impact:
        return self.reading.snapshot.overall(self.reading.now)

    @property
    def sentence(self) -> str:
        return overall_sentence(self.reading.snapshot, self.language, self.reading.now)

    @property
    def style_digest(self) -> str:
        """Goes into the style sheet's address, so that a page never meets another version's."""
        return hashlib.sha256(style_sheet(self.reading.snapshot.page.colour)).hexdigest()[:12]

    @property
    def home(self) -> str:
        """The page itself, as seen from the one that is drawn."""
        name = self.reading.address.rpartition("/")[2]
        return name if self.root == name else f"{self.root}/../{name}"

    def worst_now(self, event: Event) -> Impact:
        """What an open event does to the service that it does most to; what is over did its worst."""
        if not event.is_open:
            return event.worst
        return max(event.latest.impacts.values(), key=lambda impact: impact.rank, default=Impact.OPERATIONAL)

    def impact_of(self, service: PageService) -> Impact:
        return self.reading.snapshot.impact_of(service.id, self.reading.now)

    @cached_property
    def bars(self) -> Mapping[str, Bars]:
        """The last `DAYS` days of each service, by its id."""
        snapshot, now = self.reading.snapshot, self.reading.now
        every = uptimes(snapshot, now)
        return {id: Bars(uptime, self.language, snapshot.impact_of(id, now)) for id, uptime in every.items()}

    def affected(self, event: Event) -> list[tuple[PageService, Impact]]:
        """What an open event does to services by its latest update, planned or not, in the page's order."""
        impacts = event.latest.impacts
        return [
            (service, impacts[service.id])
            for service in self.reading.snapshot.page.services
            if impacts.get(service.id, Impact.OPERATIONAL).rank
        ]

    def ever_affected(self, event: Event) -> list[PageService]:
        """The services that it was ever about, in the page's order."""
        about = {id for update in event.updates for id, impact in update.impacts.items() if impact.rank}
        return [service for service in self.reading.snapshot.page.services if service.id in about]


def now(reading: Reading) -> Rendered:
    """How things stand, what is planned, and what was of late."""
    return drawn(
        "now.html", reading, reading.address.rpartition("/")[2], days_shown=DAYS, days_on_phones=DAYS_ON_PHONES
    )


def history(month: date, reading: Reading) -> Rendered:
    """What was in the month that begins with ``month``, which is one of `past.months`."""
    months = past.months(reading.snapshot, reading.now)
    place = months.index(month)
    return drawn(
        "history.html",
        reading,
        "..",
        month=month,
        days=past.of_month(reading.snapshot, month, reading.now),
        newer=months[place - 1] if place else None,
        older=months[place + 1] if place + 1 < len(months) else None,
    )


def event(event: Event, reading: Reading) -> Rendered:
    """All that was said of one event."""
    return drawn("event.html", reading, "..", event=event)


def form(reading: Reading, address: str, chosen: Collection[str], fault: str) -> Rendered:
    """Where somebody subscribes, with what they filled in and what is wrong with it."""
    return drawn("subscribe.html", reading, _from_desk(reading), address=address, chosen=chosen, fault=fault)


def services_form(reading: Reading, address: str, chosen: Collection[str]) -> Rendered:
    """Where a reader says which services they want to hear of."""
    return drawn("services.html", reading, _from_desk(reading), address=address, chosen=chosen)


def sentences(reading: Reading, heading: str, sentence: str, press: str = "") -> Rendered:
    """An answer in a sentence, perhaps with a button that asks for it."""
    return drawn("sentences.html", reading, _from_desk(reading), heading=heading, sentence=sentence, press=press)


def _from_desk(reading: Reading) -> str:
    """The page as seen from where readers subscribe, confirm or leave, which all lie three deep."""
    return f"../../{'/'.join(reading.address.split('/')[-2:])}"


def style(reading: Reading) -> Rendered:
    """How the page looks, in its own colour."""
    return Rendered("text/css; charset=utf-8", style_sheet(reading.snapshot.page.colour))


def icon(reading: Reading) -> Rendered:
    """The sign of how things stand, for the browser's tab."""
    return draw("icon.svg", reading.snapshot.page.language, {"impact": reading.snapshot.overall(reading.now)}, SVG)


def logo(reading: Reading) -> Rendered:
    """The page's picture; only where it has one."""
    picture = reading.snapshot.page.logo
    assert picture is not None
    return Rendered(picture.media_type, picture.content)


def drawn(template: str, reading: Reading, root: str, **values: Any) -> Rendered:
    """A template with what is known of the page; ``root`` as in `Look`."""
    page = reading.snapshot.page
    look = Look(reading, root)
    return draw(
        template,
        page.language,
        {"look": look, "page": page, "snapshot": reading.snapshot, "now": reading.now, "past": past, "openly": OPENLY}
        | values,
    )


@cache
def style_sheet(colour: str) -> bytes:
    """How pages of this colour look; of an empty one, as they look by default."""
    return (accent(colour) + (files("web.status") / "style.css").read_text()).encode()
