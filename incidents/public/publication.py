"""What is handed over to the public at one moment, and what about it readers must be told."""

from dataclasses import dataclass

from incidents.public.page import PublicUpdate, Window


@dataclass(frozen=True)
class Publication:
    """One update of an event, new or corrected. It goes to whatever page shows a service it is about.

    ``update.published_at`` is when it was published first; ``update.edited_at`` is set where it was corrected.
    """

    event: str
    title: str
    update: PublicUpdate
    place: int = 0
    """Which of the event's updates it is, from 0."""
    window: Window | None = None
