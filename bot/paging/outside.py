"""Calling somebody outside the chat, by SMS, phone, push or e-mail: as long as they have not answered.

Apprise knows the services and how each is spoken to: https://appriseit.com/services/
"""

import asyncio
import logging
import os
import re
from dataclasses import dataclass

import structlog

from bot.context import Bot
from incidents.model.escalation import Answer, Call, Escalation
from incidents.model.incident import Incident
from incidents.model.organisation import Outside
from incidents.model.text import one_line
from incidents.model.vocabulary import Severity, incident_name
from incidents.ports import CannotSucceed, Job, Purpose, TryLater

log = structlog.get_logger()
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its lines can hold addresses, and these hold secrets

TIME_LIMIT = 20
"""Seconds for one service."""
AGAIN = 30
"""Seconds until a service that failed is tried again."""
ATTEMPTS = 10
"""How often one is tried."""
TITLE = 150

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Words:
    """What somebody reads, or hears."""

    title: str
    body: str
    severity: Severity


async def call_outside(bot: Bot, job: Job) -> None:
    """Call by the way ``job.first`` of the person whose call ``job`` is about; in their quiet hours, if it is urgent.

    Raises CannotSucceed for an address that can't be used, TryLater where the service failed.
    """
    escalation = await bot.core.storage.read.paging.escalation_of_call(job.subject)
    call = next((call for call in escalation.calls if call.id == job.subject), None) if escalation else None
    if escalation is None or call is None or call.answer is not Answer.WAITING:
        return
    wanted = (await bot.core.storage.read.organisation.current()).people.get(call.person)
    if wanted is None or job.first >= len(wanted.outside):
        return
    words = await _words(bot, escalation, call)
    if wanted.quiet is not None and wanted.quiet.holds_back(words.severity, bot.core.clock()):
        log.info("not_called_outside", call=call.id, person=call.person, reason="quiet hours")
        return
    await _send(wanted.outside[job.first], words, job)


async def _send(way: Outside, words: Words, job: Job) -> None:
    kind = way.url.partition(":")[0]
    from apprise import Apprise, AppriseAsset, NotifyType  # hundreds of services, for those who are called outside

    service = Apprise(asset=AppriseAsset(app_id="Tocsin", app_desc="Tocsin"))
    if not service.add(_filled_in(way.url)):
        raise CannotSucceed(f"{kind}: this is no address that Apprise knows: https://appriseit.com/services/")
    urgent = NotifyType.FAILURE if words.severity <= Severity.SEV2 else NotifyType.WARNING
    try:
        async with asyncio.timeout(TIME_LIMIT):
            sent = await asyncio.to_thread(service.notify, body=words.body, title=words.title, notify_type=urgent)
    except TimeoutError:
        sent = None
    if sent:
        return
    if job.attempt >= ATTEMPTS:
        raise CannotSucceed(f"{kind}: it did not take the call, {ATTEMPTS} times; check the address and the service")
    raise TryLater(f"{kind} did not take the call", AGAIN)


def _filled_in(url: str) -> str:
    """``url`` with the environment's values; these are asked for only now, so that they are kept nowhere."""

    def value(variable: re.Match[str]) -> str:
        if variable[1] not in os.environ:
            raise CannotSucceed(f"The environment has no {variable[1]}, which an address outside Slack names.")
        return os.environ[variable[1]]

    return VARIABLE.sub(value, url)


async def _words(bot: Bot, escalation: Escalation, call: Call) -> Words:
    """What is at stake; of a private incident nothing, since who else reads a phone's screen is unknown."""
    about, read = escalation.page.about, bot.core.storage.read
    alert = await read.alerts.alert(about.alert) if about.alert is not None else None
    number = about.incident if about.incident is not None else alert.incident if alert else None
    incident = await read.incident(number) if number is not None else None
    link = await _link(bot, call)
    if incident is not None:
        return _of_incident(escalation, incident, link)
    if alert is not None:
        return Words(
            f"{alert.severity.name} {_short(alert.title)}", f"You are paged for an alert.{link}", alert.severity
        )
    storm = await read.alerts.storm(about.storm) if about.storm is not None else None
    severity = storm.severity if storm is not None else Severity.SEV1
    return Words(f"{severity.name} Many alerts", f"You are paged for many alerts at once.{link}", severity)


def _of_incident(escalation: Escalation, incident: Incident, link: str) -> Words:
    if incident.private:
        return Words("Tocsin", "You are paged; see Slack.", incident.severity)
    title = f"{incident.severity.name} {incident_name(incident.number)} {_short(incident.title)}"
    why = f" “{escalation.page.message}”" if escalation.page.message else ""
    return Words(title, f"You are paged.{why}{link}", incident.severity)


async def _link(bot: Bot, call: Call) -> str:
    """Where to answer: the direct message, as soon as it is there."""
    posts = await bot.core.storage.read.posts(call.id, Purpose.CALL)
    if not posts or not bot.identity.workspace_url:
        return " Answer in Slack."
    message = posts[0].message.replace(".", "")
    return f" Answer in Slack: {bot.identity.workspace_url}archives/{posts[0].channel.id}/p{message}"


def _short(title: str) -> str:
    return one_line("title", title[:TITLE], TITLE)
