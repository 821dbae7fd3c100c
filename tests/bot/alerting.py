"""Alerts for tests of what the bot says of them: an organisation with a source, and a tool that fires."""

from incidents.actions.alerts import receive
from incidents.model.organisation import (
    AlertSource,
    AutoDeclare,
    Organisation,
    OwnedService,
    Policy,
    Step,
    Target,
    Tool,
)
from incidents.model.signal import Signal, SignalKind
from incidents.model.vocabulary import Severity
from tests.bot.floor import DAN, Floor

ALERTS = "C0GENERAL"
SOURCE = "prometheus"


def organisation(**more: object) -> Organisation:
    """One source whose alerts page Dan and go to #general; ``more`` are fields of it."""
    source = AlertSource.model_validate(
        {"name": "Prometheus", "tool": Tool.ALERTMANAGER, "channel": "general", "policy": "payments", **more}
    )
    return Organisation(
        services={"checkout": OwnedService(name="Checkout"), "api": OwnedService(name="API")},
        policies={"payments": Policy(name="Payments", steps=(Step(targets=(Target(f"person:{DAN}"),)),))},
        sources={SOURCE: source},
    )


async def has(floor: Floor, organised: Organisation) -> None:
    async with floor.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organised)


def fire(key: str = "a", title: str = "Checkout 5xx at 12 %", **more: object) -> Signal:
    said = {"kind": SignalKind.FIRE, "severity": Severity.SEV2, "service": "checkout", **more}
    return Signal.model_validate({"key": key, "title": title, **said})


def resolve(key: str = "a") -> Signal:
    return Signal(kind=SignalKind.RESOLVE, key=key)


async def tell(floor: Floor, *signals: Signal) -> None:
    """The tool says so, and all that follows is done."""
    await receive(floor.bot.core, SOURCE, signals)
    await floor.settled()


DECLARES = AutoDeclare(severity=Severity.SEV1)
