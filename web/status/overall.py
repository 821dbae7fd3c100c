"""How a page's services do, in one sentence."""

from datetime import datetime

from incidents.public.language import N_, Language
from incidents.public.page import Snapshot
from incidents.public.words import Impact

ONE = {
    Impact.UNDER_MAINTENANCE: N_("%(service)s is under maintenance"),
    Impact.DEGRADED: N_("%(service)s has degraded performance"),
    Impact.PARTIAL_OUTAGE: N_("%(service)s has a partial outage"),
    Impact.MAJOR_OUTAGE: N_("%(service)s has a major outage"),
}
SOME = {
    Impact.UNDER_MAINTENANCE: N_("Some services are under maintenance"),
    Impact.DEGRADED: N_("Some services have degraded performance"),
    Impact.PARTIAL_OUTAGE: N_("Some services have a partial outage"),
    Impact.MAJOR_OUTAGE: N_("Some services have a major outage"),
}
ALL = {
    Impact.OPERATIONAL: N_("All services are operational"),
    Impact.UNDER_MAINTENANCE: N_("All services are under maintenance"),
    Impact.DEGRADED: N_("All services have degraded performance"),
    Impact.PARTIAL_OUTAGE: N_("All services have a partial outage"),
    Impact.MAJOR_OUTAGE: N_("All services have a major outage"),
}


def overall_sentence(snapshot: Snapshot, language: Language, now: datetime) -> str:
    """The worst there is, and of which services: the one that has it by name, else all or some."""
    worst = snapshot.overall(now)
    services = snapshot.page.services
    having = [service for service in services if snapshot.impact_of(service.id, now) is worst]
    if len(having) == len(services):
        return language.say(ALL[worst])
    if len(having) == 1:
        return language.say(ONE[worst]) % {"service": having[0].name}
    return language.say(SOME[worst])
