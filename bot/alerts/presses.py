"""What people press on alerts and storms: accept, resolve, escalate, declare, link and unlink.

The message itself then says who did what, so that people are answered only where it does not.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

from bot import payloads
from bot.alerts.views import referring
from bot.asked import Asked
from bot.cards import alert as card
from bot.cards.alert import alert_button, belongs
from bot.cards.answers import done
from bot.cards.blocks import row, section
from bot.cards.message import Message
from bot.cards.storm import ACCEPT_ALL
from bot.cards.text import WritePerson, count, cut, escape
from bot.forms.declare import declare_form, from_alert
from bot.forms.form import Carried
from bot.forms.link_alert import chosen_incident, link_form
from incidents.actions.alert_response import (
    accept_alert,
    accept_storm,
    escalate_alert,
    incident_with_alert,
    link_alert,
    resolve_alert,
    unlink_alert,
)
from incidents.model.alert import Alert
from incidents.model.refusals import AlertTaken, NoSuchAlert, Refusal

PRESSED = re.compile(r"(alert|storm)\.([a-z_]+):([0-9]{1,9})")
"""The action ids of what is pressed on alerts and storms: the verb, and the number of which."""


class NothingChosen(Refusal):
    """The form names no incident."""

    def __init__(self) -> None:
        super().__init__("Choose the incident that this alert belongs to.")


async def carry_out_press(asked: Asked) -> None:
    """Carry out what ``asked.action`` stands for. Raises Refusal, SlackRefused, SlackUnavailable."""
    said = PRESSED.fullmatch(str(asked.action.get("action_id")))
    if said is None:
        return
    await asked.bot.people.must_be_member(asked.by.id)
    number = int(said[3])
    if said[1] == "storm":
        if said[2] == ACCEPT_ALL:
            await _accept_all(asked, number)
        return
    verb = _chosen(asked) if said[2] == card.MORE else said[2]
    carry_out = VERBS.get(verb)
    if carry_out is not None:
        await carry_out(asked, number)


async def _accept(asked: Asked, number: int) -> None:
    try:
        await accept_alert(asked.bot.core, number, asked.by)
    except AlertTaken as taken:
        taker = taken.by
        await _say(asked, lambda write: f"{write(taker)} accepted this alert before you. It is theirs.")


async def _accept_all(asked: Asked, storm: int) -> None:
    many = await accept_storm(asked.bot.core, storm, asked.by)
    if many:
        await asked.answer(done(f"You accepted {count(many, 'alert')}."))
        return
    found = await asked.bot.core.storage.read.alerts.storm(storm)
    taker = found.accepted_by if found is not None else None
    if taker is None or taker == asked.by:
        await asked.answer(done("All of them are accepted or resolved already."))
    else:
        await _say(asked, lambda write: f"{write(taker)} accepted these alerts before you. They are theirs.")


async def _resolve(asked: Asked, number: int) -> None:
    """A button asks first by itself, the choice of a menu cannot."""
    if asked.action.get("type") == "overflow":
        await asked.answer(_sure(await _alert(asked, number)))
        return
    alert = await resolve_alert(asked.bot.core, number, asked.by)
    if asked.in_own_answer:
        await asked.turn_to(done(f"Resolved: {_title(alert)}"))


async def _escalate(asked: Asked, number: int) -> None:
    await escalate_alert(asked.bot.core, number, asked.by)
    await asked.answer(done("Escalated: the next step is called now."))


async def _declare(asked: Asked, number: int) -> None:
    alert = await _alert(asked, number)
    if not await _shown_incident(asked, alert):
        await asked.show(declare_form(*from_alert(alert, asked.response_url)))


async def _link(asked: Asked, number: int) -> None:
    alert = await _alert(asked, number)
    if not await _shown_incident(asked, alert):
        await asked.show(link_form(alert, Carried(alert=number, response_url=asked.response_url)))


async def _unlink(asked: Asked, number: int) -> None:
    incident = await unlink_alert(asked.bot.core, number, asked.by)
    if asked.action.get("type") == "overflow":
        await asked.answer(done(f"Unlinked from INC-{incident.number}. Whoever came with it stays there."))


VERBS: Mapping[str, Callable[[Asked, int], Awaitable[None]]] = {
    card.ACCEPT: _accept,
    card.RESOLVE: _resolve,
    card.ESCALATE: _escalate,
    card.DECLARE: _declare,
    card.LINK: _link,
    card.UNLINK: _unlink,
}


async def link_chosen(asked: Asked, view: payloads.View) -> None:
    """Link the alert to the incident that was chosen in the form. Raises Refusal."""
    await asked.bot.people.must_be_member(asked.by.id)
    alert, incident = Carried.read(view).alert, chosen_incident(view)
    if alert is None or incident is None:
        raise NothingChosen
    await link_alert(asked.bot.core, alert, incident, asked.by)


async def _shown_incident(asked: Asked, alert: Alert) -> bool:
    """Whether the alert belongs to an incident already, which is shown then. Raises AlertInPrivate."""
    if alert.incident is None:
        return False
    incident = await incident_with_alert(asked.bot.core, alert.incident, asked.by)
    await asked.answer(done(f"{belongs(incident)}."))
    return True


async def _alert(asked: Asked, number: int) -> Alert:
    alert = await asked.bot.core.storage.read.alerts.alert(number)
    if alert is None:
        raise NoSuchAlert
    return alert


async def _say(asked: Asked, sentence: Callable[[WritePerson], str]) -> None:
    """Tell this person alone; people and tools in it are written so that they are recognised."""
    await asked.answer(await referring(asked.bot, lambda write: done(sentence(write))))


def _sure(alert: Alert) -> Message:
    ask = f"Resolve *{_title(alert)}*? {card.SURE}"
    return Message(ask, [section(ask), row([alert_button(card.RESOLVE, alert.number, style="danger")])])


def _title(alert: Alert) -> str:
    return cut(escape(" ".join(alert.title.split())), card.TITLE)


def _chosen(asked: Asked) -> str:
    return str((asked.action.get("selected_option") or {}).get("value"))
