"""Alerts that declare an incident by themselves, as their source's rules say: once, and one for all of the same."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from incidents.actions.alert_response import accept_alert, unlink_alert
from incidents.actions.alerts import receive
from incidents.actions.auto_declare import auto_declare
from incidents.actions.change import change_status
from incidents.model.identity import TOCSIN
from incidents.model.organisation import AutoDeclare
from incidents.model.vocabulary import Severity, Status
from tests.bot.alerting import ALERTS, SOURCE, fire, has, organisation, resolve, tell
from tests.bot.floor import ANA, BEN, Floor

RULES = [AutoDeclare(severity=Severity.SEV1), AutoDeclare(labels={"environment": "production"})]


@pytest.fixture
async def alerted(floor: Floor) -> AsyncIterator[Floor]:
    """The bot, where the worst alerts of a source, and those of production, declare an incident."""
    await has(floor, organisation(auto_declare=RULES))
    yield floor


async def declared(floor: Floor) -> list[int]:
    """The numbers of all incidents, ten at the most."""
    found = [await floor.storage.read.incident(number) for number in range(1, 11)]
    return [incident.number for incident in found if incident is not None]


async def test_an_alert_that_matches_declares_an_incident_with_its_channel(alerted: Floor) -> None:
    await tell(alerted, fire(severity=Severity.SEV1, details="502s since the deploy"))

    incident = await alerted.incident(1)
    assert incident.declared_by == TOCSIN
    assert (incident.title, incident.summary) == ("Checkout 5xx at 12 %", "502s since the deploy")
    assert list(incident.alerts) == [1] and list(incident.services) == ["checkout"]
    assert incident.channel is not None
    [message] = alerted.posts(ALERTS, "alert")
    assert f"<#{incident.channel.channel.id}>" in json.dumps(message.blocks)
    assert await alerted.parked() == []


async def test_labels_match_too(alerted: Floor) -> None:
    await tell(alerted, fire(labels={"environment": "production", "job": "api"}))
    await tell(alerted, fire("b", labels={"environment": "staging"}))

    assert await declared(alerted) == [1]


async def test_what_gets_worse_declares_then(alerted: Floor) -> None:
    await tell(alerted, fire())
    assert await declared(alerted) == []
    await tell(alerted, fire(severity=Severity.SEV1))

    assert await declared(alerted) == [1]


async def test_what_somebody_unlinked_is_not_linked_again_by_firing_on(alerted: Floor) -> None:
    await tell(alerted, fire(severity=Severity.SEV1))
    await unlink_alert(alerted.bot.core, 1, ANA)
    await tell(alerted, fire(severity=Severity.SEV1))

    assert (await alerted.incident(1)).alerts == {}
    assert await declared(alerted) == [1]


async def test_another_of_the_same_service_joins_that_incident(alerted: Floor) -> None:
    await tell(alerted, fire(severity=Severity.SEV1))
    await tell(alerted, fire("b", severity=Severity.SEV1))
    await tell(alerted, fire("c", severity=Severity.SEV1, service="api"))

    assert await declared(alerted) == [1, 2]
    assert [list((await alerted.incident(number)).alerts) for number in (1, 2)] == [[1, 2], [3]]


async def test_after_it_is_resolved_another_is_declared(alerted: Floor) -> None:
    await tell(alerted, fire(severity=Severity.SEV1))
    await change_status(alerted.bot.core, 1, ANA, Status.RESOLVED)
    await tell(alerted, fire("b", severity=Severity.SEV1))

    assert await declared(alerted) == [1, 2]


async def test_what_somebody_declared_is_joined_by_nothing(alerted: Floor) -> None:
    await alerted.declare("Checkout fails")
    await tell(alerted, fire(severity=Severity.SEV1))

    assert await declared(alerted) == [1, 2]


async def test_a_storm_declares_one_incident(alerted: Floor) -> None:
    services = ["checkout", "api", "search", "cart", "login"]
    await tell(alerted, *(fire(f"a{n}", severity=Severity.SEV1, service=services[n % 5]) for n in range(50)))

    assert await declared(alerted) == [1]
    assert len((await alerted.incident(1)).alerts) == 50
    assert len(alerted.posts(ALERTS, "storm")) == 1


async def test_running_twice_or_at_once_declares_once(alerted: Floor) -> None:
    await receive(alerted.bot.core, SOURCE, [fire(severity=Severity.SEV1), fire("b", severity=Severity.SEV1)])
    await asyncio.gather(*(auto_declare(alerted.bot.core, number) for number in (1, 2, 1, 2)))
    await alerted.settled()

    assert await declared(alerted) == [1]


async def test_one_that_is_over_declares_nothing(alerted: Floor) -> None:
    await tell(alerted, fire(severity=Severity.SEV1), resolve())

    assert await declared(alerted) == []


async def test_who_is_on_the_alert_comes_along(alerted: Floor) -> None:
    await tell(alerted, fire())
    await accept_alert(alerted.bot.core, 1, BEN)
    await tell(alerted, fire(severity=Severity.SEV1))

    assert (await alerted.incident(1)).joined == [BEN]
