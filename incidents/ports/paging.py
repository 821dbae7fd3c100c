"""Keeping and reading escalations and their calls."""

from collections.abc import Collection, Sequence
from typing import Protocol

from incidents.model.escalation import About, Escalation


class PagingUnit(Protocol):
    """In one transaction."""

    async def next_ids(self, many: int) -> range:
        """Ids for new escalations."""

    async def about(self, id: int) -> About | None:
        """What an escalation is about; locks nothing, so that what it is about can be held first."""

    async def about_call(self, call: int) -> tuple[int, About] | None:
        """The escalation that a call belongs to, and what that is about; locks nothing."""

    async def load(self, id: int) -> Escalation | None:
        """An escalation, held against other writers until the transaction ends."""

    async def active(self, abouts: Collection[About]) -> list[Escalation]:
        """What is under way about any of these, held against other writers, in the order of their ids."""

    async def begun_from(self, origin: str) -> bool:
        """Whether the delivery ``origin`` has begun an escalation."""

    async def save(self, escalations: Sequence[Escalation], origin: str | None = None) -> None:
        """Store new or changed escalations, and give ids to their new calls.

        ``origin`` names the delivery that began them; it counts once.
        """


class PagingReader(Protocol):
    """Reads, none of which locks."""

    async def escalation(self, id: int) -> Escalation | None: ...

    async def escalation_of_call(self, call: int) -> Escalation | None: ...

    async def about(self, abouts: Collection[About]) -> list[Escalation]:
        """All escalations about any of these, ended ones included, oldest first."""
