"""An alert's message: what fires since when, who is on it, and what can be done; quiet once it is over.

Its buttons are ``alert.<verb>:<alert>``; they are no words of `/incident`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import Block, ButtonElement, ConfirmObject, Option, OverflowMenuElement

from bot.cards.blocks import BUTTON_LIMIT, confirmation, context, option, plain, row, section
from bot.cards.message import Message
from bot.cards.signs import severity_sign
from bot.cards.text import WritePerson, channel_link, count, cut, duration, escape, listing, mention, prose, slack_date
from incidents.model import facts
from incidents.model.alert import (
    Accepted,
    Alert,
    AlertEvent,
    Hurried,
    Linked,
    LogEntry,
    Remarked,
    SeverityReported,
    Unlinked,
)
from incidents.model.escalation import Answer, Escalation, EscalationState
from incidents.model.incident import Incident
from incidents.model.text import web_address
from incidents.model.vocabulary import AlertStatus, incident_name

ACCEPT = "accept"
RESOLVE = "resolve"
ESCALATE = "escalate"
DECLARE = "declare"
LINK = "link"
UNLINK = "unlink"
MORE = "more"

TITLE = 300
"""Characters of an alert's title in a message; how long it may be is up to the tool."""
DETAILS = 300
TOLD = 3
"""How many of the latest things that happened to it are told."""


@dataclass(frozen=True)
class AlertView:
    """An alert with what its message tells of it."""

    alert: Alert
    source: str
    """The name of its source."""
    can_page: bool = False
    """Whether its source has an escalation policy."""
    escalations: Sequence[Escalation] = ()
    """All about it, oldest first."""
    log: Sequence[LogEntry] = ()
    incidents: Mapping[int, Incident] = field(default_factory=dict)
    """Those that it belongs to or did, by number, as far as everybody may know of them."""

    @property
    def incident(self) -> Incident | None:
        """The one it belongs to, where everybody may know of that."""
        return self.incidents.get(self.alert.incident or 0)


def alert_message(view: AlertView, write: WritePerson = mention) -> Message:
    """The message of an alert.

    People are references: these look best, and an edited message notifies nobody. One that is newly posted would, so
    give it a ``write`` that just names them.
    """
    draw = _open if view.alert.is_open else _over
    return Message(_spoken(view, write), draw(view, write))


def alert_action(verb: str, alert: int) -> str:
    """The action id of a press that means ``verb`` for ``alert``."""
    return f"alert.{verb}:{alert}"


def _open(view: AlertView, write: WritePerson) -> list[Block]:
    alert = view.alert
    details = [section(prose_cut(alert.details, DETAILS))] if alert.details.strip() else []
    told = acts(view, write)
    return [
        section(headline(alert)),
        *details,
        context(" · ".join(standing(view)), *links(view)),
        section(on_it(view, write)),
        *([context(told)] if told else []),
        *_incident(view),
        row(_buttons(view)),
    ]


def _over(view: AlertView, write: WritePerson) -> list[Block]:
    alert = view.alert
    by = f"resolved by {write(alert.resolved_by)}" if alert.resolved_by else "resolved"
    at = slack_date(alert.resolved_at or alert.last_at)
    lasted = duration((alert.resolved_at or alert.last_at) - alert.began_at)
    facts_of_it = [escape(view.source), *_service(alert), f"was {alert.severity.name}", f"lasted {lasted}"]
    into = f"\n{belongs(view.incident)}" if view.incident else ""
    return [
        section(f"{headline(alert)}{into}"),
        context(" · ".join([*facts_of_it, *_times(alert), f"{by} {at}"]), *links(view)),
    ]


def headline(alert: Alert) -> str:
    """``🔴 SEV1 firing  Checkout fails``: how bad, how it stands, what it is."""
    title = cut(escape(" ".join(alert.title.split())), TITLE)
    if not alert.is_open:
        return f"✅ *Resolved*  {title}"
    state = "firing" if alert.status is AlertStatus.PENDING else alert.status.word.lower()
    return f"{severity_sign(alert.severity)} *{alert.severity.name} {state}*  {title}"


def standing(view: AlertView) -> list[str]:
    """Where it comes from, what it is about, since when, and how often it fired."""
    alert = view.alert
    since = slack_date(alert.began_at, "since {date_short_pretty} at {time}")
    return [escape(view.source), *_service(alert), since, *_times(alert)]


def links(view: AlertView, short: bool = False) -> list[str]:
    """Into the tool, and to what to do: those that are addresses of the web."""
    named = [("Open" if short else f"Open in {view.source}", view.alert.link), ("Runbook", view.alert.runbook)]
    return [f"<{_address(link)}|{_label(name)}>" for name, link in named if web_address(link)]


def on_it(view: AlertView, write: WritePerson) -> str:
    """Who has taken it on and when, else whom it calls."""
    calling = [calls(each, write) for each in view.escalations if each.is_active]
    taker = view.alert.accepted_by
    if taker is None:
        return nobody_yet(view.escalations, calling)
    since = [slack_date(entry.at, ", since {time}") for entry in view.log if isinstance(entry.event, Accepted)]
    return " ".join([f"*{write(taker)}* is on it{''.join(since)}.", *(f"{also} too." for also in calling)])


def nobody_yet(escalations: Sequence[Escalation], calling: Sequence[str]) -> str:
    """That nobody has taken it on, and why nobody might."""
    if calling:
        return f"*Nobody yet.* {' '.join(f'{each}.' for each in calling)}"
    ended = [each for each in escalations if each.state in (EscalationState.EXHAUSTED, EscalationState.DECLINED)]
    if ended:
        return f"⚠️ *Nobody is on it.* {_exhausted(ended[-1])} *Accept* it, or *Escalate* to call again."
    return "*Nobody yet*, and nobody is paged for it."


def calls(escalation: Escalation, write: WritePerson) -> str:
    """``Paging Payments, step 1: @dan``."""
    target = escape(escalation.page.name)
    people = listing([write(person) for person in escalation.waiting], 500, " ")
    steps = len(escalation.page.plan.steps)
    step = f", step {escalation.step} of {steps}" if escalation.step and steps > 1 else ""
    return f"Paging {target}{step}{': ' if people and target else ''}{people}"


def belongs(incident: Incident) -> str:
    """``Belongs to INC-12 Checkout fails: #inc-12-checkout-fails``."""
    where = f": {channel_link(incident.channel.channel)}" if incident.channel else ""
    return f"Belongs to *{incident_name(incident.number)}* {cut(escape(incident.title), TITLE)}{where}"


def acts(view: AlertView, write: WritePerson) -> str:
    """The latest things that happened to it, besides what is said elsewhere: who did what, when."""
    told = [(entry, _act(entry, view, write)) for entry in view.log]
    lines = [f"{said} {slack_date(entry.at, 'at {time}')}" for entry, said in told if said]
    return " · ".join(lines[-TOLD:])


def verbs(view: AlertView) -> list[Option]:
    """What can be done about it, for a menu beside it; nothing once it is over."""
    alert = view.alert
    can = {ACCEPT: alert.accepted_by is None, RESOLVE: True, ESCALATE: view.can_page}
    can |= {DECLARE: not view.incident, LINK: not view.incident, UNLINK: bool(view.incident)}
    return [option(verb, text) for verb, text in WORDS.items() if can[verb]] if alert.is_open else []


WORDS = {
    ACCEPT: "Accept",
    RESOLVE: "Resolve",
    ESCALATE: "Escalate",
    DECLARE: "Declare incident",
    LINK: "Link to incident",
    UNLINK: "Unlink",
}
"""What each verb is called, in the order in which they stand."""


SURE = "It calls nobody any more. It does not reopen: if it fires again, that is a new alert."
"""What one should know before one resolves an alert."""


def prose_cut(text: str, limit: int) -> str:
    """People's plain text on a few lines, with its links."""
    return cut(prose("\n".join(line.strip() for line in text.splitlines() if line.strip())), limit)


def alert_button(
    verb: str, alert: int, *, style: str | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    """A button that means ``verb`` for ``alert``."""
    text = plain(WORDS[verb], BUTTON_LIMIT)
    return ButtonElement(text=text, action_id=alert_action(verb, alert), style=style, confirm=confirm)


def _buttons(view: AlertView) -> list[ButtonElement]:
    styles = {ACCEPT: "primary"}
    asks = {RESOLVE: confirmation("Resolve this alert?", SURE, "Resolve")}
    wanted = [each.value for each in verbs(view) if each.value != UNLINK]
    return [alert_button(verb, view.alert.number, style=styles.get(verb), confirm=asks.get(verb)) for verb in wanted]


def _incident(view: AlertView) -> list[Block]:
    if view.incident is None:
        return []
    menu = OverflowMenuElement(
        action_id=alert_action(MORE, view.alert.number),
        options=[option(UNLINK, f"Unlink from INC-{view.incident.number}")],
    )
    return [section(belongs(view.incident), menu)]


def _act(entry: LogEntry, view: AlertView, write: WritePerson) -> str:
    """One thing that happened, without when; nothing for what is said elsewhere, or not everybody's to know."""
    who = write(entry.by)
    event: AlertEvent = entry.event
    match event:
        case Hurried():
            return f"{who} escalated"
        case Linked(incident=number) if number in view.incidents:
            declared = view.incidents[number].declared_at == entry.at
            return f"{who} {'declared' if declared else 'linked it to'} {incident_name(number)}"
        case Unlinked(incident=number) if number in view.incidents:
            return f"{who} unlinked it from {incident_name(number)}"
        case SeverityReported(old=old, new=new):
            return f"{who} {'raised' if new < old else 'lowered'} it from {old.name} to {new.name}"
        case Remarked(text=text):
            return f"{who}: {cut(escape(' '.join(text.split())), DETAILS)}"
        case facts.PageDeclined(person=person):
            return f"{write(person)} can't"
    return ""


def _exhausted(escalation: Escalation) -> str:
    name = escape(escalation.page.name) or "those who were called"
    if not escalation.calls:
        return f"{name}: nobody is on call."
    if all(call.answer is Answer.DECLINED for call in escalation.calls):
        return f"{name}: everybody who was called can't."
    return f"{name}: nobody answered."


def _service(alert: Alert) -> list[str]:
    return [cut(escape(alert.service_name), TITLE)] if alert.service_name else []


def _times(alert: Alert) -> list[str]:
    return [count(alert.times, "time")] if alert.times > 1 else []


def _address(link: str) -> str:
    """Slack's markup ends at ``>`` and ``|``: https://docs.slack.dev/messaging/formatting-message-text#linking-urls"""
    return escape(link.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C"))


def _label(name: str) -> str:
    return escape(name.replace("|", "/"))


def _spoken(view: AlertView, write: WritePerson) -> str:
    alert = view.alert
    title = f"{headline(alert)} ({', '.join([escape(view.source), *_service(alert)])})"
    return f"{title}. {on_it(view, write)}" if alert.is_open else title
