"""Declaring an incident, once, however often the same form is delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from incidents.actions.alert_response import incident_with_alert, link
from incidents.actions.mirror import PinnedMessage, pin_origin
from incidents.actions.paging import PageRequest, begin_pages
from incidents.consequences import CHANNEL_WANTED, following, job
from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import Act, Declaration, Service
from incidents.model.refusals import AlertLinkedElsewhere, NoSuchAlert, UnknownService
from incidents.model.vocabulary import DEFAULT_SEVERITY, Impact, Severity
from incidents.ports import Unit


@dataclass(frozen=True)
class Declare:
    """What the declare form says; only the title must be said. ``origin`` names the form's one opening."""

    by: Person
    origin: str
    title: str
    severity: Severity = DEFAULT_SEVERITY
    summary: str = ""
    impacts: Mapping[str, Impact] | None = None
    """Impact by service id."""
    page: Sequence[Target] = ()
    private: bool = False
    wants_channel: bool = True
    message: PinnedMessage | None = None
    """The message from which it is declared: it becomes the first entry by the time it was written."""
    alert: int | None = None
    """The alert from which it is declared: it is linked, and its people come along."""


class DeclaredBefore(Exception):
    """There is an incident for this form or alert; the number that the declaration took is given back."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


async def declare(core: Core, request: Declare) -> Incident:
    """Make the incident, or give the one that the same ``origin`` made, or that the alert belongs to already.

    Raises TextMissing, TextTooLong, UnknownService, UnknownTarget, NoSuchAlert, AlertInPrivate.
    """
    try:
        return await _declare(core, request)
    except (DeclaredBefore, AlertLinkedElsewhere) as before:
        return await incident_with_alert(core, before.number, request.by)


async def was_declared(core: Core, origin: str) -> bool:
    """Whether the form that ``origin`` names has declared its incident already."""
    async with core.storage.transaction() as unit:
        return await unit.number_from(origin) is not None


async def _declare(core: Core, request: Declare) -> Incident:
    async with core.storage.transaction() as unit:
        return await declare_in(core, unit, request)


async def declare_in(core: Core, unit: Unit, request: Declare) -> Incident:
    """`declare`, in a transaction that holds nothing but an alert source."""
    number = await unit.next_number()  # taken first: from here on, other declarations wait
    before = await unit.number_from(request.origin)
    if before is None and request.alert is not None:
        before = await unit.alerts.incident_of(request.alert)
    if before is not None:
        raise DeclaredBefore(before)
    declaration = Declaration(
        title=request.title,
        severity=request.severity,
        summary=request.summary,
        services=await known_services(unit, request.impacts or {}),
        private=request.private,
    )
    act = core.act(request.by, request.origin)
    incident = Incident.declare(number, declaration, act)
    if request.message is not None:
        origin = pin_origin(number, request.message)
        incident.pin(request.message.fact, Act(request.by, act.at, origin, request.message.at))
    entries = incident.take_new_entries()
    await unit.save(incident, entries)
    jobs = following(entries[:1], core.pace)
    if request.wants_channel:
        jobs += [job(wanted, entries[0], act.at, core.pace) for wanted in CHANNEL_WANTED]
    await unit.enqueue(jobs)
    await _bring_alert(core, unit, incident, request.alert, act)
    others = [target for target in request.page if target != Target.of(TargetKind.PERSON, request.by)]
    if others:
        await begin_pages(core, unit, PageRequest(request.by, number, others))
    return incident


async def _bring_alert(core: Core, unit: Unit, incident: Incident, number: int | None, act: Act) -> None:
    if number is not None:
        alert = await unit.alerts.load(number)
        if alert is None:
            raise NoSuchAlert
        await link(core, unit, incident, alert, act)
        await core.keep(unit, incident)


async def known_services(unit: Unit, impacts: Mapping[str, Impact]) -> dict[Service, Impact]:
    """``impacts`` by the services that the ids name. Raises UnknownService."""
    known = {service.id: service for service in await unit.services(impacts)}
    for service in impacts:
        if service not in known:
            raise UnknownService(service)
    return {known[service]: impact for service, impact in impacts.items()}
