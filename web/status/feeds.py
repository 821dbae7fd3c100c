"""The page as a feed, Atom or RSS: an entry for each event, which comes up again with every update.

https://www.rfc-editor.org/rfc/rfc4287 and https://www.rssboard.org/rss-specification
"""

import re
from functools import partial

from feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed  # type: ignore[import-untyped]

from incidents.public.page import Event
from web.status.drawing import draw
from web.status.surface import Reading, Rendered, Surface

MOST = 25
"""How many events a feed holds: those that changed last."""
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""https://www.w3.org/TR/xml/#charsets"""


def _feed(path: str, kind: type[SyndicationFeed], reading: Reading) -> Rendered:
    page = reading.snapshot.page
    feed = kind(
        title=_clean(page.name),
        link=reading.address,
        description=_clean(page.name),
        language=page.language,
        feed_url=f"{reading.address}/{path}",
    )
    newest_change = sorted(reading.snapshot.events, key=lambda event: event.changed_at, reverse=True)
    for event in newest_change[:MOST]:
        link = reading.address_of(event)
        feed.add_item(
            title=_clean(event.title),
            link=link,
            unique_id=link,
            description=_clean(_told(reading, event)),
            pubdate=event.began_at,
            updateddate=event.changed_at,
        )
    return Rendered(feed.content_type, feed.writeString("utf-8").encode())


def _told(reading: Reading, event: Event) -> str:
    """All that was said of ``event`` as HTML, the newest first."""
    return draw("feed.html", reading.snapshot.page.language, {"event": event}).body.decode()


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("", text)


FEEDS: dict[str, Surface] = {
    path: partial(_feed, path, kind) for path, kind in (("feed.atom", Atom1Feed), ("feed.rss", Rss201rev2Feed))
}
