"""The panel of an incident: its facts, and every action in groups, none more than two presses away."""

import json
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, PlainTextObject, UserSelectElement

from bot.cards import actions
from bot.cards.blocks import BLOCK_ID_LIMIT, button, confirmation, context, modal, row, section
from bot.cards.choices import chosen_block, resolve_button, severity_menu, status_menu
from bot.cards.facts import NOTHING_ELSE, Background, facts, standing, subscribers
from bot.cards.message import Message
from bot.cards.rows import headline
from bot.cards.text import mention, prose, slack_user
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.vocabulary import incident_name

PANEL = "panel"
"""The callback id of the panel."""


def panel_view(
    incident: Incident,
    viewer: Person,
    now: datetime,
    background: Background = NOTHING_ELSE,
    answer: Message | None = None,
) -> dict[str, Any]:
    """The panel as ``viewer`` may use it, with the ``answer`` to what they just did on top."""
    summary = prose(incident.summary) or "No summary yet."
    answered = [*answer.blocks, DividerBlock()] if answer else []
    blocks = [
        *answered,
        *headline(incident),
        context(standing(incident, mention, now)),
        section(summary),
        section(facts(incident, mention, background)),
        DividerBlock(),
        *_now(incident),
        *_people(incident, viewer, background),
        *_outside(incident),
        *_more(incident),
    ]
    title = incident_name(incident.number)
    return modal(title, blocks, callback_id=PANEL, metadata=json.dumps({"incident": incident.number}))


def _now(incident: Incident) -> list[Block]:
    number = incident.number
    status = [status_menu(incident)] if incident.is_open else []
    texts = [
        button("Title", actions.TITLE, number),
        button("Summary", actions.SUMMARY, number),
        button("Services", actions.SERVICES, number),
        button("Note", actions.NOTE, number),
    ]
    return [
        section("*Now*"),
        row([*status, severity_menu(incident)], chosen_block("panel", incident)),
        row(texts),
    ]


def _people(incident: Incident, viewer: Person, background: Background) -> list[Block]:
    number = incident.number
    watches = Target.of(TargetKind.PERSON, viewer) in incident.subscribers
    offered = {
        actions.JOIN: ("Join", viewer not in incident.joined),
        actions.LEAVE: ("Leave", viewer in incident.responders),
        actions.LEAD: ("Take command", viewer != incident.commander),
        actions.PAGE: ("Page", incident.is_open),
        actions.SUBSCRIBE: ("Subscribe", not watches),
        actions.UNSUBSCRIBE: ("Unsubscribe", watches),
    }
    presses = [button(text, word, number) for word, (text, possible) in offered.items() if possible]
    told = f"Told of changes: {subscribers(incident, mention, background)}"
    return [
        section("*People*\nCommander", _commander(incident), _commander_block(incident)),
        section(told, _subscribe(incident), f"panel:{number}:subscribers:{len(incident.subscribers)}"),
        row(presses),
    ]


def _subscribe(incident: Incident) -> UserSelectElement:
    return UserSelectElement(
        action_id=actions.action(actions.SUBSCRIBE, incident.number, "somebody"),
        placeholder=PlainTextObject(text="Subscribe somebody"),
    )


def _commander(incident: Incident) -> UserSelectElement:
    return UserSelectElement(
        action_id=actions.action(actions.LEAD, incident.number),
        initial_user=slack_user(incident.commander) if incident.commander else None,
        placeholder=PlainTextObject(text="Choose a commander"),
    )


def _commander_block(incident: Incident) -> str:
    return f"panel:{incident.number}:{incident.commander or 'nobody'}"[:BLOCK_ID_LIMIT]


def _outside(incident: Incident) -> list[Block]:
    number = incident.number
    presses = [
        button("Status update", actions.UPDATE, number),
        button("What customers were told", actions.UPDATES, number),
    ]
    return [section("*Outside*"), row(presses)]


def _more(incident: Incident) -> list[Block]:
    number = incident.number
    detach = confirmation("Detach the channel?", "What is written there is no longer recorded.", "Detach")
    presses = [
        button("Timeline", actions.TIMELINE, number),
        button("Detach channel", actions.DETACH, number, confirm=detach)
        if incident.channel
        else button("Open a channel", actions.CHANNEL, number),
        resolve_button(incident) if incident.is_open else button("Reopen", actions.REOPEN, number),
    ]
    return [section("*More*"), row(presses)]
