"""What people are paged for, loaded to be changed: an incident, an alert with its incident, or a storm with all its.

Everybody holds incidents first, then alerts, storms and last escalations, so that nobody waits in a circle.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from incidents.consequences import storm_shown
from incidents.core import Core
from incidents.keeping import keep_alerts
from incidents.model.alert import Alert
from incidents.model.escalation import About
from incidents.model.facts import PagingFact
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.parts import Act
from incidents.model.refusals import NoSuchAlert
from incidents.model.storm import Storm
from incidents.ports import Unit


@dataclass
class Scene:
    """Held against other writers until the transaction ends."""

    incidents: dict[int, Incident] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    storm: Storm | None = None

    @classmethod
    async def load(cls, unit: Unit, about: About) -> "Scene":
        """Raises NoSuchAlert where there is no such alert or storm."""
        if about.incident is not None:
            return cls(await _incidents(unit, [about.incident]))
        if about.alert is not None:
            incidents = await _incidents(unit, [await unit.alerts.incident_of(about.alert)])
            alert = await unit.alerts.load(about.alert)
            if alert is None:
                raise NoSuchAlert
            return cls(incidents, [alert])
        assert about.storm is not None, "a page is about something"
        incidents = await _incidents(unit, await unit.alerts.incidents_in(about.storm))
        alerts = await unit.alerts.open_in(about.storm)
        storm = await unit.alerts.load_storm(about.storm)
        if storm is None:
            raise NoSuchAlert
        return cls(incidents, alerts, storm)

    @property
    def here(self) -> set[Person]:
        """Who is on it already and needs no call."""
        people = {person for incident in self.incidents.values() for person in incident.joined}
        taken = [self.storm] if self.storm else self.alerts
        return people | {each.accepted_by for each in taken if each.accepted_by is not None}

    def take_on(self, by: Person, at: datetime) -> None:
        """``by`` joins the incidents that they may know of, and accepts the alert, or each of a storm that nobody has.

        Raises AlertTaken, AlertOver, for an alert alone.
        """
        if self.storm is not None:
            self.storm.accepted_by = self.storm.accepted_by or by
        for alert in self.alerts:
            if self.storm is None or alert.accepted_by is None:
                alert.accept(by, at)
            if alert.incident in self.incidents:
                self.incidents[alert.incident].alert_accepted(alert.number, Act(by, at))
        for incident in self.incidents.values():
            if incident.visible_to(by):
                incident.join(by, Act(by, at))

    def record(self, told: Iterable[PagingFact], by: Person, at: datetime) -> None:
        """Put what an escalation did on the record of what it is about; a storm has none of its own."""
        if self.storm is not None:
            return
        for fact in told:
            for alert in self.alerts:
                alert.note(fact, by, at)
            for incident in self.incidents.values():
                incident.record_paging([fact], Act(by, at))

    async def keep(self, core: Core, unit: Unit) -> None:
        """Store what was changed and begin what follows; escalations must have been kept before."""
        at = core.clock()
        await keep_alerts(unit, [alert for alert in self.alerts if alert.new_log], at, core.pace)
        if self.storm is not None:
            await unit.alerts.save_storms([self.storm])
            await unit.enqueue([storm_shown(self.storm.id, at)])
        for incident in self.incidents.values():
            await core.keep(unit, incident)


async def _incidents(unit: Unit, numbers: Iterable[int | None]) -> dict[int, Incident]:
    loaded = [await unit.load(number) for number in sorted({number for number in numbers if number is not None})]
    return {incident.number: incident for incident in loaded if incident is not None}
