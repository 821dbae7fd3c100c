"""Reminders that customers, or a draft, have waited long."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.actions import UPDATE
from bot.cards.blocks import button, row, section
from bot.cards.draft import SHOW, SNOOZE, update_button
from bot.cards.message import Message
from bot.cards.text import duration, joined, listing, mention, slack_date
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.status_update import StatusUpdate

CALLED = 3
"""Of the responders that many are called where nobody leads."""
SNOOZES = 30
"""Minutes for which a reminder is put off."""


def update_is_due(incident: Incident, since: datetime, now: datetime) -> Message:
    """For whoever leads: customers wait since ``since``, perhaps for what they were promised."""
    wanted = [incident.commander] if incident.commander else incident.joined[:CALLED]
    who = f"{joined([mention(person) for person in wanted])}: " if wanted else ""
    waited = duration(now - since)
    latest = incident.updates.latest
    told = (
        f"customers were told {waited} ago, {latest.text.status.word}"
        if latest is not None
        else f"customers are affected for {waited} and were told nothing"
    )
    promised = latest.text.next_at if latest is not None else None
    due = f"The next update is promised by {slack_date(promised, '{time}')}" if promised else "An update is due"
    text = f"⏰ {who}{told}. {due}."
    snooze = update_button(f"Snooze {SNOOZES} min", SNOOZE, incident.number, 0)
    return Message(
        text, [section(text), row([button("Write an update", UPDATE, incident.number, style="primary"), snooze])]
    )


def draft_waits(incident: Incident, update: StatusUpdate, who_can: Sequence[Person], now: datetime) -> Message:
    """For those who can approve it."""
    who = f"{listing([mention(person) for person in who_can], 300)}: " if who_can else ""
    long = "again, held back at its time" if update.held_back_at else f"for {duration(now - update.written_at)}"
    text = f"⏰ {who}status update {update.number} waits for approval {long}."
    return Message(text, [section(text, update_button("Open", SHOW, incident.number, update.number))])
