"""The list of incidents, most urgent first, with its filters; what is shown survives each press of them.

A query is written as what one would type after `/incident list`, so that typing and pressing are the same:
``resolved sev1 service=checkout team=payments mine text=card%20payments``. Later words win over earlier ones.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from urllib.parse import quote, unquote

from slack_sdk.models.blocks import Block, ButtonElement, Option, StaticSelectElement

from bot.cards.actions import DECLARE, LIST, WITH, action
from bot.cards.blocks import (
    BLOCK_ID_LIMIT,
    OPTION_VALUE_LIMIT,
    OPTIONS,
    button,
    context,
    header,
    menu,
    option,
    row,
    section,
)
from bot.cards.message import Message
from bot.cards.rows import incident_line, incident_row
from bot.cards.signs import severity_sign
from bot.cards.text import escape, shorten, slack_date
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.parts import Service
from incidents.model.refusals import UnknownWord
from incidents.model.vocabulary import Severity, incident_name
from incidents.ports import IncidentPage, IncidentQuery

State = Literal["open", "resolved", "all"]
STATES: dict[str, State] = {"open": "open", "resolved": "resolved", "all": "all"}
HEADERS: dict[State, str] = {"open": "Open incidents", "resolved": "Resolved incidents", "all": "All incidents"}
KEPT = BLOCK_ID_LIMIT - len(WITH)
"""Characters of a query that a press carries on."""


def query_from(words: str, viewer: Person) -> IncidentQuery:
    """The query that ``words`` ask for; what is no filter is searched for in titles and summaries."""
    query = IncidentQuery(viewer=viewer)
    searched = []
    for word in words.split():
        changed = _with(query, word)
        if changed is None:
            searched.append(word)
        else:
            query = changed
    return replace(query, text=" ".join(searched)) if searched else query


def query_words(query: IncidentQuery) -> str:
    """``query`` as words that `query_from` reads back, but for where its page begins and a text too long to keep."""
    said: list[str] = [query.state]
    if query.severity:
        said.append(query.severity.name.lower())
    if query.mine:
        said.append("mine")
    for key, value in {"service": query.service, "team": query.team, "text": query.text}.items():
        left = KEPT - len(" ".join([*said, ""]))
        if value and left > len(key) + len("="):
            said.append(_quoted(key, value, min(left, OPTION_VALUE_LIMIT) if key != "text" else left))
    return " ".join(said)


def _quoted(key: str, value: str, limit: int) -> str:
    """``key=value`` as one word of at most ``limit`` characters, of which a long value loses its end."""
    kept = value
    while len(word := f"{key}={quote(kept, safe='', errors='replace')}") > limit:
        kept = kept[:-1]
    return word


def incident_list(
    page: IncidentPage,
    query: IncidentQuery,
    now: datetime,
    services: Sequence[Service],
    teams: Mapping[str, str],
    last: Incident | None = None,
) -> Message:
    """One page of the list that answers ``query``; ``last`` was resolved last.

    ``services`` can be chosen from, and ``teams``, which are names by ids.
    """
    if not page.incidents and query == IncidentQuery(viewer=query.viewer, limit=query.limit):
        return _quiet(last)
    title = f"{HEADERS[query.state]} ({page.counted})"
    rows = [incident_row(incident, query.viewer, now) for incident in page.incidents]
    nothing = [] if rows else [section("No incident is like that.")]
    searched = [context(f"With “{escape(shorten(query.text, 200))}” in the title or summary.")] if query.text else []
    filters = row(_menus(query, services, teams), f"{WITH}{query_words(query)}")
    blocks: list[Block] = [header(title), *searched, *rows, *nothing, filters, row(_buttons(page, query))]
    return Message(_spoken(title, page), blocks)


def _with(query: IncidentQuery, word: str) -> IncidentQuery | None:
    """``query`` as the one ``word`` changes it; None where it is no filter."""
    key, equals, value = word.partition("=")
    key, value = key.casefold(), unquote(value)
    if word.casefold() in STATES:
        return replace(query, state=STATES[word.casefold()])
    if key == "severity" and equals:
        return replace(query, severity=_severity(value))
    if re.fullmatch(r"sev-?[1-5]", key) and not equals:
        return replace(query, severity=_severity(word))
    if key == "service" and equals:
        return replace(query, service=value or None)
    if key == "team" and equals:
        return replace(query, team=value or None)
    if key == "mine":
        return replace(query, mine=value != "no")
    if key == "text" and equals:
        return replace(query, text=value)
    if key == "after" and equals:
        return replace(query, after=value or None)
    return None


def _severity(text: str) -> Severity | None:
    try:
        return Severity.parse(text)
    except UnknownWord:
        return None


def _menus(query: IncidentQuery, services: Sequence[Service], teams: Mapping[str, str]) -> list[StaticSelectElement]:
    states = {state: option(state, text) for state, text in HEADERS.items()}
    severities: dict[Severity | None, Option] = {None: option("severity=", "Any severity")}
    for severity in Severity:
        severities[severity] = option(severity.name.lower(), f"{severity_sign(severity)} {severity.name}")
    menus = [
        menu(action(LIST, part="state"), list(states.values()), states[query.state], "State"),
        menu(action(LIST, part="severity"), list(severities.values()), severities[query.severity], "Severity"),
    ]
    for key, names, chosen in (
        ("service", {service.id: service.name for service in services}, query.service),
        ("team", teams, query.team),
    ):
        if names:
            offered = _named_options(key, names)
            menus.append(menu(action(LIST, part=key), list(offered.values()), offered.get(chosen), key.capitalize()))
    return menus


def _named_options(key: str, names: Mapping[str, str]) -> dict[str | None, Option]:
    """As many as a menu holds, by id."""
    offered: dict[str | None, Option] = {None: option(f"{key}=", f"Any {key}")}
    for id, name in names.items():
        if len(offered) < OPTIONS:
            offered[id] = option(_quoted(key, id, OPTION_VALUE_LIMIT), name)
    return offered


def _buttons(page: IncidentPage, query: IncidentQuery) -> list[ButtonElement]:
    words = query_words(query)
    mine = ("Everybody's", "mine=no") if query.mine else ("Mine", "mine")
    buttons = [button(mine[0], LIST, value=f"{words} {mine[1]}", part="mine")]
    if page.next:
        buttons.append(button("Older", LIST, value=f"{words} after={quote(page.next, safe='')}", part="older"))
    buttons.append(button("Declare", DECLARE))
    return buttons


def _quiet(last: Incident | None) -> Message:
    before = ""
    if last is not None and last.resolved_at is not None:
        before = f" Last incident: {incident_name(last.number)}, "
        before += slack_date(last.resolved_at, "resolved {date_short_pretty}") + "."
    said = f"All quiet.{before}"
    buttons = [button("Declare", DECLARE, style="primary"), button("Resolved incidents", LIST, value="resolved")]
    return Message(said, [section(said), row(buttons)])


def _spoken(title: str, page: IncidentPage) -> str:
    return "\n".join([title, *(incident_line(incident) for incident in page.incidents)])
