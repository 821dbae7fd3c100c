"""The incident card: the first, pinned message of the channel, which always says where things stand.

Nothing in it goes stale: it is drawn again at each change, and in between its times are moments, not spans.
"""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards import actions
from bot.cards.blocks import button, context, more_menu, row, section
from bot.cards.choices import chosen_block, resolve_button, severity_menu, status_menu
from bot.cards.facts import NOTHING_ELSE, Background, facts, standing
from bot.cards.message import Message
from bot.cards.rows import headline
from bot.cards.signs import incident_sign
from bot.cards.text import WritePerson, by_name, cut, duration, escape, mention, prose
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.vocabulary import PublicStatus, incident_name

MORE = [
    (actions.TITLE, "Change the title"),
    (actions.SERVICES, "Change the affected services"),
    (actions.TIMELINE, "Show the timeline"),
    (actions.LEAVE, "Leave the incident"),
    (actions.DETACH, "Detach this channel"),
]


def incident_card(
    incident: Incident,
    now: datetime,
    name_of: Callable[[Person], str] | None = None,
    background: Background = NOTHING_ELSE,
) -> Message:
    """The card of an open incident, or the quiet one of a resolved incident.

    People are references: these look best, and an edited message notifies nobody. A card that is newly posted would,
    so give it ``name_of``: nobody is called for what they did themselves.
    """
    write = by_name(name_of) if name_of else mention
    draw = _open if incident.is_open else _over
    return Message(_spoken(incident, now), draw(incident, now, write, background))


def _open(incident: Incident, now: datetime, write: WritePerson, background: Background) -> list[Block]:
    number = incident.number
    presses = [
        button("Join", actions.JOIN, number),
        button("Page", actions.PAGE, number),
        button("Status update", actions.UPDATE, number),
    ]
    summary = [button("Edit summary", actions.SUMMARY, number)] if incident.summary else []
    return [
        *headline(incident),
        context(standing(incident, write, now)),
        _summary(incident),
        _people(incident, write, background),
        row([status_menu(incident), severity_menu(incident)], chosen_block("card", incident)),
        row([*presses, *summary, resolve_button(incident), more_menu(number, MORE)]),
    ]


def _over(incident: Incident, now: datetime, write: WritePerson, background: Background) -> list[Block]:
    number = incident.number
    said = [section(prose(incident.summary))] if incident.summary else []
    return [
        *headline(incident),
        context(standing(incident, write, now)),
        *said,
        section(facts(incident, write, background)),
        row([*_last_word(incident), *_after(number)]),
    ]


def _last_word(incident: Incident) -> list[ButtonElement]:
    """Customers who were told that something is wrong are told that it is over."""
    latest = incident.updates.latest
    if latest is None or latest.text.status is PublicStatus.RESOLVED:
        return []
    over = PublicStatus.RESOLVED.value
    return [button("Final status update", actions.UPDATE, incident.number, over, style="primary")]


def _after(number: int) -> list[ButtonElement]:
    return [button("Reopen", actions.REOPEN, number), button("Timeline", actions.TIMELINE, number)]


def _summary(incident: Incident) -> Block:
    if incident.summary:
        return section(prose(incident.summary))
    return section("No summary yet.", button("Add one", actions.SUMMARY, incident.number))


def _people(incident: Incident, write: WritePerson, background: Background) -> Block:
    take = None if incident.commander else button("Take command", actions.LEAD, incident.number)
    return section(facts(incident, write, background), take)


def _spoken(incident: Incident, now: datetime) -> str:
    name, title = incident_name(incident.number), cut(escape(incident.title), 500)
    if not incident.is_open:
        return f"✅ {name} {title}: resolved after {duration(incident.duration(now))}"
    return f"{incident_sign(incident)} {name} {title}: {incident.status.word}"
