"""What customers were told of an incident, oldest first, and the drafts that wait."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.cards.actions import UPDATE
from bot.cards.blocks import button, row, section
from bot.cards.customer_text import as_slack
from bot.cards.draft import CORRECT, SHOW, update_button
from bot.cards.message import Message
from bot.cards.text import cut, escape, slack_date
from incidents.model.incident import Incident
from incidents.model.status_update import StatusUpdate, UpdateState
from incidents.model.vocabulary import incident_name

MOST = 20
"""Updates that are shown, the latest ones; a message holds 50 blocks."""
TEXT = 600
"""Characters of each text."""

STATES = {
    UpdateState.WAITING: "waits for approval",
    UpdateState.APPROVED: "approved, for a later time",
    UpdateState.REJECTED: "rejected, to be edited",
}


def history(incident: Incident) -> Message:
    """For one person, who can open each."""
    name = incident_name(incident.number)
    write = row([button("Write an update", UPDATE, incident.number, style="primary")])
    if not incident.updates.published and not incident.updates.open:
        text = f"Customers were not told of {name} yet."
        return Message(text, [section(text), write])
    title = f"*{escape(incident.updates.title)}*: what customers were told of {name}"
    if not incident.updates.published:
        title = f"Customers were not told of {name} yet."
    told = [*_published(incident), *_open(incident)]
    return Message(title, [section(title), *told[-MOST:], write])


def _published(incident: Incident) -> Iterator[Block]:
    every = incident.updates.by_number.values()
    for update in incident.updates.published:
        corrected = any(each.corrects == update.number and each.published_at for each in every)
        when = slack_date(update.published_at, "{date_short_pretty} {time}") if update.published_at else ""
        edited = " (edited)" if corrected else ""
        said = f"{when} · *{update.text.status.word}*{edited}\n{_text(update)}"
        yield section(said, update_button("Correct", CORRECT, incident.number, update.number))


def _open(incident: Incident) -> Iterator[Block]:
    for update in incident.updates.open:
        said = f"Draft {update.number}, {STATES[update.state]} · *{update.text.status.word}*\n{_text(update)}"
        yield section(said, update_button("Open", SHOW, incident.number, update.number))


def _text(update: StatusUpdate) -> str:
    return cut(as_slack(update.text.body), TEXT)
