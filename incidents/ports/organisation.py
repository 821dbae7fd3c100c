"""Keeping and reading the organisation, and the keys of its alert sources."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from incidents.model.organisation import AlertSource, Organisation, Part
from incidents.model.reorganising import Use


class Standing(NamedTuple):
    """The organisation, and the number of the change that made it so."""

    version: int
    organisation: Organisation


class OrganisationUnit(Protocol):
    """In one transaction."""

    async def current(self) -> Organisation:
        """The organisation as it stands; cheap, as long as it does not change."""

    async def held(self) -> Standing:
        """The same, held against others who change it until the transaction ends."""

    async def save(self, organisation: Organisation) -> None:
        """Make ``organisation`` what stands, which was `held` before. What is alike is not written.

        With an alert source go its keys.
        """

    async def uses(self) -> Mapping[Part, Use]:
        """What is needed now, of all that there is; locks nothing."""

    async def add_key(self, source: str, hash: str, at: datetime, others_end: datetime) -> None:
        """Store the hash of a new key of ``source``; those before it are valid until ``others_end`` at the latest."""


class OrganisationReader(Protocol):
    """Reads, none of which locks."""

    async def current(self) -> Organisation:
        """The organisation as it stands; cheap, as long as it does not change."""

    async def standing(self) -> Standing:
        """The same, with the number of its latest change."""

    async def source_with_key(self, hash: str, at: datetime) -> tuple[str, AlertSource] | None:
        """The id of the alert source whose key has this hash and is valid then, and the source."""
