"""Paging: calling the people of targets, going on step by step, and what those called answer."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from incidents.actions.on_call import people_on_call
from incidents.actions.scene import Scene
from incidents.core import Core
from incidents.keeping import keep_escalations
from incidents.model.escalation import About, Escalation, Page, PeopleOf, plan_of
from incidents.model.identity import TOCSIN, Group, Person
from incidents.model.organisation import Organisation, Target, TargetKind
from incidents.model.refusals import NobodyToPage, NotPaged, PageOver, UnknownTarget
from incidents.model.text import REASON_LIMIT, optional
from incidents.ports import Unit

Groups = Mapping[Group, Sequence[Person]]
"""Who is in each of the platform's groups; that is asked for before a transaction begins."""


@dataclass(frozen=True)
class PageRequest:
    """Whom to page for an incident, and why. ``origin`` names the delivery that asks for it; it counts once."""

    by: Person
    incident: int
    targets: Sequence[Target]
    message: str = ""
    origin: str | None = None


async def page(core: Core, request: PageRequest) -> list[Page]:
    """Begin an escalation for each target.

    Raises NoSuchIncident, IncidentResolved, NobodyToPage, UnknownTarget, TextTooLong.
    """
    async with core.changing(request.incident, request.by) as (unit, incident):
        incident.must_be_open()
        return await begin_pages(core, unit, request)


async def begin_pages(core: Core, unit: Unit, request: PageRequest) -> list[Page]:
    """`page`, in a transaction that holds the incident already."""
    if not request.targets:
        raise NobodyToPage
    organisation = await unit.organisation.current()
    message = optional("message", request.message, REASON_LIMIT)
    about = About(incident=request.incident)
    pages = [page_for(organisation, about, target, message) for target in dict.fromkeys(request.targets)]
    if request.origin is None or not await unit.paging.begun_from(request.origin):
        ids, at = await unit.paging.next_ids(len(pages)), core.clock()
        begun = [Escalation.begin(id, each, request.by, at) for id, each in zip(ids, pages, strict=True)]
        await keep_escalations(unit, begun, at, request.origin)
    return pages


def page_for(organisation: Organisation, about: About, target: Target, message: str = "") -> Page:
    """The page of one target: a policy's own steps, else one that calls everybody. Raises UnknownTarget."""
    if not organisation.has(target):
        raise UnknownTarget(target.id)
    name = organisation.name_of(target)
    policy = organisation.policies.get(target.id) if target.kind is TargetKind.POLICY else None
    return Page(about, target, name, policy or plan_of(target), message)


async def groups_needed(core: Core, id: int) -> set[Group]:
    """The platform's groups whose members an escalation may call."""
    organisation = await core.storage.read.organisation.current()
    escalation = await core.storage.read.paging.escalation(id)
    targets = [target for step in escalation.page.plan.steps for target in step.targets] if escalation else []
    groups = {Group(target.id) for target in targets if target.kind is TargetKind.GROUP}
    teams = [organisation.teams.get(target.id) for target in targets if target.kind is TargetKind.TEAM]
    return groups | {team.group for team in teams if team is not None and team.group is not None}


async def proceed(core: Core, id: int, turn: int, groups: Groups) -> None:
    """Begin the step of an escalation that comes after ``turn``; nothing where that was done, or it has ended."""
    async with core.storage.transaction() as unit:
        about = await unit.paging.about(id)
        if about is None:
            return
        async with _changing(core, unit, about, id) as (scene, escalation):
            at, first = core.clock(), not escalation.calls
            people_of = await _people_of(core, unit, escalation, groups)
            told = escalation.proceed(turn, at, people_of, scene.here)
            scene.record(told, escalation.begun_by if first else TOCSIN, at)


async def answer_call(core: Core, call: int, by: Person) -> Escalation:
    """Who was called joins the incident, or takes on the alert or storm; gives the escalation after that.

    A late answer joins all the same. Raises NotPaged, AlertTaken, AlertOver.
    """
    async with _answering(core, call, by) as (scene, escalation):
        at = core.clock()
        scene.record(escalation.join(by, at), by, at)
        scene.take_on(by, at)
        return escalation


async def decline_call(core: Core, call: int, by: Person) -> Escalation:
    """Who was called can't; gives the escalation after that. Raises NotPaged, PageOver."""
    async with _answering(core, call, by) as (scene, escalation):
        at = core.clock()
        told = escalation.decline(by, at)
        if not told:
            raise PageOver("Nothing is needed from you any more: this page has ended, or you answered it.")
        scene.record(told, by, at)
        return escalation


async def could_not_call(core: Core, call: int) -> None:
    """Nobody can write to who was called, so they count as one who can't; nothing where the call has ended."""
    async with core.storage.transaction() as unit:
        found = await unit.paging.about_call(call)
        if found is None:
            return
        async with _changing(core, unit, found[1], found[0]) as (scene, escalation):
            person = next(each.person for each in escalation.calls if each.id == call)
            at = core.clock()
            scene.record(escalation.decline(person, at, unreachable=True), TOCSIN, at)


@asynccontextmanager
async def _answering(core: Core, call: int, by: Person) -> AsyncIterator[tuple[Scene, Escalation]]:
    async with core.storage.transaction() as unit:
        found = await unit.paging.about_call(call)
        if found is None:
            raise NotPaged
        async with _changing(core, unit, found[1], found[0]) as (scene, escalation):
            if all(each.person != by for each in escalation.calls if each.id == call):
                raise NotPaged
            yield scene, escalation


@asynccontextmanager
async def _changing(core: Core, unit: Unit, about: About, id: int) -> AsyncIterator[tuple[Scene, Escalation]]:
    """An escalation and what it is about; both are stored at the end of the block."""
    scene = await Scene.load(unit, about)
    escalation = await unit.paging.load(id)
    assert escalation is not None, "an escalation is never deleted"
    yield scene, escalation
    await keep_escalations(unit, [escalation], core.clock())
    await scene.keep(core, unit)


async def _people_of(core: Core, unit: Unit, escalation: Escalation, groups: Groups) -> PeopleOf:
    """Whom each target of the escalation means now."""
    organisation = await unit.organisation.current()
    at = core.clock()
    on_call = {
        target.id: await people_on_call(unit, target.id, at)
        for step in escalation.page.plan.steps
        for target in step.targets
        if target.kind is TargetKind.SCHEDULE and organisation.has(target)
    }

    def people_of(target: Target) -> Sequence[Person]:
        match target.kind:
            case TargetKind.PERSON:
                return (Person(target.id),)
            case TargetKind.GROUP:
                return groups.get(Group(target.id), ())
            case TargetKind.TEAM if target.id in organisation.teams:
                team = organisation.teams[target.id]
                return (*team.members, *(groups.get(team.group, ()) if team.group else ()))
            case TargetKind.SCHEDULE:
                return on_call.get(target.id, ())
        return ()

    return people_of
