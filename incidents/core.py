"""What every action is given, and the one way in which an action changes an incident.

Load, let the model decide, store state, entries and jobs together.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from incidents.consequences import Pace, following
from incidents.keeping import settle
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.parts import Act
from incidents.model.refusals import NoSuchIncident
from incidents.ports import Storage, Unit

Clock = Callable[[], datetime]
"""Gives the time now, aware UTC."""


@dataclass(frozen=True)
class Core:
    """The domain with what it stands on."""

    storage: Storage
    clock: Clock
    pace: Pace = field(default_factory=Pace)

    def act(self, by: Person, origin: str | None = None) -> Act:
        """Something ``by`` does now."""
        return Act(by, self.clock(), origin)

    @asynccontextmanager
    async def changing(self, number: int, by: Person) -> AsyncIterator[tuple[Unit, Incident]]:
        """Load incident ``number`` for ``by`` to change; what it records is stored at the end of the block.

        Raises NoSuchIncident, also where it is private and ``by`` may not know of it.
        """
        async with self.storage.transaction() as unit:
            incident = await unit.load(number)
            if incident is None or not incident.visible_to(by):
                raise NoSuchIncident(number)
            yield unit, incident
            await self.keep(unit, incident)

    async def keep(self, unit: Unit, incident: Incident) -> None:
        """Store ``incident``, what it recorded and what must follow; nothing where it recorded nothing."""
        await settle(unit, incident, self.clock(), self.pace)
        entries = incident.take_new_entries()
        if entries:
            await unit.save(incident, entries)
            await unit.enqueue(following(entries, self.pace, incident.subscribers))
