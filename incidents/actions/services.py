"""Naming the services that incidents can affect."""

import re
from collections.abc import Sequence

from incidents.core import Core
from incidents.model.incident import Service
from incidents.model.text import one_line

SERVICE_LIMIT = 75
"""Characters of a service's name, so that it can be an option of a menu."""


async def register_services(core: Core, names: Sequence[str]) -> list[Service]:
    """Add services by name, or rename those whose id the name makes. Raises TextMissing, TextTooLong."""
    services = [_service(name) for name in names]
    async with core.storage.transaction() as unit:
        await unit.save_services(services)
    return services


def _service(name: str) -> Service:
    cleaned = one_line("service name", name, SERVICE_LIMIT)
    return Service(id=re.sub(r"\W+", "-", cleaned.casefold()).strip("-") or cleaned, name=cleaned)
