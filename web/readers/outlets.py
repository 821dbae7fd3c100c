"""Webhooks and pages elsewhere: told of each update over HTTP, with what is on the page and nothing else.

Webhooks are signed as Standard Webhooks has it, so that receivers find a library for it:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from incidents.public.page import Event, PublicUpdate, Window
from incidents.public.words import Impact, Stage
from web.status.markdown import to_text
from web.status.surface import Reading

TIME_LIMIT = 15.0
"""Seconds for one request."""
STATUSPAGE = "https://api.statuspage.io/v1"
"""https://developer.statuspage.io/"""
WRITTEN_KEY = "whsec_"
"""Before a key in Base64."""
COMPONENTS = {
    Impact.OPERATIONAL: "operational",
    Impact.UNDER_MAINTENANCE: "under_maintenance",
    Impact.DEGRADED: "degraded_performance",
    Impact.PARTIAL_OUTAGE: "partial_outage",
    Impact.MAJOR_OUTAGE: "major_outage",
}


class WillNotTake(Exception):
    """It says no, and would again."""


class CannotTake(Exception):
    """It cannot be reached, or takes nothing now."""


@dataclass(frozen=True)
class Told:
    """One update of an event, on a page."""

    reading: Reading
    event: Event
    update: PublicUpdate


def secret(variable: str) -> str:
    """What the environment has for ``${NAME}``. Raises WillNotTake."""
    name = variable.removeprefix("${").removesuffix("}")
    if name not in os.environ:
        raise WillNotTake(f"the environment has no {name}")
    return os.environ[name]


async def tell_webhook(url: str, key: str, told: Told) -> None:
    """Post an update to ``url``, signed with ``key``. Raises WillNotTake, CannotTake."""
    body = json.dumps(_as_json(told)).encode()
    moment = str(int(told.reading.now.timestamp()))
    signed = hmac.new(_bytes_of(key), f"{told.update.id}.{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tocsin",
        "webhook-id": told.update.id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    async with _session() as session:
        await _asked(session, "POST", url, data=body, headers=headers)


def _bytes_of(key: str) -> bytes:
    """A key as libraries for Standard Webhooks read it where it begins as theirs do. Raises WillNotTake."""
    if not key.startswith(WRITTEN_KEY):
        return key.encode()
    try:
        return base64.b64decode(key.removeprefix(WRITTEN_KEY), validate=True)
    except ValueError as error:
        raise WillNotTake(f"what comes after {WRITTEN_KEY} in its key is no Base64") from error


def _as_json(told: Told) -> dict[str, Any]:
    page, event, update = told.reading.snapshot.page, told.event, told.update
    return {
        "type": "status_update.published",
        "page": {"id": page.id, "name": page.name, "url": told.reading.address},
        "event": {"id": event.id, "title": event.title, "url": told.reading.address_of(event)},
        "update": {
            "id": update.id,
            "status": update.status.value,
            "body": update.body,
            "published_at": update.published_at.isoformat(),
            "next_update_by": update.next_at.isoformat() if update.next_at else None,
        },
        "maintenance": {
            "begins_at": event.window.begins_at.isoformat(),
            "ends_at": event.window.ends_at.isoformat(),
        }
        if event.window
        else None,
        "services": [
            {"id": service.id, "name": service.name, "impact": update.leaves[service.id].value}
            for service in page.services
            if service.id in update.leaves
        ],
    }


STAGES = {Stage.PLANNED: "scheduled", Stage.UNDER_WAY: "in_progress", Stage.COMPLETED: "completed"}


@dataclass(frozen=True)
class Elsewhere:
    """A page at Atlassian Statuspage; ``components`` by the public ids of services."""

    page: str
    key: str
    components: Mapping[str, str]
    api: str = STATUSPAGE

    async def publish(self, told: Told, *, loudly: bool) -> None:
        """Say an update there too, once: its metadata tells what is there. Raises WillNotTake, CannotTake.

        ``loudly``: whoever subscribed there is told. https://developer.statuspage.io/#tag/incidents
        """
        async with _session({"Authorization": f"OAuth {self.key}"}) as session:
            incidents = f"{self.api}/pages/{self.page}/incidents"
            there = await _asked(session, "GET", incidents)
            known = next((each for each in there if _marks(each).get("event") == told.event.id), None)
            before = _marks(known).get("updates", []) if known is not None else []
            said = self._stands(told) | _says(told, before, loudly)
            if known is None:
                await _asked(session, "POST", incidents, json={"incident": said})
            elif _told_later(told, before):
                return
            elif told.update.id not in before:
                await _asked(session, "PATCH", f"{incidents}/{known['id']}", json={"incident": said})
            elif told.update.edited_at is not None:
                text = f"{incidents}/{known['id']}/incident_updates/{_theirs(known, before.index(told.update.id))}"
                await _asked(session, "PATCH", text, json={"incident_update": {"body": to_text(told.update.body)}})
                stands = self._stands(told) | {"deliver_notifications": False}
                await _asked(session, "PATCH", f"{incidents}/{known['id']}", json={"incident": stands})

    def _stands(self, told: Told) -> dict[str, Any]:
        """How the event is called, and how its services do now: as the page says, whatever else is open."""
        snapshot, now, event = told.reading.snapshot, told.reading.now, told.event
        components = {
            component: COMPONENTS[snapshot.impact_of(service, now)]
            for service, component in self.components.items()
            if any(service in update.impacts for update in event.updates)
        }
        stands = {"name": event.title, "components": components, "component_ids": list(components)}
        return stands | (_planned(event.window) if event.window else {})


def _says(told: Told, before: Sequence[str], loudly: bool) -> dict[str, Any]:
    """What one update adds to what was said ``before``."""
    stands = told.event.stands(told.update)
    return {
        "status": STAGES[stands] if isinstance(stands, Stage) else stands.value,
        "body": to_text(told.update.body),
        "deliver_notifications": loudly,
        "metadata": {"tocsin": {"event": told.event.id, "updates": [*before, told.update.id]}},
    }


def _told_later(told: Told, before: Sequence[str]) -> bool:
    """Whether ``before`` has what came after an update, and not the update: said now, it would take that back."""
    ids = [update.id for update in told.event.updates]
    later = ids[ids.index(told.update.id) + 1 :]
    return told.update.id not in before and not set(later).isdisjoint(before)


def _planned(window: Window) -> dict[str, Any]:
    """It begins and ends by itself there, as it does on the page; of that nobody is told, since nobody approved it."""
    return {
        "scheduled_for": window.begins_at.isoformat(),
        "scheduled_until": window.ends_at.isoformat(),
        "scheduled_auto_in_progress": True,
        "scheduled_auto_completed": True,
        "auto_transition_to_maintenance_state": True,
        "auto_transition_to_operational_state": True,
        "auto_transition_deliver_notifications_at_start": False,
        "auto_transition_deliver_notifications_at_end": False,
        "scheduled_remind_prior": False,
    }


def _theirs(known: Mapping[str, Any], place: int) -> str:
    """The id there of our update at ``place``, oldest first. Raises WillNotTake where others wrote there too."""
    updates = sorted(known.get("incident_updates") or [], key=lambda each: str(each["created_at"]))
    if len(updates) != len(_marks(known).get("updates", [])):
        raise WillNotTake("somebody else wrote there too, so correct it there by hand")
    return str(updates[place]["id"])


def _marks(incident: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (incident.get("metadata") or {}).get("tocsin")
    return found if isinstance(found, dict) else {}


def _session(headers: Mapping[str, str] | None = None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIME_LIMIT), headers=headers)


async def _asked(session: aiohttp.ClientSession, method: str, url: str, **more: Any) -> Any:
    """What is answered; no redirects are followed, since what is sent is signed for one address."""
    try:
        async with session.request(method, url, allow_redirects=False, **more) as answer:
            said = await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise CannotTake(type(error).__name__) from error
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise CannotTake(f"it answered {answer.status}")
    if answer.status >= 300:
        raise WillNotTake(f"it answered {answer.status}")
    try:
        return json.loads(said) if said else None
    except ValueError:
        return None
