"""Watching an incident without working on it: told of severity, status and what is published, never paged."""

from incidents.actions.change import Changed
from incidents.core import Core
from incidents.model.identity import Person
from incidents.model.organisation import Target, TargetKind
from incidents.model.refusals import TeamsSeeAll, UnknownTarget


async def subscribe(core: Core, number: int, by: Person, subscriber: Target) -> Changed:
    """Let a person or team watch. Raises NoSuchIncident, UnknownTarget, TeamsSeeAll."""
    async with core.changing(number, by) as (unit, incident):
        organisation = await unit.organisation.current()
        if subscriber.kind not in (TargetKind.PERSON, TargetKind.TEAM) or not organisation.has(subscriber):
            raise UnknownTarget(subscriber.id)
        if incident.private and subscriber.kind is TargetKind.TEAM:
            raise TeamsSeeAll(number)
        incident.subscribe(subscriber, organisation.name_of(subscriber), core.act(by))
        return Changed.of(incident)


async def unsubscribe(core: Core, number: int, by: Person, subscriber: Target) -> Changed:
    """Raises NoSuchIncident, NotASubscriber."""
    async with core.changing(number, by) as (unit, incident):
        name = (await unit.organisation.current()).name_of(subscriber)
        incident.unsubscribe(subscriber, name, core.act(by))
        return Changed.of(incident)
