"""What whoever approves a status update should know first: words that are internal, and what happened since.

They stop nobody: a person decides.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatch
from ipaddress import ip_address

from incidents.model.incident import Incident
from incidents.model.status_update import StatusUpdate
from incidents.model.vocabulary import PublicStatus, Status


class Doubt(StrEnum):
    """Why somebody might not want to publish it."""

    INCIDENT = "incident"
    SEVERITY = "severity"
    TITLE = "title"
    PERSON = "person"
    ADDRESS = "address"
    OVERTAKEN = "overtaken"
    SERVICES_CHANGED = "services_changed"
    NOTHING_NEW = "nothing_new"
    STILL_OPEN = "still_open"
    PROMISE_OVER = "promise_over"
    RESOLVED = "resolved"


SINCE = {
    Doubt.OVERTAKEN: "Customers were told something else after this was written.",
    Doubt.SERVICES_CHANGED: "The affected services were changed after this was written.",
    Doubt.PROMISE_OVER: "The time by which it promises the next update is past.",
    Doubt.RESOLVED: "The incident was resolved after this was written.",
}
"""What can come up after a text was written."""


@dataclass(frozen=True)
class Warning:
    """One doubt, and the words that raise it."""

    doubt: Doubt
    words: str = ""


INCIDENT_NAME = re.compile(r"\bINC[- ]?\d+\b", re.IGNORECASE)
SEVERITY_NAME = re.compile(r"\bSEV[- ]?[1-5]\b", re.IGNORECASE)
ADDRESS = re.compile(r"(?<![\w@.-])((?:[\w-]+\.)+[a-z0-9-]{1,63}|localhost)(?![\w-])", re.IGNORECASE)
LINKED = re.compile(r"https?://(?:[^\s/@]*@)?(?:\[([0-9a-f:.]+)\]|([\w-]+)(?![\w.-]))", re.IGNORECASE)
"""The host of a link that is an address in brackets, or has no dot, so that it means something inside alone."""
INTERNAL = ("*.internal", "*.local", "*.lan", "*.corp", "*.intranet", "*.svc", "localhost", "*.slack.com")
"""Hosts that customers can't reach, besides those that the organisation names.

https://www.rfc-editor.org/rfc/rfc6762#appendix-G
"""


def warnings_of(
    incident: Incident,
    update: StatusUpdate,
    now: datetime,
    names: Collection[str],
    internal_hosts: Collection[str] = (),
) -> list[Warning]:
    """Every doubt about publishing ``update`` at ``now``; ``names`` are all by which people know the responders.

    What happened since stands first, so that no number of words that it mentions hides it.
    """
    said = f"{update.text.title}\n{update.text.body}"
    return [
        *changed_since(incident, update, now),
        *_sense(incident, update),
        *(Warning(Doubt.INCIDENT, found) for found in _found(INCIDENT_NAME, said)),
        *(Warning(Doubt.SEVERITY, found) for found in _found(SEVERITY_NAME, said)),
        *([Warning(Doubt.TITLE, incident.title)] if _mentions(said, incident.title) else []),
        *(Warning(Doubt.PERSON, name) for name in _people(said, names)),
        *(Warning(Doubt.ADDRESS, host) for host in _hosts(said) if _internal(host, internal_hosts)),
    ]


def changed_since(incident: Incident, update: StatusUpdate, now: datetime) -> list[Warning]:
    """What happened after the text was written, which whoever reads it at ``now`` may not know.

    A correction is of what was said then, services and promises included.
    """
    overtaken = [Warning(Doubt.OVERTAKEN)] if incident.updates.overtaken(update) else []
    if update.corrects is not None:
        return overtaken
    impacts = {service: affected.impact for service, affected in incident.services.items()}
    over = incident.resolved_at is not None and incident.resolved_at > update.written_at
    return [
        *overtaken,
        *([Warning(Doubt.RESOLVED)] if over and update.text.status is not PublicStatus.RESOLVED else []),
        *([Warning(Doubt.SERVICES_CHANGED)] if impacts != update.impacts_then else []),
        *([Warning(Doubt.PROMISE_OVER)] if update.text.promises_before(now) else []),
    ]


def _sense(incident: Incident, update: StatusUpdate) -> list[Warning]:
    latest = incident.updates.latest
    text = update.text
    same = latest is not None and (text.status, text.body, text.impacts) == (
        latest.text.status,
        latest.text.body,
        latest.text.impacts,
    )
    open_still = text.status.value == Status.RESOLVED.value and incident.is_open
    return [
        *([Warning(Doubt.NOTHING_NEW)] if same else []),
        *([Warning(Doubt.STILL_OPEN)] if open_still else []),
    ]


def _found(pattern: re.Pattern[str], said: str) -> list[str]:
    return list(dict.fromkeys(match[0] for match in pattern.finditer(said)))


def _mentions(said: str, words: str) -> bool:
    """Whether ``words`` stand in ``said`` as such, in any case; a short name within another word does not count."""
    sought = " ".join(words.split()).casefold()
    if len(sought) < 3:
        return False
    return re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", " ".join(said.split()).casefold()) is not None


def _people(said: str, names: Collection[str]) -> list[str]:
    """The ``names`` that stand in ``said``, without those that are part of another one.

    A single name with a capital counts as it is written: not every *will* is Will's.
    """
    found = [
        name
        for name in dict.fromkeys(names)
        if _mentions(said, name) and (not (name.istitle() and name.isalpha()) or re.search(rf"\b{name}\b", said))
    ]
    return [name for name in found if not any(name != other and _mentions(other, name) for other in found)]


def _hosts(said: str) -> list[str]:
    named = [match[1] for match in ADDRESS.finditer(said)]
    linked = [match[1] or match[2] for match in LINKED.finditer(said)]
    return list(dict.fromkeys(host.casefold() for host in (*named, *linked)))


def _internal(host: str, more: Collection[str]) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or any(fnmatch(host, pattern.casefold()) for pattern in (*INTERNAL, *more))
