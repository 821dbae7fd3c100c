"""The whole timeline in a file: Markdown to read, JSON to keep; mentions read as names in both."""

import html
import json
import re
from collections.abc import Sequence
from typing import Any

from bot.cards.sentences import sentence
from bot.cards.text import NameOf, by_name, duration
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import incident_name

_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def timeline_markdown(incident: Incident, entries: Sequence[Entry], name_of: NameOf) -> str:
    """``entries`` (in order of their numbers) as Markdown, told by the time they happened. Times are UTC."""
    write = by_name(name_of)
    told = sorted(entries, key=lambda entry: (entry.happened_at, entry.number))
    lines = [f"# {incident_name(incident.number)}: {_literal(incident.title)}", ""]
    lines += [f"- {name}: {_literal(value)}" for name, value in _facts(incident, name_of)]
    if incident.summary:
        lines += ["", _literal(incident.summary)]
    lines += ["", "## Timeline", "", "Times are UTC.", ""]
    lines += [f"- {entry.happened_at:%Y-%m-%d %H:%M:%S} {_markdown(sentence(entry, write))}" for entry in told]
    return "\n".join(lines) + "\n"


def timeline_json(incident: Incident, entries: Sequence[Entry], name_of: NameOf) -> str:
    """``entries`` whole, as they are hashed, and beside each its sentence and names. Times are ISO 8601."""
    return json.dumps(
        {
            "incident": incident_name(incident.number),
            "title": incident.title,
            "severity": incident.severity.name,
            "status": incident.status.value,
            "summary": incident.summary,
            "declared_at": incident.declared_at.isoformat(),
            "resolved_at": incident.resolved_at.isoformat() if incident.resolved_at else None,
            "entries": [_entry(entry, name_of) for entry in entries],
        },
        ensure_ascii=False,
        indent=2,
    )


def _facts(incident: Incident, name_of: NameOf) -> list[tuple[str, str]]:
    lasted = duration(incident.duration(incident.resolved_at)) if incident.resolved_at else "open"
    services = ", ".join(f"{each.name} ({each.impact.word})" for each in incident.services.values())
    return [
        ("Severity", incident.severity.name),
        ("Status", incident.status.word),
        ("Declared", f"{incident.declared_at:%Y-%m-%d %H:%M} UTC by {_named(incident.declared_by, name_of)}"),
        ("Duration", lasted),
        ("Commander", _named(incident.commander, name_of) if incident.commander else "nobody"),
        ("Responders", ", ".join(_named(person, name_of) for person in incident.joined) or "nobody"),
        ("Affected", services or "nothing named"),
    ]


def _named(person: Person, name_of: NameOf) -> str:
    return html.unescape(by_name(name_of)(person))


def _entry(entry: Entry, name_of: NameOf) -> dict[str, Any]:
    return {
        "number": entry.number,
        "happened_at": entry.happened_at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        "by": entry.by,
        "by_name": _named(entry.by, name_of),
        "sentence": _plain(sentence(entry, by_name(name_of))),
        "fact": entry.fact.model_dump(mode="json"),
        "origin": entry.origin,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _plain(markup: str) -> str:
    """Slack's markup as text: a link is its label and address."""
    return html.unescape(_LINK.sub(lambda link: f"{link[2]} ({link[1]})" if link[2] else link[1], markup))


def _markdown(markup: str) -> str:
    """Slack's markup as Markdown on one item of a list."""
    written, end = [], 0
    for link in _LINK.finditer(markup):
        written.append(_literal(html.unescape(markup[end : link.start()])))
        written.append(f"[{_literal(html.unescape(link[2] or link[1]))}](<{html.unescape(link[1])}>)")
        end = link.end()
    return "".join([*written, _literal(html.unescape(markup[end:]))]).replace("\n", "\n  ")


def _literal(text: str) -> str:
    """People's text as Markdown that shows just that: https://spec.commonmark.org/0.31.2/#backslash-escapes"""
    return _SPECIAL.sub(r"\\\1", text)
