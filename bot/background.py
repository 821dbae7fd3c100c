"""What the card and panel show beside the incident itself: by what people were paged, who owns what is affected."""

from bot.cards.facts import Background
from incidents.core import Core
from incidents.model import facts
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation, TargetKind


async def background_of(core: Core, incident: Incident) -> Background:
    """The background of ``incident`` as it is now."""
    calls = await core.storage.read.entries_of(incident.number, [facts.Paged]) if incident.paged else []
    paged_by = {entry.fact.person: entry.fact.name for entry in calls if isinstance(entry.fact, facts.Paged)}
    organisation = await core.storage.read.organisation.current()
    hurts = _hurts_customers(organisation, incident)
    return Background(paged_by, _owners(organisation, incident), _watching(organisation, incident), hurts)


def _hurts_customers(organisation: Organisation, incident: Incident) -> bool:
    shown = {service for page in organisation.pages.values() for service in page.services}
    return any(affected.impact.is_outage for service, affected in incident.services.items() if service in shown)


def _watching(organisation: Organisation, incident: Incident) -> list[str]:
    teams = [target for target in incident.subscribers if target.kind is TargetKind.TEAM]
    return [organisation.name_of(team) or team.id for team in teams]


def _owners(organisation: Organisation, incident: Incident) -> list[str]:
    """The teams that own the affected services, by name, in the order of the services."""
    services = [organisation.services[id] for id in incident.services if id in organisation.services]
    owners = dict.fromkeys(service.owner for service in services if service.owner is not None)
    return [organisation.teams[owner].name for owner in owners if owner in organisation.teams]
