"""Notices: what one person changed, in one line in the incident's channel, or nothing where nothing is different.

Slack notifies whoever a new message refers to as ``<@U1>``, whether in its text or its blocks, so those who act are
written by name only; references are for those who are wanted: the paged, and who is given command.
https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
"""

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards.actions import JOIN, PAGE, STATUS, UPDATE
from bot.cards.blocks import SECTION_LIMIT, button, section
from bot.cards.choices import resolve_button
from bot.cards.effects import alert_titles, effects
from bot.cards.message import Message
from bot.cards.page_notices import PAGING, declined, paged, unanswered, went_on
from bot.cards.text import WritePerson, by_name, cut, joined, listing, mention
from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import PUBLIC_STATUS, PublicStatus, incident_name

HISTORY: tuple[type[Fact], ...] = (facts.ChannelAttached, facts.ChannelDetached, *PAGING)
"""The kinds of entries that a notice must know all of."""

CALLED = 10
"""How many of those who are there are called to page somebody else, where nobody leads."""


def notice(
    incident: Incident, entries: Sequence[Entry], history: Sequence[Entry], name_of: Callable[[Person], str]
) -> Message | None:
    """What ``entries`` (at least one, all by one person, in order) come to; None where there is nothing to say.

    ``history`` is all of the incident's `HISTORY`. What was before the channel is on its card and told by nobody; but
    whoever is paged then is called when the channel is attached, and what remains to be done is said.
    """
    opened = max((entry.number for entry in history if isinstance(entry.fact, facts.ChannelAttached)), default=0)
    write = by_name(name_of)
    match entries:
        case [Entry(fact=facts.ChannelAttached(), number=number)]:
            return _arrival(incident, [entry for entry in history if entry.number < number], write)
        case [Entry(fact=facts.PageExhausted() as ended, number=number)]:
            return _unanswered(incident, [ended], history, write) if number > opened else None
    return _told(incident, [entry for entry in entries if entry.number > opened], history, write)


def farewell(entry: Entry, name_of: Callable[[Person], str]) -> Message:
    """In a channel that ``entry`` detached from its incident."""
    line = (
        f"{by_name(name_of)(entry.by)} detached this channel from {incident_name(entry.incident)}: "
        "what is written here is no longer recorded."
    )
    return Message(line, [section(line)])


def _told(incident: Incident, entries: Sequence[Entry], history: Sequence[Entry], write: WritePerson) -> Message | None:
    """What one person changed, and how paging went on, where it did."""
    call = _calling(incident, write)
    escalated = {entry.fact.escalation for entry in entries if isinstance(entry.fact, facts.PageEscalated)}
    begun = [e.fact for e in entries if isinstance(e.fact, facts.Paged) and e.fact.escalation not in escalated]
    sentences = [paged(begun, call), joined([*effects(incident, entries, write), *declined(entries, history, write)])]
    lines = [f"{write(entries[0].by)} {sentence}." for sentence in sentences if sentence]
    lines += went_on(entries, history, write, call)
    open_still = [alert.title for alert in incident.alerts.values() if alert.is_open]
    if open_still and any(isinstance(entry.fact, facts.Resolved) for entry in entries) and not incident.is_open:
        lines.append(f"⚠️ Still open: {alert_titles(open_still)}. Resolve it at its own message.")
    if not lines:
        return None
    line = cut("\n".join(lines), SECTION_LIMIT)
    join = button("Join", JOIN, incident.number) if begun or escalated else None
    offer = join or _draft_offered(incident, entries) or _status_offered(incident, entries)
    return Message(line, [section(line, offer)])


def _status_offered(incident: Incident, entries: Sequence[Entry]) -> ButtonElement | None:
    """What customers were told may be so for the incident too."""
    told = [entry.fact for entry in entries if isinstance(entry.fact, facts.UpdatePublished)]
    if not told or told[-1].corrects is not None or told[-1].text.begins_at or not incident.is_open:
        return None
    status = told[-1].text.status
    if status is PUBLIC_STATUS[incident.status]:
        return None
    if status is PublicStatus.RESOLVED:
        return resolve_button(incident)
    return button(f"Status: {status.word}", STATUS, incident.number, status.value)


def _draft_offered(incident: Incident, entries: Sequence[Entry]) -> ButtonElement | None:
    """Customers who were told of it may want to know that it goes on: a draft, where the status has changed."""
    changed = any(isinstance(entry.fact, facts.StatusChanged | facts.Resolved) for entry in entries)
    latest = incident.updates.latest
    wanted = PUBLIC_STATUS[incident.status]
    if not changed or latest is None or latest.text.status is wanted:
        return None
    text = "Draft the final update" if wanted is PublicStatus.RESOLVED else "Tell customers"
    return button(text, UPDATE, incident.number, wanted.value)


def _arrival(incident: Incident, before: Sequence[Entry], write: WritePerson) -> Message | None:
    """In a new channel: those paged who have not come are called, and where nobody answered, that is said."""
    if not incident.is_open:
        return None
    closed = max((entry.number for entry in before if isinstance(entry.fact, facts.ChannelDetached)), default=0)
    ended = [e.fact for e in before if isinstance(e.fact, facts.PageExhausted) and e.number > closed]
    parts = [_call(incident, before, write), _unanswered(incident, ended, before, write) if ended else None]
    said = [part for part in parts if part is not None]
    blocks: list[Block] = [block for part in said for block in part.blocks]
    return Message("\n".join(part.text for part in said), blocks) if said else None


def _call(incident: Incident, before: Sequence[Entry], write: WritePerson) -> Message | None:
    """``@ana paged <@dan> (Payments): “DB pool exhausted”.``, a line for each who was the last to page somebody."""
    calls = [(entry.by, entry.fact) for entry in before if isinstance(entry.fact, facts.Paged)]
    last_by = {fact.person: by for by, fact in calls if fact.person in incident.paged}
    wanted: dict[Person, list[facts.Paged]] = {}
    for by, fact in calls:
        if last_by.get(fact.person) == by:
            wanted.setdefault(by, []).append(fact)
    if not wanted:
        return None
    lines = [f"{write(by)} {paged(pages, mention)}." for by, pages in wanted.items()]
    line = cut("\n".join(lines), SECTION_LIMIT)
    return Message(line, [section(line, button("Join", JOIN, incident.number))])


def _unanswered(
    incident: Incident, ended: Sequence[facts.PageExhausted], history: Sequence[Entry], write: WritePerson
) -> Message | None:
    """Loud: whoever can do something about it is called."""
    if not incident.is_open:
        return None
    wanted = [incident.commander] if incident.commander else incident.joined[:CALLED]
    why = " ".join(dict.fromkeys(unanswered(each, history, write) for each in ended))
    called = f" {listing(map(mention, wanted), SECTION_LIMIT // 3, ' ')}" if wanted else ""
    line = f"🚨 *{cut(why, SECTION_LIMIT // 2)}* Page somebody else: press *Page*, or type `/incident page`.{called}"
    return Message(line, [section(line, button("Page", PAGE, incident.number, style="danger"))])


def _calling(incident: Incident, write: WritePerson) -> WritePerson:
    """Refers to people, so that they are called, but for those who are there already."""
    return lambda person: write(person) if person in incident.joined else mention(person)
