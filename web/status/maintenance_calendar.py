"""Planned maintenance as a calendar that people subscribe to: https://www.rfc-editor.org/rfc/rfc5545"""

from datetime import timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from incidents.public.page import Event, Window
from web.status.markdown import to_text
from web.status.surface import Reading, Rendered

REFRESH = timedelta(hours=1)
"""How often calendar programs are asked to look: https://www.rfc-editor.org/rfc/rfc7986#section-5.7"""


def maintenance_calendar(reading: Reading) -> Rendered:
    """All maintenance that was ever planned; what was called off before it began is marked as cancelled."""
    page = reading.snapshot.page
    calendar = Calendar.new(
        name=page.name, prodid="-//Tocsin//Status page//EN", url=reading.address, refresh_interval=REFRESH
    )
    for event in reading.snapshot.events:
        if event.window is not None:
            calendar.add_component(_entry(reading, event, event.window))
    return Rendered("text/calendar; charset=utf-8", calendar.to_ical())


def _entry(reading: Reading, event: Event, window: Window) -> Entry:
    entry = Entry.new(
        uid=f"{event.id}@{reading.snapshot.page.id}",
        stamp=event.changed_at,
        last_modified=event.changed_at,
        start=window.begins_at,
        end=window.ends_at,
        summary=event.title,
        description=to_text(event.latest.body),
        url=reading.address_of(event),
        sequence=len(event.updates) - 1 + sum(1 for update in event.updates if update.edited_at),
    )
    called_off = event.resolved_at is not None and event.resolved_at <= window.begins_at
    entry.add("STATUS", "CANCELLED" if called_off else "CONFIRMED")
    entry.add("TRANSP", "TRANSPARENT")
    return entry
