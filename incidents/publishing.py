"""The one place where what is internal becomes public: an approved text, and the pages that the organisation shows.

Nothing else of an incident can pass: `publication` takes its status updates and nothing else of it.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import dropwhile

from incidents.model.organisation import Organisation
from incidents.model.publishing_rules import StatusPage
from incidents.model.status_update import StatusUpdates
from incidents.public.page import Event, Logo, Page, PageService, PublicUpdate, ServiceGroup, Snapshot, Window
from incidents.public.publication import Publication


def public_service(service: str) -> str:
    """What the public calls the service with this id: a digest, since ids are for those inside."""
    return hashlib.sha256(f"service:{service}".encode()).hexdigest()[:12]


def publication(updates: StatusUpdates, number: int) -> Publication:
    """Status update ``number``, which has just been published, as the public gets it."""
    published = updates.by_number[number]
    first = updates.by_number[published.corrects] if published.corrects is not None else published
    assert first.published_at is not None, "only what is published goes to the public"
    text = published.text
    return Publication(
        event=updates.published[0].public_id,
        title=updates.title,
        window=Window(*updates.window) if updates.window else None,
        place=updates.published.index(updates.by_number[first.number]),
        update=PublicUpdate(
            id=first.public_id,
            status=text.status,
            body=text.body,
            impacts={public_service(service): impact for service, impact in text.impacts.items()},
            published_at=first.published_at,
            edited_at=published.published_at if first is not published else None,
            next_at=text.next_at,
        ),
    )


def pages_that_show(organisation: Organisation, services: Iterable[str]) -> list[str]:
    """The ids of the status pages that show one of ``services``."""
    wanted = set(services)
    return [id for id, page in organisation.pages.items() if wanted & set(page.services)]


def snapshots_of(organisation: Organisation, since: Mapping[str, datetime], events: Sequence[Event]) -> list[Snapshot]:
    """Each status page with what was published of its services; ``since`` is when each page began."""
    return [
        snapshot_of(_page(id, page, organisation, since.get(id)), events) for id, page in organisation.pages.items()
    ]


def snapshot_of(page: Page, events: Sequence[Event]) -> Snapshot:
    """``page`` with those of ``events`` that are about its services, and nothing about any other service.

    Each is told from the first update on that is about one: whoever approved those before did so for other pages.
    """
    shown = {service.id for service in page.services}
    told = [event for event in (_event_on(event, shown) for event in events) if event is not None]
    return Snapshot(page, tuple(sorted(told, key=lambda event: event.began_at)))


def _event_on(event: Event, shown: set[str]) -> Event | None:
    updates = dropwhile(lambda update: not shown & update.impacts.keys(), event.updates)
    told = tuple(_update_on(update, shown) for update in updates)
    return replace(event, updates=told) if told else None


def _update_on(update: PublicUpdate, shown: set[str]) -> PublicUpdate:
    return replace(update, impacts={id: impact for id, impact in update.impacts.items() if id in shown})


def _page(id: str, page: StatusPage, organisation: Organisation, since: datetime | None) -> Page:
    return Page(
        id=id,
        name=page.name,
        groups=tuple(
            ServiceGroup(
                group.name,
                tuple(
                    PageService(public_service(service), organisation.services[service].name)
                    for service in group.services
                ),
            )
            for group in page.groups
        ),
        since=since.astimezone(UTC).date() if since else date.min,
        private=page.private,
        language=page.language,
        colour=page.colour,
        logo=_logo(page.logo),
    )


def _logo(address: str) -> Logo | None:
    """A ``data:`` address as the picture that it is."""
    if not address:
        return None
    head, _, content = address.partition(",")
    return Logo(head.removeprefix("data:").removesuffix(";base64"), base64.b64decode(content))
