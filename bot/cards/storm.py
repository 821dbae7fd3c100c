"""A storm's message, one for all its alerts, and the lists of them in its thread."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import ButtonElement, OverflowMenuElement

from bot.cards.alert import MORE, AlertView, alert_action, belongs, calls, headline, links, nobody_yet, verbs
from bot.cards.blocks import BUTTON_LIMIT, SECTION_LIMIT, context, plain, row, section
from bot.cards.message import Message
from bot.cards.signs import severity_sign
from bot.cards.text import WritePerson, channel_link, count, cut, escape, listing, mention, slack_date
from incidents.model.escalation import Escalation
from incidents.model.incident import Incident
from incidents.model.storm import STORM_LIST, Storm
from incidents.model.vocabulary import AlertStatus, incident_name
from incidents.ports.alerts import Standing

ACCEPT_ALL = "accept"
LINE = 500
"""Characters of one alert in a list: twenty of them fit into a message."""


@dataclass(frozen=True)
class StormView:
    """A storm with what its message tells of it."""

    storm: Storm
    source: str
    """The name of its source."""
    standing: Counter[Standing]
    escalations: Sequence[Escalation] = ()
    incidents: Mapping[int, Incident] = field(default_factory=dict)
    """Those that its alerts belong to, as far as everybody may know of them."""

    def many(self, status: AlertStatus) -> int:
        return sum(many for each, many in self.standing.items() if each.status is status)

    @property
    def is_open(self) -> bool:
        return self.many(AlertStatus.PENDING) + self.many(AlertStatus.ACCEPTED) > 0


def storm_message(view: StormView, write: WritePerson = mention) -> Message:
    """The message of a storm; ``write`` as for an alert's message."""
    belonging = _incidents(view)
    where = [section(belonging)] if belonging else []
    if not view.is_open:
        return Message(_headline(view), [section(_headline(view)), context(_facts(view)), *where])
    on_it = _on_it(view, write)
    accept = [row([_accept_all(view)])] if view.many(AlertStatus.PENDING) else []
    blocks = [section(_headline(view)), context(_facts(view)), section(on_it), *where, *accept]
    return Message(f"{_headline(view)}. {on_it}", blocks)


def storm_list(views: Sequence[AlertView], first: int, total: int, write: WritePerson = mention) -> Message:
    """Some alerts of a storm (at most STORM_LIST), from number ``first`` of ``total``, each with what can be done."""
    assert len(views) <= STORM_LIST
    span = f"Alerts {first} to {first + len(views) - 1} of {total:,}"
    lines = [_line(view, write) for view in views]
    rows = [section(line, _menu(view)) for view, line in zip(views, lines, strict=True)]
    return Message("\n".join([span, *(headline(view.alert) for view in views)]), [context(span), *rows])


def _headline(view: StormView) -> str:
    storm = view.storm
    what = f"{count(storm.alerts, 'alert')} of {escape(view.source)}"
    if not view.is_open:
        return f"✅ *Storm over*  {what}, all resolved"
    return f"{severity_sign(storm.severity)} *{storm.severity.name} storm*  {what}"


def _facts(view: StormView) -> str:
    storm = view.storm
    since = slack_date(storm.began_at, "since {date_short_pretty} at {time}")
    states = {AlertStatus.PENDING: "firing", AlertStatus.ACCEPTED: "accepted", AlertStatus.RESOLVED: "resolved"}
    stand = [f"{view.many(status):,} {word}" for status, word in states.items() if view.many(status)]
    latest = slack_date(storm.last_at, "the latest at {time}")
    worst = f"the worst {storm.severity.name}"
    return " · ".join([*stand, worst, since, latest, "each is in the thread"])


def _on_it(view: StormView, write: WritePerson) -> str:
    calling = [calls(each, write) for each in view.escalations if each.is_active]
    taker = view.storm.accepted_by
    if taker is None:
        return nobody_yet(view.escalations, calling)
    left = view.many(AlertStatus.PENDING)
    more = f" {count(left, 'alert')} that came worse since {'has' if left == 1 else 'have'} nobody." if left else ""
    return f"*{write(taker)}* accepted them.{more}"


def _accept_all(view: StormView) -> ButtonElement:
    text = plain(f"Accept all ({view.many(AlertStatus.PENDING):,})", BUTTON_LIMIT)
    return ButtonElement(text=text, action_id=f"storm.{ACCEPT_ALL}:{view.storm.id}", style="primary")


def _incidents(view: StormView) -> str:
    belonging: Counter[int] = Counter()
    for standing, many in view.standing.items():
        if standing.incident is not None:
            belonging[standing.incident] += many
    shown = [(view.incidents[number], many) for number, many in belonging.most_common() if number in view.incidents]
    named = [_incident(incident, many) for incident, many in shown]
    return listing(named, SECTION_LIMIT, "\n")


def _incident(incident: Incident, many: int) -> str:
    where = f": {channel_link(incident.channel.channel)}" if incident.channel else ""
    title = cut(escape(incident.title), 200)
    return f"{count(many, 'alert')} in *{incident_name(incident.number)}* {title}{where}"


def _line(view: AlertView, write: WritePerson) -> str:
    """Two lines: what it is, and how it stands."""
    alert = view.alert
    service = cut(escape(alert.service_name), 100)
    times = count(alert.times, "time") if alert.times > 1 else ""
    into = belongs(view.incident) if view.incident else ""
    parts = [_state(view, write), service, times, into, *links(view, short=True)]
    return cut(f"{headline(alert)}\n{' · '.join(part for part in parts if part)}", LINE)


def _state(view: AlertView, write: WritePerson) -> str:
    alert = view.alert
    if not alert.is_open:
        at = slack_date(alert.resolved_at or alert.last_at, "{time}")
        return f"resolved by {write(alert.resolved_by)} {at}" if alert.resolved_by else f"resolved {at}"
    return f"*{write(alert.accepted_by)}* is on it" if alert.accepted_by else "nobody yet"


def _menu(view: AlertView) -> OverflowMenuElement | None:
    can = verbs(view)
    return OverflowMenuElement(action_id=alert_action(MORE, view.alert.number), options=can) if can else None
