"""Keeping and reading alerts and storms of them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from incidents.model.alert import Alert, LogEntry
from incidents.model.storm import Storm
from incidents.model.vocabulary import AlertStatus


class AlertUnit(Protocol):
    """In one transaction. Alerts are held against other writers once loaded; hold their incidents first."""

    async def hold(self, source: str) -> None:
        """Make others that receive from this source wait until the transaction ends; before all else is held."""

    async def next_numbers(self, many: int) -> range:
        """Numbers for new alerts, at least one."""

    async def incident_of(self, number: int) -> int | None:
        """The incident that an alert belongs to; locks nothing."""

    async def incidents_of(self, keys: Mapping[str, Collection[str]]) -> list[int]:
        """The incidents that open alerts with these ``keys``, by source, belong to, ascending; locks nothing."""

    async def incidents_in(self, storm: int) -> list[int]:
        """The incidents that open alerts of a storm belong to, ascending; locks nothing."""

    async def load(self, number: int) -> Alert | None: ...

    async def open_with(self, keys: Mapping[str, Collection[str]]) -> dict[str, dict[str, Alert]]:
        """For each source of ``keys`` its open alerts with these keys, by key."""

    async def open_of(self, incident: int) -> list[Alert]:
        """The open alerts that belong to an incident."""

    async def open_in(self, storm: int) -> list[Alert]:
        """The open alerts of a storm."""

    async def linked_to(self, incident: int) -> list[Alert]:
        """All alerts that belong to an incident, resolved ones included."""

    async def declared_from_one_like(self, alert: Alert) -> int | None:
        """The latest open incident that declared itself from an alert of the same source and service, or storm."""

    async def last_episodes(self, source: str, keys: Collection[str]) -> dict[str, str]:
        """What the tool called the latest stretch of firing of each of these keys, where it said so."""

    async def known_deliveries(self, origins: Collection[str]) -> set[str]:
        """Those of ``origins`` that are in a log already."""

    async def recent(self, source: str, since: datetime) -> int:
        """How many alerts the source has had since then."""

    async def save(self, alerts: Sequence[Alert]) -> None:
        """Store new or changed alerts, and what was noted in their logs."""

    async def latest_storms(self, sources: Collection[str]) -> dict[str, Storm]:
        """The latest storm of each of these sources that had one."""

    async def load_storm(self, id: int) -> Storm | None: ...

    async def next_storm(self) -> int: ...

    async def save_storms(self, storms: Sequence[Storm]) -> None: ...


class Standing(NamedTuple):
    """How an alert of a storm stands."""

    status: AlertStatus
    incident: int | None


class AlertReader(Protocol):
    """Reads, none of which locks."""

    async def alert(self, number: int) -> Alert | None: ...

    async def log(self, number: int) -> list[LogEntry]:
        """What happened to an alert, oldest first."""

    async def linked_to(self, incident: int) -> list[Alert]:
        """The alerts of an incident, in the order of their numbers."""

    async def open_alerts(self, source: str | None = None, limit: int = 100) -> list[Alert]:
        """What is open (of one source), the worst and then the newest first."""

    async def storm(self, id: int) -> Storm | None: ...

    async def standing_in(self, storm: int) -> Counter[Standing]:
        """How many alerts of a storm stand how."""

    async def in_storm(self, storm: int, first: int, many: int) -> list[Alert]:
        """The alerts of a storm from place ``first`` on, in their order."""
