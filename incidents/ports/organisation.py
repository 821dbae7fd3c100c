"""Keeping and reading the organisation, and the keys of its alert sources."""

from typing import Protocol

from incidents.model.organisation import Organisation


class OrganisationUnit(Protocol):
    """In one transaction."""

    async def current(self) -> Organisation:
        """The organisation as it stands."""


class OrganisationReader(Protocol):
    """Reads, none of which locks."""

    async def current(self) -> Organisation:
        """The organisation as it stands."""
