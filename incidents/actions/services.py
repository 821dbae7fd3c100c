"""Naming the services that incidents can affect, where nothing else is said about them."""

import re
from collections.abc import Sequence

from incidents.core import Core
from incidents.model.checked import ID_LIMIT, NAME_LIMIT
from incidents.model.organisation import OwnedService
from incidents.model.parts import Service
from incidents.model.refusals import Refusal
from incidents.model.text import one_line


class Unnameable(Refusal):
    """No id can be made of a name."""

    def __init__(self, name: str) -> None:
        super().__init__(f'"{name}" has no letter and no digit. Give the service a name that people can type.')


async def register_services(core: Core, names: Sequence[str]) -> list[Service]:
    """Add services by name, or rename those whose id the name makes. Raises TextMissing, TextTooLong, Unnameable."""
    services = [_service(name) for name in names]
    async with core.storage.transaction() as unit:
        organisation = (await unit.organisation.held()).organisation
        known = dict(organisation.services)
        for service in services:
            was = known.get(service.id, OwnedService(name=service.name))
            known[service.id] = was.model_copy(update={"name": service.name})
        await unit.organisation.save(organisation.model_copy(update={"services": known}))
    return services


def _service(name: str) -> Service:
    cleaned = one_line("service name", name, NAME_LIMIT)
    return Service(id_from(cleaned), cleaned)


def id_from(name: str) -> str:
    """An id that people recognise the name in. Raises Unnameable."""
    id = re.sub(r"\W+", "-", name.casefold()).strip("-_")[:ID_LIMIT]
    if not id:
        raise Unnameable(name)
    return id
