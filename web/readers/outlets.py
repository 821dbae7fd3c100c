"""Webhooks and pages elsewhere: told of each update over HTTP, with what is on the page and nothing else.

Webhooks are signed as Standard Webhooks has it, so that receivers find a library for it:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from incidents.public.page import Event, PublicUpdate
from incidents.public.words import Impact, PublicStatus
from web.status.markdown import to_text
from web.status.surface import Reading

TIME_LIMIT = 15.0
"""Seconds for one request."""
STATUSPAGE = "https://api.statuspage.io/v1"
"""https://developer.statuspage.io/"""
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
    signed = hmac.new(key.encode(), f"{told.update.id}.{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tocsin",
        "webhook-id": told.update.id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    async with _session() as session:
        await _asked(session, "POST", url, data=body, headers=headers)


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
        },
        "services": [
            {"id": service.id, "name": service.name, "impact": update.impacts[service.id].value}
            for service in page.services
            if service.id in update.impacts
        ],
    }


@dataclass(frozen=True)
class Elsewhere:
    """A page at Atlassian Statuspage; ``components`` by the public ids of services."""

    page: str
    key: str
    components: Mapping[str, str]
    api: str = STATUSPAGE

    async def publish(self, told: Told) -> None:
        """Say an update there too, once: its metadata tells what is there. Raises WillNotTake, CannotTake.

        https://developer.statuspage.io/#tag/incidents
        """
        async with _session({"Authorization": f"OAuth {self.key}"}) as session:
            incidents = f"{self.api}/pages/{self.page}/incidents"
            there = await _asked(session, "GET", incidents)
            known = next((each for each in there if _marks(each).get("event") == told.event.id), None)
            if known is None:
                name = {"name": told.event.title}
                await _asked(session, "POST", incidents, json={"incident": {**name, **self._said(told)}})
            elif told.update.id not in _marks(known).get("updates", []) or told.update.edited_at is not None:
                said = self._said(told, _marks(known).get("updates", []))
                await _asked(session, "PATCH", f"{incidents}/{known['id']}", json={"incident": said})

    def _said(self, told: Told, updates: list[str] | None = None) -> dict[str, Any]:
        impacts = told.update.impacts if told.update.status is not PublicStatus.RESOLVED else {}
        components = {
            component: COMPONENTS[impacts.get(service, Impact.OPERATIONAL)]
            for service, component in self.components.items()
            if any(service in update.impacts for update in told.event.updates)
        }
        return {
            "status": told.update.status.value,
            "body": to_text(told.update.body),
            "components": components,
            "component_ids": list(components),
            "deliver_notifications": True,
            "metadata": {"tocsin": {"event": told.event.id, "updates": [*(updates or []), told.update.id]}},
        }


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
