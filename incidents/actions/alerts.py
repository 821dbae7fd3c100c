"""Receiving what monitoring tools say: new alerts, more of the same, and what is over; many in one transaction.

The hot path of a bad night: what is looked up is looked up once for all signals.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from incidents.actions.paging import page_for
from incidents.consequences import NewJob, auto_declared, storm_shown
from incidents.core import Core
from incidents.keeping import alerts_shown, keep_escalations
from incidents.model.alert import Alert, StormPlace, tool
from incidents.model.escalation import About, Escalation
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import AlertSource, Organisation, Target, TargetKind
from incidents.model.parts import Act
from incidents.model.signal import Signal, SignalKind
from incidents.model.storm import MANY, WITHIN, Storm
from incidents.model.vocabulary import Severity
from incidents.ports import Unit


class UnknownSource(Exception):
    """The source was removed meanwhile."""


async def receive(core: Core, source: str, signals: Sequence[Signal]) -> None:
    """Record what the tool of ``source`` (an id) says, in its order; what it said before is passed over.

    Raises UnknownSource.
    """
    if source in await receive_all(core, {source: signals}):
        raise UnknownSource(source)


async def receive_all(core: Core, said: Mapping[str, Sequence[Signal]]) -> set[str]:
    """`receive` for the tools of several sources, in one transaction; gives the sources that are not there."""
    async with core.storage.transaction() as unit:
        for source in sorted(said):
            await unit.alerts.hold(source)
        organisation = await unit.organisation.current()
        known = {source: signals for source, signals in sorted(said.items()) if source in organisation.sources}
        fresh = {source: await _not_known(unit, source, signals) for source, signals in known.items()}
        keys = {source: {signal.key for signal in signals} for source, signals in fresh.items() if signals}
        incidents = await _incidents(unit, keys)
        open_ones = await unit.alerts.open_with(keys)
        at = core.clock()
        latest = await unit.alerts.latest_storms(keys)
        intakes = [
            _Intake(core, unit, organisation, source, incidents, at, open_ones[source], latest.get(source))
            for source in keys
        ]
        wanted = sum(intake.may_be_new(fresh[intake.source_id]) for intake in intakes)
        numbers = iter(await unit.alerts.next_numbers(wanted) if wanted else range(0))
        for intake in intakes:
            await intake.take(fresh[intake.source_id], numbers)
        await _keep(unit, intakes, at)
        for incident in incidents.values():
            await core.keep(unit, incident)
    return said.keys() - known.keys()


async def _incidents(unit: Unit, keys: Mapping[str, Collection[str]]) -> dict[int, Incident]:
    """The incidents that open alerts belong to of which something is said: held before any alert is."""
    loaded = [await unit.load(number) for number in await unit.alerts.incidents_of(keys)]
    return {incident.number: incident for incident in loaded if incident is not None}


async def _keep(unit: Unit, intakes: Sequence["_Intake"], at: datetime) -> None:
    """Store what became of all sources at once, however many posted."""
    await unit.alerts.save_storms([intake.storm for intake in intakes if intake.storm is not None])
    escalations = [escalation for intake in intakes for escalation in await intake.escalations()]
    jobs = [job for intake in intakes for job in intake.jobs()]
    await unit.alerts.save([alert for intake in intakes for alert in intake.touched.values()])
    await keep_escalations(unit, escalations, at)
    await unit.enqueue(jobs)


async def _not_known(unit: Unit, source: str, signals: Sequence[Signal]) -> list[Signal]:
    """Without those whose delivery was recorded before; from here on a delivery is named with its source."""
    named = [
        signal.model_copy(update={"delivery": f"{source}/{signal.delivery}/{signal.key}" if signal.delivery else None})
        for signal in signals
    ]
    known = await unit.alerts.known_deliveries({signal.delivery for signal in named if signal.delivery})
    once: dict[object, Signal] = {signal.delivery or object(): signal for signal in named}
    return [signal for signal in once.values() if signal.delivery not in known]


@dataclass
class _Intake:
    """One transaction's worth of signals of one source."""

    core: Core
    unit: Unit
    organisation: Organisation
    source_id: str
    incidents: dict[int, Incident]
    at: datetime
    open: dict[str, Alert]
    """The source's open alerts of which something is said, by their keys."""
    latest_storm: Storm | None
    episodes: dict[str, str] = field(default_factory=dict)
    touched: dict[int, Alert] = field(default_factory=dict)
    new: list[Alert] = field(default_factory=list)
    pages: list[About] = field(default_factory=list)
    declaring: list[Alert] = field(default_factory=list)
    storm: Storm | None = None

    @property
    def source(self) -> AlertSource:
        return self.organisation.sources[self.source_id]

    @property
    def by(self) -> Person:
        return tool(self.source_id)

    async def take(self, signals: Sequence[Signal], numbers: Iterator[int]) -> None:
        """Let the model decide what ``signals`` mean; nothing of it is stored yet. ``numbers`` are for new alerts."""
        named = {signal.key for signal in signals if signal.episode is not None}
        self.episodes = await self.unit.alerts.last_episodes(self.source_id, named - set(self.open))
        for signal in signals:
            alert = self.open.get(signal.key)
            if alert is not None:
                self._add_to(alert, signal, self.at)
            elif signal.kind is SignalKind.FIRE and not self._over(signal):
                self._fire(next(numbers), signal, self.at)
        await self._gather_storm(self.at)

    def may_be_new(self, signals: Sequence[Signal]) -> int:
        """How many of ``signals`` are new alerts at the most: what is open must end first."""
        ending = {signal.key for signal in signals if signal.kind is SignalKind.RESOLVE}
        lasting = set(self.open) - ending
        return sum(signal.kind is SignalKind.FIRE and signal.key not in lasting for signal in signals)

    def _over(self, signal: Signal) -> bool:
        """Whether ``signal`` is late: that stretch of firing has been resolved."""
        return signal.episode is not None and self.episodes.get(signal.key) == signal.episode

    def _fire(self, number: int, signal: Signal, at: datetime) -> None:
        alert = Alert.fire(number, self.source_id, signal, self._service(signal), at)
        self.open[alert.key] = self.touched[number] = alert
        self.new.append(alert)
        if self._declares(alert):
            self.declaring.append(alert)

    def _service(self, signal: Signal) -> tuple[str | None, str]:
        id = self.organisation.service_called(signal.service) if signal.service else self.source.service
        service = self.organisation.services.get(id) if id else None
        return id, service.name if service else signal.service

    def _add_to(self, alert: Alert, signal: Signal, at: datetime) -> None:
        self.touched[alert.number] = alert
        incident = self.incidents.get(alert.incident or 0)
        match signal.kind:
            case SignalKind.FIRE:
                self._fire_again(alert, signal, at)
            case SignalKind.ACCEPT if alert.accepted_by is None:
                alert.accept(self.by, at)
                if incident is not None:
                    incident.alert_accepted(alert.number, Act(self.by, at))
            case SignalKind.RESOLVE if not alert.outlives(signal):
                alert.resolve(self.by, at, signal.delivery)
                del self.open[alert.key]
                if alert.episode:
                    self.episodes[alert.key] = alert.episode
                if incident is not None:
                    incident.alert_resolved(alert.number, Act(self.by, at))
            case SignalKind.COMMENT:
                alert.remark(signal.details or signal.title, self.by, at, signal.delivery)

    def _fire_again(self, alert: Alert, signal: Signal, at: datetime) -> None:
        """It pages, and declares, where only what the tool says now is a reason to."""
        paged, declared = alert.severity <= self.source.pages_from, self._declares(alert)
        alert.fires_again(signal, at)
        if not paged and alert.accepted_by is None:
            self._page(About(alert=alert.number), alert.severity)
        if not declared and self._declares(alert):
            self.declaring.append(alert)

    async def _gather_storm(self, at: datetime) -> None:
        """Tell whether the new alerts page each by itself, or belong to a storm that pages once for all."""
        if not self.new:
            return
        if self.latest_storm is not None and self.latest_storm.rages(at):
            self.storm = self.latest_storm
        elif len(self.new) + await self.unit.alerts.recent(self.source_id, at - WITHIN) >= MANY:
            self.storm = await self._begin_storm(at)
        for alert in self.new:
            if self.storm is None:
                self._page(About(alert=alert.number), alert.severity)
            else:
                self._add_to_storm(self.storm, alert, at)

    async def _begin_storm(self, at: datetime) -> Storm:
        worst = min(alert.severity for alert in self.new)
        storm = Storm(await self.unit.alerts.next_storm(), self.source_id, at, at, worst)
        self._page(About(storm=storm.id), worst)
        return storm

    def _add_to_storm(self, storm: Storm, alert: Alert, at: datetime) -> None:
        alert.storm = StormPlace(storm.id, storm.alerts)
        if storm.add(alert.severity, at):
            self._page(About(alert=alert.number), alert.severity)
        elif storm.accepted_by is not None:
            alert.accept(storm.accepted_by, at)

    def _page(self, about: About, severity: Severity) -> None:
        if self.source.policy is not None and severity <= self.source.pages_from:
            self.pages.append(about)

    async def escalations(self) -> list[Escalation]:
        """Those that end, and those that begin."""
        return [*await self._ended_escalations(self.at), *await self._begun_escalations(self.at)]

    def jobs(self) -> list[NewJob]:
        """What follows beside the escalations."""
        declaring = [auto_declared(alert, self.at) for alert in self.declaring if alert.is_open]
        shown = alerts_shown(self.touched.values(), self.at, self.core.pace, self.storm)
        return [*shown, *declaring, *self._storm_jobs(self.at)]

    async def _ended_escalations(self, at: datetime) -> list[Escalation]:
        """What need not call any more, since the tool says that somebody is on it or that it is over."""
        new = {alert.number for alert in self.new}
        settled = {
            number: alert
            for number, alert in self.touched.items()
            if number not in new and (alert.accepted_by or not alert.is_open)
        }
        escalations = await self.unit.paging.active([About(alert=number) for number in settled])
        for escalation in escalations:
            alert = settled[escalation.page.about.alert or 0]
            if alert.is_open:
                escalation.answer(self.by, at)
            else:
                escalation.cancel(self.by, at)
        return escalations

    async def _begun_escalations(self, at: datetime) -> list[Escalation]:
        open_ones = {number for number, alert in self.touched.items() if alert.is_open}
        abouts = dict.fromkeys(about for about in self.pages if about.alert is None or about.alert in open_ones)
        for escalation in await self.unit.paging.active([about for about in abouts if self._is_old(about)]):
            del abouts[escalation.page.about]
        if not abouts or self.source.policy is None:
            return []
        target = Target.of(TargetKind.POLICY, self.source.policy)
        ids = await self.unit.paging.next_ids(len(abouts))
        return [
            Escalation.begin(id, page_for(self.organisation, about, target), self.by, at)
            for id, about in zip(ids, abouts, strict=True)
        ]

    def _is_old(self, about: About) -> bool:
        """Whether it may be paged for already."""
        return about.alert is not None and all(about.alert != alert.number for alert in self.new)

    def _declares(self, alert: Alert) -> bool:
        return any(rule.matches(alert.severity, alert.labels) for rule in self.source.auto_declare)

    def _storm_jobs(self, at: datetime) -> list[NewJob]:
        if self.storm is None:
            return []
        first = self.storm.began_at == at
        return [storm_shown(self.storm.id, at if first else at + self.core.pace.alert)]
