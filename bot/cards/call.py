"""The direct message that calls somebody, and what it becomes: answered, declined, not needed any more.

Its buttons are ``call.<verb>:<call>``; they are no words of `/incident`. The first line is what a phone shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards.actions import LEAD
from bot.cards.alert import DECLARE, alert_button
from bot.cards.blocks import BUTTON_LIMIT, button, context, plain, row, section
from bot.cards.message import Message
from bot.cards.text import cut, escape, mention, slack_date
from incidents.model.escalation import Answer, Call, Escalation, EscalationState
from incidents.model.identity import Person
from incidents.model.incident import Incident

JOIN = "join"
DECLINE = "decline"

TEXT = 600
"""Characters of why somebody pages."""


@dataclass(frozen=True)
class CallView:
    """A call with all that its message tells (markup)."""

    call: Call
    escalation: Escalation
    what: str
    """What it is about: ``SEV1 INC-12 Checkout fails``."""
    facts: Sequence[str]
    """What one needs to know to decide, a few words each."""
    pager: Person | None
    """Who pages; None where that is a monitoring tool."""
    over: bool
    """Whether nobody is needed for it any more."""
    next: str = ""
    """Whom the next step calls."""
    incident: Incident | None = None
    offers_command: bool = False
    """Whether this person, who has joined, is asked to lead."""
    alert: int | None = None
    """The alert's number, where an alert alone is what it is about."""
    where: str = ""
    """The link to where people work on it."""
    latest: Sequence[str] = ()
    """The latest things that happened, oldest first; for who has joined."""


def call_message(view: CallView) -> Message:
    """The message as the call stands."""
    match view.call.answer:
        case Answer.WAITING:
            return _calling(view)
        case Answer.JOINED:
            return _joined(view)
        case Answer.DECLINED:
            return _ended(view, f"You can't join{_at(view.call.answered_at)}.", change_of_mind=True)
        case Answer.NOT_NEEDED:
            return _ended(view, _why_ended(view.escalation), change_of_mind=_unanswered(view.escalation))


def call_action(verb: str, call: int) -> str:
    """The action id of a press that means ``verb`` for ``call``."""
    return f"call.{verb}:{call}"


def _calling(view: CallView) -> Message:
    title = f"🚨 *You are paged:* {view.what}"
    message = cut(escape(view.escalation.page.message), TEXT)
    who = mention(view.pager) if view.pager else ""
    why = ": ".join(part for part in (who, f"“{message}”" if message else "") if part)
    said = f"{who} pages you." if who and not message else why
    name = escape(view.escalation.page.name)
    facts = [*view.facts, *([f"by {name}"] if name else [])]
    after = [context(f"Next: {view.next}")] if view.next else []
    blocks = [
        section(title),
        *([section(said)] if said else []),
        context(" · ".join(facts)),
        row(_answers(view)),
        *after,
    ]
    return Message(". ".join(part for part in (title, said, " · ".join(facts)) if part), blocks)


def _joined(view: CallView) -> Message:
    if view.incident is None:
        title = f"You accepted: {view.what}{view.where}"
        declare = [row([alert_button(DECLARE, view.alert)])] if view.alert is not None and not view.over else []
        return Message(title, [section(title), context(" · ".join(view.facts)), *declare])
    title = f"You joined.{view.where} {view.what}"
    latest = "\n".join(view.latest)
    blocks: list[Block] = [section(title), context(" · ".join(view.facts))]
    if latest:
        blocks.append(section(f"*Where things stand*\n{latest}"))
    if view.offers_command:
        ask = "Nobody leads it yet."
        blocks.append(section(ask, button("Take command", LEAD, view.incident.number)))
    return Message(f"{title}. {latest}", blocks)


def _ended(view: CallView, how: str, change_of_mind: bool) -> Message:
    """Nothing is asked any more; where nobody came, or this person could not, they still may."""
    title = f"{how} {view.what}"
    blocks: list[Block] = [section(title)]
    if change_of_mind and not view.over:
        word = "Accept after all" if view.incident is None else "Join after all"
        blocks.append(row([_button(word, JOIN, view.call.id)]))
    return Message(title, blocks)


def _why_ended(escalation: Escalation) -> str:
    at = _at(escalation.ended_at)
    match escalation.state:
        case EscalationState.ANSWERED if escalation.ended_by is not None:
            return f"Answered by {mention(escalation.ended_by)}{at}. Nothing is needed from you."
        case EscalationState.CANCELLED:
            return f"It is over{at}. Nothing is needed from you."
    return f"Nobody answered in time{at}."


def _unanswered(escalation: Escalation) -> bool:
    return escalation.state in (EscalationState.EXHAUSTED, EscalationState.DECLINED)


def _answers(view: CallView) -> list[ButtonElement]:
    incident = view.incident is not None
    buttons = [
        _button("Join" if incident else "Accept", JOIN, view.call.id, style="primary"),
        _button("Can't join" if incident else "Can't take it", DECLINE, view.call.id),
    ]
    return [*buttons, *([alert_button(DECLARE, view.alert)] if view.alert is not None else [])]


def _button(text: str, verb: str, call: int, style: str | None = None) -> ButtonElement:
    return ButtonElement(text=plain(text, BUTTON_LIMIT), action_id=call_action(verb, call), style=style)


def _at(moment: datetime | None) -> str:
    return f" at {slack_date(moment, '{time}')}" if moment else ""
